"""The same screens after a plan, and after a permission set is assigned: what would be seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from deployer.model.facts import Known, Unknown
from deployer.model.layouts import FieldPlace
from deployer.readiness.visibility.audience import Audience, Level, Reach
from deployer.readiness.visibility.matrix import Screens
from deployer.readiness.visibility.standing import Standing

EDIT_FIELD = Reach(Level.NONE, Level.EDIT)


@dataclass(frozen=True, slots=True)
class Lift:
    """Users of one profile who are given more: from `before` on, at least `given` too.

    `users` None means all of the profile who have `before`.
    """

    object: str
    profile_id: str
    before: Reach
    given: Reach
    users: int | None = None


def with_field(screens: Screens, places: Mapping[str, FieldPlace | None]) -> Screens:
    """The screens once these layouts, by id, hold the field there (None: no longer)."""
    changed = {
        layout_id: replace(screens.layouts[layout_id], place=Known(place))
        for layout_id, place in places.items()
        if layout_id in screens.layouts
    }
    return replace(screens, layouts={**screens.layouts, **changed})


def with_field_on_pages(screens: Screens, names: Iterable[str]) -> Screens:
    """The screens once these Lightning pages, by API name, hold the field beside others."""
    if isinstance(screens.pages.pages, Unknown):
        return screens
    pages = screens.pages.pages.value
    changed = {
        name: replace(pages[name], field=frozenset({Standing.EDITABLE}))
        for name in names
        if name in pages
    }
    return replace(screens, pages=replace(screens.pages, pages=Known({**pages, **changed})))


def with_lifts(screens: Screens, lifts: Iterable[Lift]) -> Screens:
    """The screens once these users have what they are given; unknown access stays unknown."""
    if isinstance(screens.audience, Unknown):
        return screens
    users = {
        name: {profile: dict(reaches) for profile, reaches in profiles.items()}
        for name, profiles in screens.audience.value.users.items()
    }
    for lift in lifts:
        _move(users.get(lift.object, {}).get(lift.profile_id, {}), lift)
    return replace(screens, audience=Known(Audience(users)))


def with_assignment(
    screens: Screens, profile_ids: Iterable[str], given: Reach = EDIT_FIELD
) -> Screens:
    """The screens once every active user of these profiles holds a set that gives this."""
    if isinstance(screens.audience, Unknown):
        return screens
    chosen = set(profile_ids)
    lifts = [
        Lift(name, profile, before, given)
        for name, profiles in screens.audience.value.users.items()
        for profile, reaches in profiles.items()
        if profile in chosen
        for before in reaches
    ]
    return with_lifts(screens, lifts)


def _move(reaches: dict[Reach, int], lift: Lift) -> None:
    after = Reach(
        max(lift.before.record, lift.given.record), max(lift.before.field, lift.given.field)
    )
    there = reaches.get(lift.before, 0)
    moved = there if lift.users is None else min(lift.users, there)
    if after == lift.before or not moved:
        return
    reaches[lift.before] = there - moved
    reaches[after] = reaches.get(after, 0) + moved
    if not reaches[lift.before]:
        del reaches[lift.before]
