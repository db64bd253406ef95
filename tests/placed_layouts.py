"""The fact placements, said in short: how the field stands on each layout."""

from __future__ import annotations

from deployer.model.drawings import DrawnItem, DrawnSection, ItemKind, LayoutDrawing
from deployer.model.facts import Known, Unknown
from deployer.readiness.facts.placements import Placements

NAME = "HasOptedOutOfEmail"


def placed(**behaviors):
    """Placements by layout id; a text instead of behaviours says why it could not be read."""
    return Placements(
        {
            layout: Unknown(found) if isinstance(found, str) else Known(a_layout(found))
            for layout, found in behaviors.items()
        }
    )


def a_layout(behaviors):
    """A layout of one column, with the field as often as there are behaviours."""
    items = tuple(DrawnItem(ItemKind.FIELD, NAME, each, marked=True) for each in behaviors)
    return LayoutDrawing("Sales", "Contact", (DrawnSection("", "OneColumn", (items,)),))
