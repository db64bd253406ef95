"""Who would see the field after a reviewed plan, or once profiles are given access to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from deployer.errors import OrgSaidNo, UsageError
from deployer.metadata_files import read_file
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.layouts import Behavior, FieldPlace, LayoutName, Outcome
from deployer.model.org import STANDARD_LAYOUT, LayoutFact, OrgFacts
from deployer.planning.access import LAYOUT_USERS, PROFILE_PREFIX, is_group_word
from deployer.planning.plan_file import PlanFile, from_bytes, refuse_other_org
from deployer.planning.targets import pick_targets
from deployer.readiness.facts.asking import Door, fetch_rows
from deployer.readiness.facts.audience import Whose, fetch_users
from deployer.readiness.visibility import (
    EDIT_FIELD,
    Lift,
    Screens,
    see,
    with_assignment,
    with_field,
    with_field_on_pages,
    with_lifts,
)
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

# So many ids fit into one query of a composite.
_MOST_IDS = 200
_SET = "SELECT Id FROM PermissionSet WHERE Name = :name AND NamespacePrefix = null"
_PUT_THERE = FieldPlace("", 0, 0, Behavior.EDIT.value, 0)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What is supposed: a plan carried out, and the users of profiles holding access.

    `where` is the plan's file; `profiles` are as typed: NAME, profile:NAME or layout-users.
    """

    plan: PlanFile | None
    where: str
    profiles: tuple[str, ...]

    @property
    def words(self) -> str:
        """What is supposed, for a person."""
        given = [f"access for {name}" for name in self.profiles]
        return " and ".join([*([self.where] if self.plan else []), *given])


def read_what_if(after: Path | None, assign: tuple[str, ...]) -> WhatIf | None:
    """What --after and --assign suppose; None for neither. Errors: BadInput for no plan."""
    if after is None and not assign:
        return None
    plan = None if after is None else from_bytes(read_file(after), str(after))
    return WhatIf(plan, str(after or ""), assign)


def fetch_after(
    conn: Connection, field: str, screens: Fact[object], what_if: WhatIf
) -> Fact[object]:  # fmt: skip
    """The visibility that would be; nothing is changed. Unknown where today's is.

    Errors: OrgSaidNo for a plan of another org or field; UsageError for a profile there is not.
    """
    if what_if.plan:
        _refuse_other(what_if.plan, field, conn.org.org_id, what_if.where)
    if isinstance(screens, Unknown) or not isinstance(screens.value, Screens):
        return screens
    found = screens.value
    chosen = {profile for word in what_if.profiles for profile in _meant(found, word)}
    if what_if.plan:
        found = _after_plan(conn, field, found, what_if.plan)
    return Known(see(with_assignment(found, chosen)))


def _refuse_other(plan: PlanFile, field: str, org_id: str, where: str) -> None:
    refuse_other_org(plan, org_id, where)
    if plan.effect["field"] != field:
        raise OrgSaidNo(
            f"the plan is about {plan.effect['field']}, this look about {field}",
            where=where,
            hint="name the plan's own field with --custom-field",
        )


def _meant(screens: Screens, word: str) -> set[str]:
    """The profiles of one --assign, in deploy's own words or by the bare name."""
    if word == LAYOUT_USERS:
        return {assignment.profile_id for assignment in screens.assignments}
    name = word.removeprefix(PROFILE_PREFIX)
    known = {profile.name.casefold(): profile.id for profile in screens.profiles}
    if name.casefold() not in known:
        raise UsageError(
            f"no active user has a profile called {name!r}",
            where="--assign",
            hint=f"the profiles are {', '.join(sorted(p.name for p in screens.profiles))}",
        )
    return {known[name.casefold()]}


def _after_plan(conn: Connection, field: str, screens: Screens, plan: PlanFile) -> Screens:
    """Layouts, pages, the set as it becomes, then who is given it."""
    placed = with_field(screens, dict(_places(screens, plan.effect.get("layouts", ()))))
    added = [page for page in plan.effect.get("pages", ()) if _adds(page)]
    placed = with_field_on_pages(placed, [page["name"] for page in added])
    whose = Whose(edits=_held_set(conn, plan.effect.get("permission_set") or ""))
    objects = sorted({layout.object for layout in screens.layouts.values()})
    if whose.edits:
        placed = replace(placed, audience=fetch_users(conn, field, objects, whose).audience)
    words = plan.wish.access.assign
    assigned = with_assignment(placed, _profiles(placed, plan, words))
    ids = [word for word in words if not is_group_word(word)]
    return with_lifts(assigned, _lifts(conn, field, objects, replace(whose, only=tuple(ids))))


def _titles(screens: Screens) -> Mapping[str, str]:
    """Layout id -> Object-Name as a plan spells it."""
    return {
        each.id: f"{each.object}-{each.namespace}{'__' if each.namespace else ''}{each.name}"
        for each in screens.layouts.values()
    }


def _places(
    screens: Screens, layouts: Iterable[Mapping[str, Any]]
) -> Iterator[tuple[str, FieldPlace | None]]:
    ids = {title: layout_id for layout_id, title in _titles(screens).items()}
    for layout in layouts:
        if layout["name"] in ids:
            yield ids[layout["name"]], _PUT_THERE if _adds(layout) else None


def _adds(part: Mapping[str, Any]) -> bool:
    return bool(part["outcome"] == Outcome.ADD.value)


def _held_set(conn: Connection, name: str) -> str:
    """The id of the set that the plan changes; "" for one that nobody can hold yet."""
    if not name:
        return ""
    query = {"set": bind(_SET, name=name)}
    found = fetch_rows(conn, Door.REST, query, "the plan's permission set")["set"]
    rows = found.value if isinstance(found, Known) else ()
    return str(rows[0]["Id"]) if rows else ""


def _profiles(screens: Screens, plan: PlanFile, words: tuple[str, ...]) -> set[str]:
    """The profiles whose users the plan's group words mean."""
    named = {word.removeprefix(PROFILE_PREFIX).casefold() for word in words if is_group_word(word)}
    found = {profile.id for profile in screens.profiles if profile.name.casefold() in named}
    if LAYOUT_USERS in words:
        chosen = {
            layout.id for layout in pick_targets(_org(screens, plan), plan.wish.layouts).chosen
        }
        found |= {a.profile_id for a in screens.assignments if a.layout_id in chosen}
    return found


def _org(screens: Screens, plan: PlanFile) -> OrgFacts:
    """As much of the org as decides which layouts a plan is about."""
    layouts = tuple(
        LayoutFact(LayoutName(quote(title)), layout_id, "", STANDARD_LAYOUT, "")
        for layout_id, title in _titles(screens).items()
    )
    return OrgFacts(plan.org_id, "", layouts, screens.assignments, {})


def _lifts(
    conn: Connection, field: str, objects: list[str], whose: Whose
) -> Iterator[Lift]:  # fmt: skip
    """What the named users have today, counted by the org, so that each is given more."""
    for start in range(0, len(whose.only), _MOST_IDS):
        some = replace(whose, only=whose.only[start : start + _MOST_IDS])
        audience = fetch_users(conn, field, objects, some).audience
        if isinstance(audience, Unknown):
            continue
        for name, profiles in audience.value.users.items():
            for profile, reaches in profiles.items():
                for before, users in reaches.items():
                    yield Lift(name, profile, before, EDIT_FIELD, users)
