"""A layout's bytes as a picture of the layout."""

from __future__ import annotations

from deployer.layouts.parts import Column, Item, LayoutMap
from deployer.layouts.plain import read_leaves
from deployer.layouts.read import read_layout
from deployer.model.drawings import DrawnItem, DrawnSection, LayoutDrawing, draw_item
from deployer.model.layouts import LayoutName, field_on


def draw_layout(name: LayoutName, data: bytes, field: str) -> LayoutDrawing:
    """Draw one layout with the field marked, spelled as this layout's object spells it.

    Errors: BadInput when the bytes are not a readable Layout.
    """
    layout = read_layout(data, where=name.decoded)
    spelled = field_on(name.object, field)
    sections = tuple(
        DrawnSection(
            section.label,
            section.style,
            tuple(_draw_column(layout, column, spelled) for column in section.columns),
        )
        for section in layout.sections
    )
    return LayoutDrawing(name.label, name.object, sections)


def _draw_column(layout: LayoutMap, column: Column, field: str) -> tuple[DrawnItem, ...]:
    return tuple(_draw_item(layout, item, field) for item in column.items)


def _draw_item(layout: LayoutMap, item: Item, field: str) -> DrawnItem:
    """What is no field is told apart by its elements, which the map does not keep."""
    if item.field:
        return draw_item({"field": item.field, "behavior": item.behavior}, field)
    return draw_item(read_leaves(layout.data[item.start : item.end]), field)
