"""Adding an item to layouts with lxml, in the two ways that people write it.

Arguments: a file of places as noise.py writes it, and `indent` or `splice`. Each layout is
rewritten where it lies. `indent`: parse, insert, indent, write, as the documentation of lxml shows
it. `splice`: with the white space of the neighbours and a header of one's own, so as to change as
little as lxml lets one. Source: https://lxml.de/tutorial.html
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from lxml import etree

NAMESPACE = "http://soap.sforce.com/2006/04/metadata"
HEADER = b'<?xml version="1.0" encoding="UTF-8"?>\n'


def main() -> None:
    places, way = sys.argv[1:]
    for place in json.loads(Path(places).read_text()):
        path = Path(place["name"])
        tree = etree.parse(path)
        column = _column(tree.getroot(), place)
        item = etree.Element(_tag("layoutItems"))
        etree.SubElement(item, _tag("behavior")).text = "Edit"
        etree.SubElement(item, _tag("field")).text = place["field"]
        column.insert(place["index"], item)
        if way == "splice":
            _fit(item, column)
            path.write_bytes(HEADER + etree.tostring(tree.getroot(), encoding="UTF-8") + b"\n")
        else:
            etree.indent(tree, space="    ")
            tree.write(path, encoding="UTF-8", xml_declaration=True)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _column(layout: etree._Element, place: dict[str, Any]) -> etree._Element:
    section = layout.findall(_tag("layoutSections"))[place["section"]]
    return section.findall(_tag("layoutColumns"))[place["column"]]


def _fit(item: etree._Element, column: etree._Element) -> None:
    """Give the item the white space that its neighbours have."""
    around, before = column.text, item.getprevious()
    if around is None:
        etree.indent(column, space="    ", level=2)
        return
    item.text, item[1].tail = f"{around}    ", around
    item[0].tail, item.tail = item.text, around
    if before is not None:
        item.tail, before.tail = before.tail, around


if __name__ == "__main__":
    main()
