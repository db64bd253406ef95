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
from deployer.readiness.visibility.standing import LayoutField, Page, Standing, on_page

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
    standing: Standing
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
    return (one.page, one.standing, one.why) == (other.page, other.standing, other.why)


def _anywhere(screen: Screen) -> Screen:
    return Screen(screen.app, "", screen.page, screen.standing, screen.why)


def _screen(
    app: str, factor: FormFactor, name: str, layout: LayoutField, facts: PageFacts
) -> Screen:
    page = known_pages(facts).get(name)
    if name and page is None:
        lost = facts.pages.reason if isinstance(facts.pages, Unknown) else "it is not a record page"
        why = f"the page {name} could not be read: {lost}"
        return Screen(app, factor.value, name, Standing.UNKNOWN, why)
    standing, why = _standing(page, layout, factor)
    return Screen(app, factor.value, name, standing, why)


def _standing(page: Page | None, layout: LayoutField, factor: FormFactor) -> tuple[Standing, str]:
    if page is None:
        return layout.standing, _layout_why(layout)
    standing = on_page(page, layout.standing)
    if factor is FormFactor.SMALL and standing is not layout.standing:
        return Standing.UNKNOWN, _MOBILE
    if standing is Standing.SOMETIMES:
        return standing, _RULE
    if page.field is Standing.UNKNOWN:
        return standing, page.why
    return standing, _page_why(page, standing) or _layout_why(layout)


def _layout_why(layout: LayoutField) -> str:
    if isinstance(layout.place, Unknown):
        return f"the layout could not be read: {layout.place.reason}"
    return _LAYOUT_WHY[layout.standing]


_LAYOUT_WHY = {
    Standing.ABSENT: "the layout does not hold the field",
    Standing.READONLY: "the field is read-only on the layout",
    Standing.EDITABLE: "the layout holds the field",
}


def _page_why(page: Page, standing: Standing) -> str:
    """Why, when the page's own fields and not the layout decide; else ""."""
    if page.field is Standing.ABSENT:
        shows_layout = page.panel.value != "never"
        return "" if shows_layout else "the page shows its own fields, and this is not one of them"
    held = "read-only on" if standing is Standing.READONLY else "on"
    return f"the field is {held} the page itself"


def _undecided(viewer: Viewer, layout: LayoutField, facts: PageFacts, reason: str) -> Screen:
    """Which page is in force is not known: an answer only when every page gives the same."""
    if isinstance(facts.pages, Unknown):
        return Screen("", "", "", Standing.UNKNOWN, facts.pages.reason)
    found = {
        _standing(page, layout, factor)[0]
        for page in possible_pages(viewer.object, facts.pages.value)
        for factor in FormFactor
    }
    if len(found) == 1:
        return Screen("", "", "", found.pop(), _layout_why(layout))
    why = f"pages differ, and which one is in force is not known: {reason}"
    return Screen("", "", "", Standing.UNKNOWN, why)
