"""How the field stands on a page layout, on a Lightning page, and on both together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from deployer.model.facts import Fact, Unknown
from deployer.model.layouts import Behavior, FieldPlace


class Standing(Enum):
    """How the field stands where a user looks."""

    EDITABLE = "editable"
    READONLY = "read-only"
    ABSENT = "absent"


Standings = frozenset[Standing]
"""Every way the field may stand: more than one where a rule or something unread decides."""
ANYHOW: Standings = frozenset(Standing)
_ABSENT: Standings = frozenset({Standing.ABSENT})


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
    def standings(self) -> Standings:
        """The field on this layout."""
        return (
            ANYHOW
            if isinstance(self.place, Unknown)
            else frozenset({standing_at(self.place.value)})
        )


@dataclass(frozen=True, slots=True)
class Page:
    """One Lightning record page: whether it shows the layout, and the field on the page itself.

    `object` is Contact, Lead or Account (person accounts are shown on pages of Account); `why` says
    what could not be read; `carries` that it has sections of its own to put the field in.
    """

    name: str
    object: str
    label: str
    panel: Panel
    field: Standings
    why: str = ""
    carries: bool = False

    @property
    def managed(self) -> bool:
        """Whether a package brings it; only such a page's name has two underscores."""
        return "__" in self.name


def standing_at(place: FieldPlace | None) -> Standing:
    """The standing that a layout's item gives; Required counts as editable."""
    if place is None:
        return Standing.ABSENT
    return Standing.READONLY if place.behavior == Behavior.READONLY.value else Standing.EDITABLE


def both(one: Standings, other: Standings) -> Standings:
    """The field in two places of one screen: a user has the more of them."""
    ranking = list(Standing)
    return frozenset(min(a, b, key=ranking.index) for a in one for b in other)


def on_page(page: Page, layout: Standings) -> Standings:
    """The field on a record's page, its detail panel and its own fields taken together."""
    return both(page.field, _through(page.panel, layout))


def _through(panel: Panel, layout: Standings) -> Standings:
    """The layout's field as a page's detail panel shows it."""
    shown = {Panel.ALWAYS: layout, Panel.SOMETIMES: layout | _ABSENT, Panel.NEVER: _ABSENT}
    return shown[panel]
