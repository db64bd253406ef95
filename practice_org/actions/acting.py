"""Doing something as a user: the records they may touch, and their name on what is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from practice_org.columns import is_person
from practice_org.data.records import no_right, row_to_write
from practice_org.data.sharing import RecordAccess, record_access
from practice_org.objects import SObject, object_of_id
from practice_org.org import Org
from practice_org.wire import OrgError


@dataclass(frozen=True, slots=True)
class Held:
    """A live record and its object."""

    sobject: SObject
    row: sqlite3.Row

    @property
    def id(self) -> str:
        """The record's 18-character id."""
        return str(self.row["Id"])

    @property
    def name(self) -> str:
        """The object's API name."""
        return self.sobject.name

    @property
    def is_person(self) -> bool:
        """Whether this is either half of a person account."""
        return is_person(self.row)


@contextmanager
def acting_as(org: Org, user_id: str) -> Iterator[None]:
    """One transaction, whose writes carry this user as author."""
    before, org.user_id = org.user_id, user_id
    try:
        with org.transaction():
            yield
    finally:
        org.user_id = before


def business_object(record_id: str) -> SObject:
    """The object of a record people work with.

    Errors: OrgError MALFORMED_ID for an id of anything else.
    """
    sobject = object_of_id(record_id)
    if sobject is None or not sobject.business:
        raise OrgError("MALFORMED_ID", f"malformed id {record_id}", fields=("Id",))
    return sobject


def hold(org: Org, user_id: str, record_id: str, needed: RecordAccess) -> Held:
    """The live record of this id, when the user has this much access to it.

    Errors: OrgError MALFORMED_ID, NOT_FOUND, ENTITY_IS_DELETED, INSUFFICIENT_ACCESS_OR_READONLY;
    the last also for a person account's Contact, which is reached through its Account.
    """
    sobject = business_object(record_id)
    row = row_to_write(org, sobject, record_id)
    person_side = sobject.name == "Contact" and is_person(row)
    if person_side or record_access(org, user_id, sobject, row) < needed:
        raise no_right()
    return Held(sobject, row)
