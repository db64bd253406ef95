"""Who may do what with one record: owner, object rights, setup permissions.

Role hierarchy, teams and sharing rules are not emulated: private means the owner's alone.
"""

from __future__ import annotations

import sqlite3
from enum import IntEnum

from practice_org.objects import SObject
from practice_org.org import Org
from practice_org.rights import may_any, object_rights


class RecordAccess(IntEnum):
    """Each level holds the ones before it."""

    NONE = 0
    READ = 1
    EDIT = 2
    DELETE = 3
    ALL = 4


def record_access(org: Org, user_id: str, sobject: SObject, row: sqlite3.Row) -> RecordAccess:
    """The most the user may do with this row."""
    if not sobject.business:
        changes = bool(sobject.operations) and may_any(org, user_id, sobject.writes_with)
        return RecordAccess.ALL if changes else RecordAccess.READ
    rights = object_rights(org, user_id, sobject.name)
    if rights.modify_all:
        return RecordAccess.ALL
    owned = row["OwnerId"] == user_id
    public = org.setting("sharing", "private") != "private"
    if not rights.read or not (owned or public or rights.view_all):
        return RecordAccess.NONE
    if not (owned or public):
        return RecordAccess.READ
    if rights.delete and owned:
        return RecordAccess.ALL
    return RecordAccess.EDIT if rights.edit else RecordAccess.READ


def may_create(org: Org, user_id: str, sobject: SObject) -> bool:
    """Whether the user may make records of this object at all."""
    if sobject.business:
        return object_rights(org, user_id, sobject.name).create
    return may_any(org, user_id, sobject.writes_with)
