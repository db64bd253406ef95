"""How the field stands on a page layout, on a Lightning page, and on both together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from deployer.model.facts import Fact, Unknown
from deployer.model.layouts import Behavior, FieldPlace


class Standing(Enum):
    """How the field stands where a user looks; SOMETIMES is behind a visibility rule."""

    EDITABLE = "editable"
    READONLY = "read-only"
    ABSENT = "absent"
    SOMETIMES = "sometimes"
    UNKNOWN = "unknown"


class Panel(Enum):
    """Whether a Lightning page shows the fields of the page layout (its record detail panel)."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class LayoutField:
    """One page layout and the field's place on it; a Known None is a layout without the field.

    `id` has 15 characters, `object` is Contact, Lead or PersonAccount, `name` is its label.
    """

    id: str
    object: str
    name: str
    place: Fact[FieldPlace | None]
    namespace: str = ""

    @property
    def standing(self) -> Standing:
        """The field on this layout."""
        if isinstance(self.place, Unknown):
            return Standing.UNKNOWN
        return standing_at(self.place.value)


@dataclass(frozen=True, slots=True)
class Page:
    """One Lightning record page: whether it shows the layout, and the field on the page itself.

    `object` is Contact, Lead or Account (person accounts are shown on pages of Account); `why` says
    what could not be read.
    """

    name: str
    object: str
    label: str
    panel: Panel
    field: Standing
    why: str = ""


def standing_at(place: FieldPlace | None) -> Standing:
    """The standing that a layout's item gives; Required counts as editable."""
    if place is None:
        return Standing.ABSENT
    return Standing.READONLY if place.behavior == Behavior.READONLY.value else Standing.EDITABLE


def best(standings: set[Standing]) -> Standing:
    """What a user has of several places on one screen: the most that is certain."""
    ranking = (Standing.EDITABLE, Standing.UNKNOWN, Standing.SOMETIMES, Standing.READONLY)
    return next((standing for standing in ranking if standing in standings), Standing.ABSENT)


def on_page(page: Page, layout: Standing) -> Standing:
    """The field on a record's page, its detail panel and its own fields taken together."""
    return best({page.field, _through(page.panel, layout)})


def _through(panel: Panel, layout: Standing) -> Standing:
    """The layout's field as a page's detail panel shows it."""
    if panel is Panel.NEVER:
        return Standing.ABSENT
    shown = layout in {Standing.EDITABLE, Standing.READONLY}
    return Standing.SOMETIMES if panel is Panel.SOMETIMES and shown else layout
