"""A page layout as a picture: what stands where, and one field marked among it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from deployer.model.layouts import Behavior

CUSTOM_LINKS = "CustomLinks"


class ItemKind(Enum):
    """What one place of a layout holds; the value is what a person reads."""

    FIELD = "field"
    SPACE = "blank space"
    LINK = "link"
    PAGE = "Visualforce page"
    COMPONENT = "component"


# Source: Metadata API guide, LayoutItem: one of these is set besides `behavior`.
_KINDS = {
    "field": ItemKind.FIELD,
    "customLink": ItemKind.LINK,
    "page": ItemKind.PAGE,
    "scontrol": ItemKind.COMPONENT,
    "component": ItemKind.COMPONENT,
    "canvas": ItemKind.COMPONENT,
    "reportChartComponent": ItemKind.COMPONENT,
    "analyticsCloudComponent": ItemKind.COMPONENT,
}


@dataclass(frozen=True, slots=True)
class DrawnItem:
    """One place of a column. `name` is the field's own, "" for a blank space.

    `behavior` is Edit, Required, Readonly or ""; `marked` says that it is the field looked for.
    """

    kind: ItemKind
    name: str = ""
    behavior: str = ""
    marked: bool = False


Column = tuple[DrawnItem, ...]


@dataclass(frozen=True, slots=True)
class DrawnSection:
    """One section; `label` is "" when it has none, `style` is Salesforce's word."""

    label: str
    style: str
    columns: tuple[Column, ...]

    @property
    def marked(self) -> bool:
        """Whether the field stands in this section."""
        return any(item.marked for column in self.columns for item in column)


@dataclass(frozen=True, slots=True)
class LayoutDrawing:
    """One layout, top to bottom; `name` is its label, without the object."""

    name: str
    object: str
    sections: tuple[DrawnSection, ...] = ()

    @property
    def items(self) -> Iterator[DrawnItem]:
        """Everything on it, section by section, column by column."""
        return (item for section in self.sections for column in section.columns for item in column)

    @property
    def behaviors(self) -> tuple[str, ...]:
        """How the marked field stands, each time it does; none when it is not on the layout."""
        return tuple(item.behavior or Behavior.EDIT.value for item in self.items if item.marked)


def draw_item(leaves: Mapping[str, object], field: str) -> DrawnItem:
    """One item from its texts by element name; whatever is none of Salesforce's is a blank space.

    A field name is compared without case, as Salesforce does.
    """
    told = [(kind, leaves[tag]) for tag, kind in _KINDS.items() if leaves.get(tag) is not None]
    behavior = str(leaves.get("behavior") or "")
    if not told:
        return DrawnItem(ItemKind.SPACE, "", behavior)
    kind, value = told[0]
    name = value if isinstance(value, str) else ""
    marked = kind is ItemKind.FIELD and bool(name) and name.casefold() == field.casefold()
    return DrawnItem(kind, name, behavior, marked)
