"""Who may do what with one record: owner, object rights, setup permissions.

Role hierarchy, teams and sharing rules are not emulated: private means the owner's alone.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from enum import IntEnum

from practice_org.objects import SObject
from practice_org.org import Org
from practice_org.rights import ObjectRights, may, may_any, object_rights
from practice_org.tables import find_row

_SEE_ALL_USERS = ("ViewAllUsers", "ManageUsers", "ViewAllData", "ModifyAllData")


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


def only_row(org: Org, user_id: str, sobject: str) -> str:
    """The id of the one row of User or Profile that this user is shown; "" when it is all of them.

    Users are private with the org setting user_sharing = private, profiles with profile_filtering =
    1; by default neither, as in most orgs. Source: Salesforce Help, "User Sharing"; Winter '21
    release notes, "Improve Org Security with the Profile Filter Option". Which other permissions
    show all profiles is unverified: none does here.
    """
    if sobject == "User" and org.setting("user_sharing", "public") == "private":
        return "" if may_any(org, user_id, _SEE_ALL_USERS) else user_id
    if sobject == "Profile" and org.setting("profile_filtering", "0") == "1":
        if may(org, user_id, "ViewAllProfiles"):
            return ""
        found = find_row(org, "User", user_id)
        return str(found["ProfileId"]) if found else user_id
    return ""
