"""The recycle bin: records put in, taken out, emptied, and gone by themselves after 15 days.

Source: Salesforce, SOAP API guide, "undelete()", "emptyRecycleBin()"; help, "Recycle Bin".
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from practice_org.actions.acting import acting_as, business_object, hold
from practice_org.actions.guards import require_unlocked
from practice_org.columns import is_person
from practice_org.data.records import no_right, remove_record
from practice_org.data.sharing import RecordAccess, record_access
from practice_org.ids import to_18
from practice_org.objects import OBJECTS, SObject
from practice_org.org import Org, to_timestamp
from practice_org.tables import find_row, update_row
from practice_org.wire import OrgError

KEPT_FOR = timedelta(days=15)


def delete_record(org: Org, user_id: str, record_id: str) -> str:
    """Put a record into the bin; a person account goes with its Contact. Its id.

    Errors: OrgError as over REST, ENTITY_IS_LOCKED among them.
    """
    with acting_as(org, user_id):
        held = hold(org, user_id, record_id, RecordAccess.DELETE)
        remove_record(org, user_id, held.sobject, held.id)
    return held.id


def undelete_record(org: Org, user_id: str, record_id: str) -> str:
    """Take a record out of the bin, a merge's loser too; what was moved away stays moved.

    Errors: OrgError UNDELETE_FAILED, INSUFFICIENT_ACCESS_OR_READONLY, NOT_FOUND.
    """
    with acting_as(org, user_id):
        sobject, row = _binned(org, user_id, record_id, "UNDELETE_FAILED")
        for name, side in _sides(sobject, row):
            update_row(org, name, side, {"IsDeleted": False, "MasterRecordId": None})
            org.record("undelete", name, side, {})
    return str(row["Id"])


def purge_record(org: Org, user_id: str, record_id: str) -> str:
    """Remove a record from the bin for good.

    Errors: OrgError; the code for a record that is not in the bin is unverified.
    """
    with acting_as(org, user_id):
        sobject, row = _binned(org, user_id, record_id, "INVALID_ID_FIELD")
        _purge(org, sobject, row)
    return str(row["Id"])


def purge_bin(org: Org, user_id: str) -> list[str]:
    """Empty the bin of all that the user may delete; the ids, Contact sides of persons left out."""
    with acting_as(org, user_id):
        return [
            str(row["Id"])
            for sobject in _binning()
            for row in _rows(org, sobject, org.timestamp())
            if not _is_contact_side(sobject, row)
            and record_access(org, user_id, sobject, row) >= RecordAccess.DELETE
            and _purge(org, sobject, row)
        ]


def purge_expired(org: Org) -> list[str]:
    """Remove what has been in the bin for 15 days by the org's clock; the ids.

    Cheap when there is nothing to do: an index holds the binned rows alone.
    """
    before = to_timestamp(org.now() - KEPT_FOR)
    return [
        str(row["Id"])
        for sobject in _binning()
        for row in _rows(org, sobject, before)
        if not _is_contact_side(sobject, row) and _purge(org, sobject, row)
    ]


@cache  # every request looks into each bin
def _binning() -> Sequence[SObject]:
    return [sobject for sobject in OBJECTS.values() if sobject.business and sobject.keeps_deleted]


def _rows(org: Org, sobject: SObject, until: str) -> list[sqlite3.Row]:
    return org.db.execute(
        f'SELECT * FROM "{sobject.name}" WHERE "IsDeleted" = 1 AND "SystemModstamp" <= ?', (until,)
    ).fetchall()


def _binned(org: Org, user_id: str, record_id: str, code: str) -> tuple[SObject, sqlite3.Row]:
    sobject = business_object(record_id)
    row = find_row(org, sobject.name, to_18(record_id))
    if row is None:
        raise OrgError("NOT_FOUND", "The requested resource does not exist", status=404)
    allowed = record_access(org, user_id, sobject, row) >= RecordAccess.DELETE
    if not allowed or _is_contact_side(sobject, row):
        raise no_right()
    if not row["IsDeleted"]:
        raise OrgError(code, "Entity is not in the recycle bin")
    require_unlocked(org, user_id, row["Id"])
    return sobject, row


def _is_contact_side(sobject: SObject, row: sqlite3.Row) -> bool:
    return sobject.name == "Contact" and is_person(row)


def _sides(sobject: SObject, row: sqlite3.Row) -> list[tuple[str, str]]:
    sides = [(sobject.name, str(row["Id"]))]
    if sobject.name == "Account" and is_person(row):
        sides.append(("Contact", str(row["PersonContactId"])))
    return sides


def _purge(org: Org, sobject: SObject, row: sqlite3.Row) -> bool:
    for name, side in _sides(sobject, row):
        org.db.execute(f'DELETE FROM "{name}" WHERE "Id" = ?', (side,))
        org.db.execute("DELETE FROM record_lock WHERE record_id = ?", (side,))
        org.record("purge", name, side, {})
    return True
