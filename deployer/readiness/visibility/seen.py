"""Who would really see the field: layout assignment and field-level access together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from deployer.model.layouts import Behavior
from deployer.model.org import AccessFacts, LayoutAssignment
from deployer.model.plans import Seen


class Access(IntEnum):
    """Field-level access; more is greater."""

    NONE = 0
    READ = 1
    EDIT = 2


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

    A user edits when every layout of theirs holds the field editable and access allows it; partly
    when some layouts hold it and others do not. Profiles without any assignment on this object
    are not counted: the org gives them no page.
    """
    shown_by_profile = _shown_by_profile(pages, assignments)
    granted = _access_by_user(pages.access_object, access)
    by_profile = {
        grant.profile_id: _level(edit=grant.edit)
        for grant in access.grants
        if grant.profile_id and grant.object == pages.access_object
    }
    totals = dict.fromkeys(("edits", "sees", "partly", "hidden"), 0)
    for profile in access.profiles:
        behaviors = shown_by_profile.get(profile.id)
        if behaviors is None:
            continue
        base = by_profile.get(profile.id, Access.NONE)
        better = [level for level in granted.get(profile.id, {}).values() if level > base]
        for level in better:
            totals[_verdict(behaviors, level)] += 1
        totals[_verdict(behaviors, base)] += profile.users - len(better)
    return Seen(pages.object, sum(totals.values()), **totals)


def access_of(object_name: str, access: AccessFacts, user_id: str, profile_id: str) -> Access:
    """One user's access to the field: the most their profile and permission sets give."""
    own = [
        _level(edit=grant.edit)
        for grant in access.grants
        if grant.object == object_name and grant.profile_id == profile_id
    ]
    given = _access_by_user(object_name, access).get(profile_id, {}).get(user_id, Access.NONE)
    return max([given, *own])


def _shown_by_profile(
    pages: Pages, assignments: tuple[LayoutAssignment, ...]
) -> dict[str, list[str]]:
    shown: dict[str, list[str]] = {}
    for assignment in assignments:
        behavior = pages.shown.get(assignment.layout_id, "")
        shown.setdefault(assignment.profile_id, []).append(behavior)
    return shown


def _access_by_user(object_name: str, access: AccessFacts) -> dict[str, dict[str, Access]]:
    """Profile id -> user id -> the most that the user's permission sets give."""
    sets = {
        grant.parent_id: _level(edit=grant.edit)
        for grant in access.grants
        if not grant.profile_id and grant.object == object_name
    }
    found: dict[str, dict[str, Access]] = {}
    for holder in access.holders:
        level = sets.get(holder.permission_set_id, Access.NONE)
        users = found.setdefault(holder.profile_id, {})
        users[holder.user_id] = max(level, users.get(holder.user_id, Access.NONE))
    return found


def _level(*, edit: bool) -> Access:
    return Access.EDIT if edit else Access.READ


def _verdict(behaviors: list[str], level: Access) -> str:
    """One user's verdict from how their layouts hold the field ("" is not at all)."""
    if level is Access.NONE or not any(behaviors):
        return "hidden"
    if not all(behaviors):
        return "partly"
    editable = all(behavior != Behavior.READONLY.value for behavior in behaviors)
    return "edits" if level is Access.EDIT and editable else "sees"
