"""Small changes to one record: its e-mail address, its owner, its lock."""

from __future__ import annotations

from practice_org.actions.acting import acting_as, hold
from practice_org.data.records import change_record, no_right
from practice_org.data.sharing import RecordAccess
from practice_org.objects import OBJECTS
from practice_org.org import Org
from practice_org.rights import may
from practice_org.tables import find_row
from practice_org.wire import OrgError


def rename_email(org: Org, user_id: str, record_id: str, email: str) -> str:
    """Give a contact, lead or person account another address. Errors: OrgError as over REST."""
    with acting_as(org, user_id):
        held = hold(org, user_id, record_id, RecordAccess.EDIT)
        name = "PersonEmail" if held.name == "Account" else "Email"
        if held.name == "Account" and not held.is_person:
            raise OrgError("INVALID_FIELD", "No such column 'Email' on sobject of type Account")
        change_record(org, user_id, held.sobject, held.id, {name: email})
    return held.id


def transfer_owner(org: Org, user_id: str, record_id: str, owner_id: str) -> str:
    """Give a record to another active user.

    That edit access is enough, without the permission to transfer, is unverified.

    Errors: OrgError INVALID_CROSS_REFERENCE_KEY, INACTIVE_OWNER_OR_USER and as over REST.
    """
    with acting_as(org, user_id):
        held = hold(org, user_id, record_id, RecordAccess.EDIT)
        owner = find_row(org, "User", owner_id)
        if owner is None:
            raise OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        if not owner["IsActive"]:
            sentence = f"operation performed with inactive user [{owner['Id'][:15]}]"
            raise OrgError("INACTIVE_OWNER_OR_USER", sentence)
        change_record(org, user_id, held.sobject, held.id, {"OwnerId": owner["Id"]})
    return held.id


def lock_record(org: Org, user_id: str, record_id: str) -> str:
    """Lock a record as sending it for approval does. Errors: OrgError as over REST."""
    with acting_as(org, user_id):
        held = hold(org, user_id, record_id, RecordAccess.EDIT)
        org.db.execute("INSERT OR IGNORE INTO record_lock VALUES (?)", (held.id,))
        org.record("lock", held.name, held.id, {})
    return held.id


def unlock_record(org: Org, user_id: str, record_id: str) -> str:
    """Unlock a record, as an administrator may. Errors: OrgError as over REST."""
    with acting_as(org, user_id):
        held = hold(org, user_id, record_id, RecordAccess.EDIT)
        if not may(org, user_id, "ModifyAllData"):
            raise no_right()
        org.db.execute("DELETE FROM record_lock WHERE record_id = ?", (held.id,))
        org.record("unlock", OBJECTS[held.name].name, held.id, {})
    return held.id
