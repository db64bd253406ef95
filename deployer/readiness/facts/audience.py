"""How many users may read and edit the field: counted by the org, so that no user is fetched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from deployer.model.facts import Fact, Known, Unknown
from deployer.model.org import Profile
from deployer.readiness.facts.asking import Door, Row, Rows, fetch_rows, then
from deployer.readiness.visibility import Audience, Level, Reach
from deployer.readiness.visibility.audience import asked_reaches, split_users
from deployer.readiness.visibility.givers import NOTHING, Given, Givers, ObjectGrant, givers_of
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

_FIELD_OBJECTS = ("Contact", "Lead")
_RECORD_OBJECTS = ("Account", "Contact", "Lead")
_PROFILES = "SELECT ProfileId, Profile.Name, COUNT(Id) users FROM User WHERE IsActive = true"
_BY_NAME = " GROUP BY ProfileId, Profile.Name"
_RIGHTS = "SELECT SobjectType, PermissionsRead, PermissionsEdit, ParentId FROM "
_FIELDS = _RIGHTS + "FieldPermissions WHERE Field IN :members"
_OBJECTS = _RIGHTS + "ObjectPermissions WHERE SobjectType IN :objects"
_EVERYWHERE = (
    "SELECT Id, PermissionsViewAllData, PermissionsModifyAllData FROM {table} "
    "WHERE PermissionsViewAllData = true OR PermissionsModifyAllData = true"
)
_OWNED = "SELECT Id, ProfileId FROM PermissionSet WHERE IsOwnedByProfile = true"
_GROUPS = "SELECT PermissionSetGroupId, PermissionSetId FROM PermissionSetGroupComponent"
# What a session has to activate first. Source: Object Reference, SessionPermSetActivation.
_DORMANT = "SELECT Id FROM {table} WHERE HasActivationRequired = true"
_HELD = (
    "Id IN (SELECT AssigneeId FROM PermissionSetAssignment WHERE IsActive = true AND "
    "(PermissionSetId IN :{side}_sets OR PermissionSetGroupId IN :{side}_groups))"
)
_COUNT = "SELECT ProfileId, COUNT(Id) users FROM User WHERE IsActive = true AND "
_BY_PROFILE = " GROUP BY ProfileId"
_ONLY = " AND Id IN :only"
_NOBODY = "000000000000000AAA"


@dataclass(frozen=True, slots=True)
class Whose:
    """Whose access is counted, and on which terms.

    `only` are user ids, () for everybody; `edits` is a permission set taken to give edit on the
    field, "" for none: what would be if it did.
    """

    only: tuple[str, ...] = ()
    edits: str = ""


EVERYBODY = Whose()


@dataclass(frozen=True, slots=True)
class Users:
    """Profiles with active users, and what those users may do with the field."""

    profiles: Fact[tuple[Profile, ...]]
    audience: Fact[Audience]


def fetch_users(
    conn: Connection, field: str, objects: Iterable[str], whose: Whose = EVERYBODY
) -> Users:
    """Users by profile and access for these layout objects: at most seven calls, no user's row.

    The org joins and counts, so the answer is as small for 20,000 users as for ten. That a muting
    set's own rows stand in FieldPermissions and ObjectPermissions by its id is unverified.
    """
    members = [f"{name}.{field}" for name in _FIELD_OBJECTS]
    queries = {
        "profiles": _asking_for(whose, _PROFILES, _BY_NAME),
        "fields": bind(_FIELDS, members=members),
        "objects": bind(_OBJECTS, objects=_RECORD_OBJECTS),
        "owned": _OWNED,
        "groups": _GROUPS,
        "dormant": _DORMANT.format(table="PermissionSet"),
        "dormant_groups": _DORMANT.format(table="PermissionSetGroup"),
        "everywhere": _EVERYWHERE.format(table="PermissionSet"),
        "muted": _EVERYWHERE.format(table="MutingPermissionSet"),
    }
    found = fetch_rows(conn, Door.REST, queries, "who may see the field")
    profiles = then(found["profiles"], lambda rows: tuple(map(_profile, rows)))
    if isinstance(profiles, Unknown):
        return Users(profiles, profiles)
    given = _given(found)
    if isinstance(given, Unknown):
        return Users(profiles, given)
    supposed = _supposing(given.value, whose)
    givers = {name: givers_of(name, supposed) for name in objects}
    return Users(profiles, _fetch_audience(conn, givers, profiles.value, whose))


def _asking_for(whose: Whose, query: str, grouped: str) -> str:
    return bind(query + _ONLY, only=list(whose.only)) + grouped if whose.only else query + grouped


def _supposing(given: Given, whose: Whose) -> Given:
    if not whose.edits:
        return given
    supposed = (ObjectGrant(whose.edits, name, read=True, edit=True) for name in _FIELD_OBJECTS)
    others = (grant for grant in given.fields if grant.parent_id != whose.edits)
    return replace(given, fields=(*others, *supposed))


def _fetch_audience(
    conn: Connection, givers: Mapping[str, Givers], profiles: Iterable[Profile], whose: Whose
) -> Fact[Audience]:
    queries = {
        _reference(name, reach): query
        for name, each in givers.items()
        for reach in asked_reaches()
        if (query := _counting(each, reach, whose))
    }
    found = fetch_rows(conn, Door.REST, queries, "users counted by access") if queries else {}
    counted: dict[str, dict[str, int]] = {}
    for reference, rows in found.items():
        if isinstance(rows, Unknown):
            return rows
        counted[reference] = {str(row["ProfileId"]): int(row["users"]) for row in rows.value}
    return Known(
        Audience({
            name: {p.id: _split(p, name, each, counted) for p in profiles}
            for name, each in givers.items()
        })
    )  # fmt: skip


def _split(
    profile: Profile, name: str, givers: Givers, counted: Mapping[str, Mapping[str, int]]
) -> dict[Reach, int]:
    at_least = {
        reach: counted.get(_reference(name, reach), {}).get(profile.id, 0)
        for reach in asked_reaches()
    }
    return split_users(profile.users, givers.profiles.get(profile.id, NOTHING), at_least)


def _reference(name: str, reach: Reach) -> str:
    return f"{name}_{reach.record.value}_{reach.field.value}"


def _counting(givers: Givers, reach: Reach, whose: Whose) -> str:
    """The query that counts users whose sets and groups give at least this; "" when none can."""
    values: dict[str, list[str]] = {}
    conditions = []
    for side, least in zip(("record", "field"), reach, strict=True):
        if least is Level.NONE:
            continue
        sets, groups = _reaching(givers, side, least)
        if not sets and not groups:
            return ""
        conditions.append(_HELD.format(side=side))
        values |= {f"{side}_sets": sets or [_NOBODY], f"{side}_groups": groups or [_NOBODY]}
    counting = bind(_COUNT + " AND ".join(conditions), **values)
    return _asking_for(whose, counting, _BY_PROFILE)


def _reaching(givers: Givers, side: str, least: Level) -> tuple[list[str], list[str]]:
    sets, groups = (
        sorted(each for each, reach in table.items() if getattr(reach, side) >= least)
        for table in (givers.sets, givers.groups)
    )
    return sets, groups


def _given(found: Mapping[str, Fact[Rows]]) -> Fact[Given]:
    rows: dict[str, Rows] = {}
    for name, fact in found.items():
        if isinstance(fact, Unknown):
            return fact
        rows[name] = fact.value
    groups: dict[str, tuple[str, ...]] = {}
    for row in rows["groups"]:
        group = str(row["PermissionSetGroupId"])
        groups[group] = (*groups.get(group, ()), str(row["PermissionSetId"]))
    return Known(
        Given(
            objects=tuple(map(_grant, rows["objects"])),
            fields=tuple(map(_grant, rows["fields"])),
            everywhere=dict(_everywhere(rows)),
            owned={str(row["ProfileId"]): str(row["Id"]) for row in rows["owned"]},
            groups=groups,
            dormant=frozenset(
                str(row["Id"]) for name in ("dormant", "dormant_groups") for row in rows[name]
            ),
        )
    )


def _everywhere(rows: Mapping[str, Rows]) -> Iterator[tuple[str, Level]]:
    for row in rows["everywhere"]:
        modifies = bool(row["PermissionsModifyAllData"])
        yield str(row["Id"]), Level.EDIT if modifies else Level.READ
    for row in rows["muted"]:
        views = bool(row["PermissionsViewAllData"])
        yield str(row["Id"]), Level.READ if views else Level.EDIT


def _grant(row: Row) -> ObjectGrant:
    return ObjectGrant(
        parent_id=str(row["ParentId"]),
        object=str(row["SobjectType"]),
        read=bool(row["PermissionsRead"]),
        edit=bool(row["PermissionsEdit"]),
    )


def _profile(row: Mapping[str, Any]) -> Profile:
    return Profile(str(row["ProfileId"]), str(row["Name"]), int(row["users"]))
