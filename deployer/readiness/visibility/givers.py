"""What gives users their access: profiles, permission sets, and groups less what is muted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from deployer.readiness.visibility.audience import Level, Reach

ACCESS_OBJECTS = {"PersonAccount": ("Account", "Contact")}
"""Whose records and whose field decide for a layout's object, where it is not the object itself.

Source: Salesforce help, "Person Accounts": the field is the Contact's. That Read on Contact is
asked for besides Read on Account is unverified and left out.
"""


@dataclass(frozen=True, slots=True)
class ObjectGrant:
    """Rights on an object's records that a set gives, or that a muting set takes away."""

    parent_id: str
    object: str
    read: bool
    edit: bool


@dataclass(frozen=True, slots=True)
class Given:
    """Every row that gives access: rows of muting sets are among them, by their ids.

    `fields` are grants on the field; `everywhere` maps a set that gives View All Data or Modify All
    Data to the level it gives on every object; `owned` maps a profile to its own set; `groups` maps
    a permission set group to the sets and muting sets it is made of; `dormant` are sets and groups
    that give nothing until a session activates them, a set in a group excepted.
    """

    objects: tuple[ObjectGrant, ...]
    fields: tuple[ObjectGrant, ...]
    everywhere: Mapping[str, Level]
    owned: Mapping[str, str]
    groups: Mapping[str, tuple[str, ...]]
    dormant: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Givers:
    """One layout object's reach by profile id, by permission set id and by group id."""

    profiles: Mapping[str, Reach]
    sets: Mapping[str, Reach]
    groups: Mapping[str, Reach]


NOTHING = Reach(Level.NONE, Level.NONE)
_MUTING = "0QM"


def givers_of(object_name: str, given: Given) -> Givers:
    """Who gives what on one layout object; sets and groups that give nothing are left out."""
    record_object, field_object = ACCESS_OBJECTS.get(object_name, (object_name, object_name))
    records = _levels(given.objects, record_object)
    fields = _levels(given.fields, field_object)
    sides = _Sides(records, fields, given.everywhere)
    own_sets = set(given.owned.values())
    parents = {*records, *fields, *given.everywhere}
    free = {p for p in parents if p not in own_sets | given.dormant and not p.startswith(_MUTING)}
    return Givers(
        profiles={profile: sides.of(set_id) for profile, set_id in given.owned.items()},
        sets={set_id: sides.of(set_id) for set_id in sorted(free)},
        groups={
            group: reach
            for group, parts in given.groups.items()
            if group not in given.dormant and any(reach := sides.of_group(parts))
        },
    )


@dataclass(frozen=True, slots=True)
class _Sides:
    """What each set gives on the records, on the field, and on every object's records."""

    records: Mapping[str, Level]
    fields: Mapping[str, Level]
    everywhere: Mapping[str, Level]

    def of(self, set_id: str) -> Reach:
        return self._reach([set_id], [])

    def of_group(self, parts: Iterable[str]) -> Reach:
        members = list(parts)
        muting = [part for part in members if part.startswith(_MUTING)]
        return self._reach([part for part in members if part not in muting], muting)

    def _reach(self, sets: list[str], muting: list[str]) -> Reach:
        everywhere = _less(self.everywhere, sets, muting)
        return Reach(
            max(_less(self.records, sets, muting), everywhere), _less(self.fields, sets, muting)
        )


def _less(levels: Mapping[str, Level], sets: Iterable[str], muting: Iterable[str]) -> Level:
    """The most that the sets give, less what is muted: Edit muted leaves Read, Read nothing."""
    most = max((levels.get(each, Level.NONE) for each in sets), default=Level.NONE)
    muted = [levels[each] for each in muting if each in levels]
    return min([most, *(_LEFT[level] for level in muted)])


_LEFT = {Level.NONE: Level.EDIT, Level.EDIT: Level.READ, Level.READ: Level.NONE}


def _levels(grants: Iterable[ObjectGrant], object_name: str) -> dict[str, Level]:
    found: dict[str, Level] = {}
    for grant in grants:
        if grant.object == object_name:
            found[grant.parent_id] = _level(grant)
    return found


def _level(grant: ObjectGrant) -> Level:
    if grant.parent_id.startswith(_MUTING):
        return Level.READ if grant.read else Level.EDIT if grant.edit else Level.NONE
    return Level.NONE if not grant.read else Level.EDIT if grant.edit else Level.READ
