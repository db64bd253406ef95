"""What a plan can tell of who would see the field: its layouts and field access, pages aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deployer.model.facts import Known
from deployer.model.layouts import FieldPlace
from deployer.model.org import AccessFacts, LayoutAssignment
from deployer.model.plans import Seen
from deployer.readiness.visibility.activation import PageFacts
from deployer.readiness.visibility.audience import Audience, Level, Reach
from deployer.readiness.visibility.matrix import Screens, see
from deployer.readiness.visibility.standing import LayoutField

Access = Level
_NO_PAGES = PageFacts(Known({}), Known(()))


@dataclass(frozen=True, slots=True)
class Pages:
    """How the field stands on each layout of one object: its behaviour by layout id.

    A layout that is not in `shown` does not hold the field. `access_object` is where field-level
    access is set: Contact for a PersonAccount layout.
    Source: Salesforce help, "Person Accounts": access is managed on the Contact field.
    """

    object: str
    access_object: str
    shown: Mapping[str, str]


def count_seen(
    pages: Pages, assignments: tuple[LayoutAssignment, ...], access: AccessFacts
) -> Seen:
    """Count the active users of one object's layouts by what they would see, each once.

    The same reckoning as the matrix's, for what a plan has read: every user counts as one who may
    edit the object's records, and every record page as one that shows the layout.
    """
    screens = Screens(
        layouts={a.layout_id: _layout(a.layout_id, pages) for a in assignments},
        assignments=assignments,
        profiles=access.profiles,
        audience=Known(Audience({pages.object: _users(pages.access_object, access)})),
        pages=_NO_PAGES,
    )
    found = see(screens).headline
    if not found:
        return Seen(pages.object, 0, 0, 0, 0, 0)
    (line,) = found
    return Seen(line.object, line.users, line.edits, line.sees, line.partly, line.hidden)


def access_of(object_name: str, access: AccessFacts, user_id: str, profile_id: str) -> Access:
    """One user's access to the field: the most their profile and permission sets give."""
    own = _own_levels(object_name, access).get(profile_id, Level.NONE)
    given = _access_by_user(object_name, access).get(profile_id, {}).get(user_id, Level.NONE)
    return max(given, own)


def _layout(layout_id: str, pages: Pages) -> LayoutField:
    behavior = pages.shown.get(layout_id, "")
    place = FieldPlace("", 0, 0, behavior, 0) if behavior else None
    return LayoutField(layout_id, pages.object, layout_id, Known(place))


def _users(object_name: str, access: AccessFacts) -> dict[str, dict[Reach, int]]:
    """Profile id -> reach -> users; what a set gives counts for those it gives more than before."""
    own, given = _own_levels(object_name, access), _access_by_user(object_name, access)
    found: dict[str, dict[Reach, int]] = {}
    for profile in access.profiles:
        base = own.get(profile.id, Level.NONE)
        counts = {Reach(Level.EDIT, base): profile.users}
        for level in given.get(profile.id, {}).values():
            if level > base:
                counts[Reach(Level.EDIT, base)] -= 1
                counts[Reach(Level.EDIT, level)] = counts.get(Reach(Level.EDIT, level), 0) + 1
        found[profile.id] = counts
    return found


def _own_levels(object_name: str, access: AccessFacts) -> dict[str, Level]:
    found: dict[str, Level] = {}
    for grant in access.grants:
        if grant.profile_id and grant.object == object_name:
            level = max(found.get(grant.profile_id, Level.NONE), _level(edit=grant.edit))
            found[grant.profile_id] = level
    return found


def _access_by_user(object_name: str, access: AccessFacts) -> dict[str, dict[str, Level]]:
    """Profile id -> user id -> the most that the user's permission sets give."""
    sets = {
        grant.parent_id: _level(edit=grant.edit)
        for grant in access.grants
        if not grant.profile_id and grant.object == object_name
    }
    found: dict[str, dict[str, Level]] = {}
    for holder in access.holders:
        level = sets.get(holder.permission_set_id, Level.NONE)
        users = found.setdefault(holder.profile_id, {})
        users[holder.user_id] = max(level, users.get(holder.user_id, Level.NONE))
    return found


def _level(*, edit: bool) -> Level:
    return Level.EDIT if edit else Level.READ
