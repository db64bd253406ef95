"""What one profile has in front of it for one record type: the field on each page in force."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from deployer.model.facts import Unknown
from deployer.readiness.visibility.activation import (
    FormFactor,
    PageFacts,
    Viewer,
    known_pages,
    pages_in_force,
    possible_pages,
)
from deployer.readiness.visibility.standing import (
    ANYHOW,
    LayoutField,
    Page,
    Panel,
    Standing,
    Standings,
    on_page,
)

_MOBILE = (
    "the page has fields of its own, and whether the org shows them on phones (Dynamic Forms on "
    "Mobile) cannot be read"
)
_RULE = "the page shows it only when a visibility rule is met"


@dataclass(frozen=True, slots=True)
class Screen:
    """The field on one page; app and form factor are "" where they make no difference."""

    app: str
    form_factor: str
    page: str
    standings: Standings
    why: str


def screens_of(viewer: Viewer, layout: LayoutField, facts: PageFacts) -> list[Screen]:
    """One screen for each page that differs, the org's default first."""
    if isinstance(facts.activations, Unknown):
        return [_undecided(viewer, layout, facts, facts.activations.reason)]
    in_force = pages_in_force(viewer, facts.activations.value)
    found = {
        (app, factor): _screen(app, factor, name, layout, facts)
        for (app, factor), name in in_force.items()
    }
    return list(_differing(found))


def _differing(found: Mapping[tuple[str, FormFactor], Screen]) -> Iterator[Screen]:
    """Leave out what an app has in common with all the others, and join equal form factors."""
    usual = {factor: found["", factor] for factor in FormFactor}
    for app in sorted({app for app, _ in found}):
        large, small = (found[app, factor] for factor in FormFactor)
        if not app and _same(large, small):
            yield _anywhere(large)
            continue
        changed = [s for s in (large, small) if not app or not _same(s, usual[_factor(s)])]
        yield from [_anywhere(large)] if len(changed) == 2 and _same(large, small) else changed


def _factor(screen: Screen) -> FormFactor:
    return FormFactor(screen.form_factor)


def _same(one: Screen, other: Screen) -> bool:
    return (one.page, one.standings, one.why) == (other.page, other.standings, other.why)


def _anywhere(screen: Screen) -> Screen:
    return Screen(screen.app, "", screen.page, screen.standings, screen.why)


def _screen(
    app: str, factor: FormFactor, name: str, layout: LayoutField, facts: PageFacts
) -> Screen:
    page = known_pages(facts).get(name)
    if name and page is None:
        lost = facts.pages.reason if isinstance(facts.pages, Unknown) else "it is not a record page"
        why = f"the page {name} could not be read: {lost}"
        return Screen(app, factor.value, name, ANYHOW, why)
    standings = _standings(page, layout, factor)
    return Screen(app, factor.value, name, standings, _why(page, layout, standings))


def _standings(page: Page | None, layout: LayoutField, factor: FormFactor) -> Standings:
    if page is None:
        return layout.standings
    whole = on_page(page, layout.standings)
    return whole | layout.standings if factor is FormFactor.SMALL else whole


def _why(page: Page | None, layout: LayoutField, standings: Standings) -> str:
    """Why the field stands so, or why that cannot be told."""
    if len(standings) == 1:
        (standing,) = standings
        return (_page_why(page, standing) if page else "") or _LAYOUT_WHY[standing]
    if isinstance(layout.place, Unknown) and (page is None or page.panel is not Panel.NEVER):
        return f"the layout could not be read: {layout.place.reason}"
    if page is not None and (page.why or standings == on_page(page, layout.standings)):
        return page.why or _RULE
    return _MOBILE


_LAYOUT_WHY = {
    Standing.ABSENT: "the layout does not hold the field",
    Standing.READONLY: "the field is read-only on the layout",
    Standing.EDITABLE: "the layout holds the field",
}


def _page_why(page: Page, standing: Standing) -> str:
    """Why, when the page's own fields and not the layout decide; else ""."""
    if page.field == {Standing.ABSENT}:
        shows_layout = page.panel is not Panel.NEVER
        return "" if shows_layout else "the page shows its own fields, and this is not one of them"
    held = "read-only on" if standing is Standing.READONLY else "on"
    return f"the field is {held} the page itself"


def _undecided(viewer: Viewer, layout: LayoutField, facts: PageFacts, reason: str) -> Screen:
    """Which page is in force is not known: an answer only when every page gives the same."""
    if isinstance(facts.pages, Unknown):
        return Screen("", "", "", ANYHOW, f"the pages could not be read: {facts.pages.reason}")
    found: Standings = frozenset().union(
        *(
            _standings(page, layout, factor)
            for page in possible_pages(viewer.object, facts.pages.value)
            for factor in FormFactor
        )
    )
    if found == layout.standings:
        return Screen("", "", "", found, _why(None, layout, found))
    why = f"pages differ, and which one is in force is not known: {reason}"
    return Screen("", "", "", found, why)
