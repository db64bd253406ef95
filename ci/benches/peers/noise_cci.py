"""CumulusCI's way of adding an item to layouts; run by the Python of its own environment.

Arguments: a file of places as noise.py writes it. Each layout is rewritten where it lies, read and
written as the task add_page_layout_fields does it. Its source:
https://github.com/SFDO-Tooling/CumulusCI/blob/main/cumulusci/tasks/metadata_etl/base.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from cumulusci.utils.xml import metadata_tree


def main() -> None:
    for place in json.loads(Path(sys.argv[1]).read_text()):
        path = Path(place["name"])
        try:
            layout = metadata_tree.parse(str(path))
        except SyntaxError as bad:
            print(f"{path}: {bad}", file=sys.stderr)
            continue
        _add(layout, place)
        with path.open(mode="w", encoding="utf-8") as written:
            written.write(layout.tostring(xml_declaration=True))


def _add(layout: Any, place: dict[str, Any]) -> None:
    section = layout.findall("layoutSections")[place["section"]]
    column = section.findall("layoutColumns")[place["column"]]
    item = column.insert(place["index"], "layoutItems")
    item.append("behavior", "Edit")
    item.append("field", place["field"])


if __name__ == "__main__":
    main()
