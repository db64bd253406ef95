"""The permission set that carries the field's access, and who is to hold it."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.errors import OrgSaidNo, UsageError
from deployer.model.layouts import PERSON_OBJECTS
from deployer.model.org import AccessFacts, LayoutAssignment
from deployer.model.plans import (
    NO_PERMISSION_SET,
    OUR_PERMISSION_SET,
    AccessPlan,
    AccessWish,
    Assignee,
)
from deployer.permission_sets import grant_edit
from deployer.readiness.visibility import Access, access_of
from deployer.templates import render_permission_set

PROFILE_PREFIX = "profile:"
LAYOUT_USERS = "layout-users"
_LABEL = "Opt-Out Field Access"
_DESCRIPTION = "Read and edit access to the e-mail opt-out field on Contact and Lead."


@dataclass(frozen=True, slots=True)
class ActiveUser:
    """An active user, as found for --assign; `name` is what a report may show."""

    user_id: str
    username: str
    name: str
    profile_id: str
    profile: str


def plan_permission_set(
    name: str, field: str, current: bytes | None, facts: AccessFacts
) -> AccessPlan:
    """Decide what the permission set must become so that it gives edit on Contact and Lead.

    `current` is the set as retrieved, None when the org has no such set; a set that exists is
    spliced, never rendered, because a deploy replaces it whole (API 40 and later).

    Errors: OrgSaidNo for a managed set, or a named one that does not exist.
    """
    if name == NO_PERMISSION_SET:
        return AccessPlan()
    if facts.permission_set_namespace:
        raise OrgSaidNo(
            f"the permission set {name} belongs to the package {facts.permission_set_namespace}",
            where="--permission-set",
            hint="name a set of your own, or leave the option away to use our own set",
        )
    wanted = [f"{obj}.{field}" for obj in PERSON_OBJECTS[:2]]
    if current is None:
        if name != OUR_PERMISSION_SET:
            raise OrgSaidNo(
                f"the org has no permission set {name}",
                where="--permission-set",
                hint="check the API name, or leave the option away to use our own set",
            )
        return AccessPlan(name, None, _rendered(wanted))
    after = current
    for member in wanted:
        after = grant_edit(after, member)
    return AccessPlan(name, current, after, facts.permission_set_id)


def _rendered(members: list[str]) -> bytes:
    return render_permission_set(
        label=_LABEL,
        description=_DESCRIPTION,
        field_permissions=[(member, True) for member in members],
    )


def pick_assignees(
    wish: AccessWish,
    users: tuple[ActiveUser, ...],
    facts: AccessFacts,
    assignments: tuple[LayoutAssignment, ...],
) -> tuple[Assignee, ...]:
    """The active users who are to get the permission set and do not hold it yet.

    Errors: UsageError for a username or profile that matches nobody, or without a set to assign.
    """
    if wish.assign and wish.permission_set == NO_PERMISSION_SET:
        raise UsageError(
            "--assign needs a permission set to assign",
            where="--permission-set none",
            hint="leave --permission-set away, or name one",
        )
    holders = {
        holder.user_id
        for holder in facts.holders
        if holder.permission_set_id == facts.permission_set_id and facts.permission_set_id
    }
    meant: dict[str, ActiveUser] = {}
    for number, word in enumerate(wish.assign, 1):
        found = _named(word, users, facts, assignments)
        if found is None:
            # The word is not repeated: a username looks like, and often is, an e-mail address.
            raise UsageError(
                f"the --assign given as number {number} matches no active user",
                where="--assign",
                hint="check the spelling in Setup > Users; inactive users cannot be assigned",
            )
        meant.update({user.user_id: user for user in found})
    return tuple(
        Assignee(user.user_id, f"{user.name} ({user.profile})", user.profile_id)
        for user in sorted(meant.values(), key=lambda user: user.username)
        if user.user_id not in holders
    )


def is_group_word(word: str) -> bool:
    """Whether an --assign word means a set of users rather than one."""
    return word == LAYOUT_USERS or word.startswith(PROFILE_PREFIX)


def _named(
    word: str,
    users: tuple[ActiveUser, ...],
    facts: AccessFacts,
    assignments: tuple[LayoutAssignment, ...],
) -> list[ActiveUser] | None:
    """The users a word means; None when it names a user or profile that is not there.

    One user is named by username or by id.
    """
    if word == LAYOUT_USERS:
        profiles = {assignment.profile_id for assignment in assignments}
        return [user for user in users if user.profile_id in profiles and _lacks(user, facts)]
    if word.startswith(PROFILE_PREFIX):
        name = word.removeprefix(PROFILE_PREFIX).casefold()
        return [user for user in users if user.profile.casefold() == name] or None
    named = (user for user in users if word in {user.user_id, user.user_id[:15]})
    called = (user for user in users if user.username.casefold() == word.casefold())
    return [*named, *called] or None


def _lacks(user: ActiveUser, facts: AccessFacts) -> bool:
    """Whether the user cannot yet edit the field on both objects."""
    levels = (access_of(obj, facts, user.user_id, user.profile_id) for obj in PERSON_OBJECTS[:2])
    return any(level is not Access.EDIT for level in levels)
