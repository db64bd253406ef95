"""Who may do what with one record: owner, object rights, setup permissions.

Role hierarchy, teams and sharing rules are not emulated: private means the owner's alone.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import IntEnum

from practice_org.objects import SObject
from practice_org.org import Org
from practice_org.rights import ObjectRights, may_any, object_rights


class RecordAccess(IntEnum):
    """Each level holds the ones before it."""

    NONE = 0
    READ = 1
    EDIT = 2
    DELETE = 3
    ALL = 4


@dataclass(frozen=True, slots=True)
class Reach:
    """How far a user gets with one object: looked up once, asked for any number of rows."""

    user_id: str
    business: bool
    rights: ObjectRights
    public: bool
    setup: bool

    @property
    def creates(self) -> bool:
        """Whether the user may make records of this object at all."""
        return self.rights.create if self.business else self.setup

    def access(self, row: sqlite3.Row) -> RecordAccess:
        """The most the user may do with this row."""
        if not self.business:
            return RecordAccess.ALL if self.setup else RecordAccess.READ
        if self.rights.modify_all:
            return RecordAccess.ALL
        owned = row["OwnerId"] == self.user_id
        if not self.rights.read or not (owned or self.public or self.rights.view_all):
            return RecordAccess.NONE
        if not (owned or self.public):
            return RecordAccess.READ
        if self.rights.delete and owned:
            return RecordAccess.ALL
        return RecordAccess.EDIT if self.rights.edit else RecordAccess.READ


def reach_of(org: Org, user_id: str, sobject: SObject) -> Reach:
    """Look up how far the user gets with this object."""
    if not sobject.business:
        changes = bool(sobject.operations) and may_any(org, user_id, sobject.writes_with)
        return Reach(user_id, business=False, rights=ObjectRights(), public=True, setup=changes)
    rights = object_rights(org, user_id, sobject.name)
    public = org.setting("sharing", "private") != "private"
    return Reach(user_id, business=True, rights=rights, public=public, setup=False)


def record_access(org: Org, user_id: str, sobject: SObject, row: sqlite3.Row) -> RecordAccess:
    """The most the user may do with this row."""
    return reach_of(org, user_id, sobject).access(row)


def may_create(org: Org, user_id: str, sobject: SObject) -> bool:
    """Whether the user may make records of this object at all."""
    return reach_of(org, user_id, sobject).creates
