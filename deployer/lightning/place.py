"""Where on a Lightning page the field goes, and why; or why the page needs none."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.lightning.parts import (
    DETAIL_PANEL,
    FACET,
    HIGHLIGHTS,
    RECORD,
    Component,
    FieldItem,
    PageMap,
    Shown,
)

EMAIL_FIELDS = ("Email", "PersonEmail")
_RULED = "; a visibility rule decides whether this part of the page is shown"


@dataclass(frozen=True, slots=True)
class Spot:
    """The field goes right after this item; `section` is the heading it stands under."""

    after: FieldItem
    section: str
    reason: str


@dataclass(frozen=True, slots=True)
class NoSpot:
    """The page is left alone."""

    reason: str


def find_items(page: PageMap, field: str) -> list[FieldItem]:
    """Where this very field stands on the page itself; API names do not differ by case."""
    wanted = f"{RECORD}{field}".casefold()
    return [item for item in page.items if item.field.casefold() == wanted]


def is_elsewhere(page: PageMap, field: str) -> bool:
    """Whether the page names the field in an item of another form than Salesforce writes."""
    return f"{RECORD}{field}".casefold() in page.fields and not find_items(page, field)


def pick_spot(page: PageMap) -> Spot | NoSpot:
    """Right after the e-mail field; else at the end of the first section that holds fields.

    Of several, one that is always shown comes before one that a visibility rule may hide, then the
    first in the file. A highlights panel is never the place, nor what no component shows. A page
    that shows the page layout and no e-mail field of its own needs nothing.
    """
    shown = shown_regions(page)
    sections = [
        number
        for number, region in enumerate(page.regions)
        if region.items and shown[number] is not Shown.NEVER and _is_section(page, number)
    ]
    ranked = sorted(sections, key=lambda number: (shown[number].value, number))
    emails = [item for name in EMAIL_FIELDS for item in find_items(page, name)]
    beside = next((e for number in ranked for e in emails if e.region == number), None)
    if beside is not None:
        reason = f"after {beside.field.removeprefix(RECORD)}"
        return _spot(page, beside, reason, shown[beside.region])
    if _shows_layout(page, shown):
        return NoSpot("it shows the page layout (Record Detail), which brings the field")
    if not ranked:
        return NoSpot(_why_none(page))
    last = page.regions[ranked[0]].items[-1]
    reason = "no e-mail field is in a section: end of the first section that holds fields"
    return _spot(page, last, reason, shown[last.region])


def _spot(page: PageMap, after: FieldItem, reason: str, shown: Shown) -> Spot:
    remark = _RULED if shown is Shown.SOMETIMES else ""
    return Spot(after, heading_of(page, after.region), reason + remark)


def _why_none(page: PageMap) -> str:
    if not page.items:
        older = " (it is written as before API 49)" if page.older else ""
        return f"it holds neither fields of its own nor the page layout{older}"
    return "its own fields stand in the highlights panel or in parts that no component shows"


def shown_regions(page: PageMap) -> list[Shown]:
    """Whether each region reaches the screen: a facet does where a component names it.

    What is inside a component that has a visibility rule may be absent.
    """
    shown = [Shown.NEVER if region.kind == FACET else Shown.ALWAYS for region in page.regions]
    numbers = {region.name: i for i, region in enumerate(page.regions) if region.kind == FACET}
    for _ in page.regions:  # a facet is never deeper than there are regions
        before = list(shown)
        for outer, region in enumerate(page.regions):
            for component in region.components:
                here = _through(component, shown[outer])
                for inner in (numbers[name] for name in component.values & numbers.keys()):
                    shown[inner] = min(shown[inner], here, key=lambda each: each.value)
        if shown == before:
            break
    return shown


def _through(component: Component, outer: Shown) -> Shown:
    return Shown.SOMETIMES if component.ruled and outer is Shown.ALWAYS else outer


def _shows_layout(page: PageMap, shown: list[Shown]) -> bool:
    """Whether the record detail panel is always there; the one for phones does not count."""
    return any(
        component.name == DETAIL_PANEL and _through(component, shown[number]) is Shown.ALWAYS
        for number, region in enumerate(page.regions)
        for component in region.components
    )


def _is_section(page: PageMap, number: int) -> bool:
    """Fields in a column of a field section, not in a highlights panel."""
    region = page.regions[number]
    holders = [component.name for component, _ in _holders(page, region.name)]
    return region.kind != FACET or any(name != HIGHLIGHTS for name in holders)


def _holders(page: PageMap, facet: str) -> list[tuple[Component, int]]:
    """The components that show this facet, and the regions they stand in."""
    return [
        (component, number)
        for number, region in enumerate(page.regions)
        for component in region.components
        if facet in component.values
    ]


def heading_of(page: PageMap, number: int) -> str:
    """The label of the nearest component around a region that has one, as stored; "" for none."""
    for _ in page.regions:
        region = page.regions[number]
        holders = _holders(page, region.name) if region.kind == FACET else []
        if not holders:
            return ""
        component, number = holders[0]
        if component.label:
            return component.label
    return ""
