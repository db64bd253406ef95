"""Converting a lead: into a new or an existing account and contact, or a person account.

Source: Salesforce, SOAP API guide, "convertLead()".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from practice_org.actions.acting import Held, acting_as, hold
from practice_org.actions.convert_targets import (
    account_values,
    blanks_filled,
    contact_values,
    person_values,
)
from practice_org.actions.guards import require_unlocked, require_valid
from practice_org.data.records import no_right, require_not_converted
from practice_org.data.sharing import RecordAccess, may_create
from practice_org.ids import to_18
from practice_org.objects import OBJECTS
from practice_org.org import Org
from practice_org.rights import may
from practice_org.tables import find_row, insert_row, update_row
from practice_org.wire import OrgError

CONVERTED_STATUS = "Closed - Converted"


@dataclass(frozen=True, slots=True)
class Conversion:
    """A conversion as asked for; an id that is "" asks for a new record."""

    lead: str
    contact: str = ""
    account: str = ""


@dataclass(frozen=True, slots=True)
class Converted:
    """The lead, and the account and contact it became."""

    lead: str
    account: str
    contact: str


def convert_lead(org: Org, user_id: str, asked: Conversion) -> Converted:
    """Convert a lead; existing values are kept and blanks filled.

    The caller holds Convert Leads, edits the lead and what exists, creates what does not. The
    values arrive whatever the caller's field security: unverified. A lead without a company
    becomes a person account while these are on.

    Errors: OrgError; the sentences of a contact and an account that do not belong together are
    unverified.
    """
    with acting_as(org, user_id):
        lead = _lead(org, user_id, asked.lead)
        account, contact = _existing(org, user_id, asked)
        if _is_person(org, lead, account, contact):
            made = _into_person(org, user_id, lead, account)
        else:
            made = _into_business(org, user_id, lead, (account, contact))
        _close(org, lead, made)
    return made


def _lead(org: Org, user_id: str, lead_id: str) -> Held:
    lead = hold(org, user_id, lead_id, RecordAccess.EDIT)
    if lead.name != "Lead":
        raise OrgError("MALFORMED_ID", f"Lead ID: id value of incorrect type: {lead_id}")
    if not may(org, user_id, "ConvertLeads"):
        raise no_right()
    require_not_converted(lead.sobject, lead.row)
    require_unlocked(org, user_id, lead.id)
    return lead


def _existing(org: Org, user_id: str, asked: Conversion) -> tuple[Held | None, Held | None]:
    contact = _target(org, user_id, asked.contact, "Contact")
    account_id = asked.account or (contact.row["AccountId"] or "" if contact else "")
    account = _target(org, user_id, account_id, "Account")
    if contact and account and contact.row["AccountId"] not in (None, account.id):
        raise OrgError("INVALID_CROSS_REFERENCE_KEY", "the contact belongs to another account")
    return account, contact


def _target(org: Org, user_id: str, record_id: str, sobject: str) -> Held | None:
    if not record_id:
        return None
    held = hold(org, user_id, record_id, RecordAccess.EDIT)
    if held.name != sobject:
        raise OrgError("MALFORMED_ID", f"{sobject} ID: id value of incorrect type: {record_id}")
    return held


def _is_person(org: Org, lead: Held, account: Held | None, contact: Held | None) -> bool:
    if account is not None:
        if account.is_person and contact is not None:
            raise OrgError("INVALID_CROSS_REFERENCE_KEY", "a person account is its own contact")
        return account.is_person
    return not contact and not lead.row["Company"] and org.setting("person_accounts") == "1"


def _into_person(org: Org, user_id: str, lead: Held, account: Held | None) -> Converted:
    account_id = _settle(org, user_id, ("Account", account), person_values(org, lead.row))
    row = find_row(org, "Account", account_id)
    # Which of the two ids Salesforce fills for a person account is unverified: here both.
    return Converted(lead.id, account_id, str(row["PersonContactId"]) if row else "")


def _into_business(
    org: Org, user_id: str, lead: Held, into: tuple[Held | None, Held | None]
) -> Converted:
    account, contact = into
    account_id = _settle(org, user_id, ("Account", account), account_values(org, lead.row))
    values = {**contact_values(org, lead.row), "AccountId": account_id}
    return Converted(lead.id, account_id, _settle(org, user_id, ("Contact", contact), values))


def _settle(
    org: Org, user_id: str, target: tuple[str, Held | None], values: Mapping[str, object]
) -> str:
    """Make the record, or fill the blanks of the one there is; its id.

    Validation rules hold as for any write (the org setting that asks for it is on by default).
    """
    sobject, held = target
    if held is None:
        if not may_create(org, user_id, OBJECTS[sobject]):
            raise no_right()
        require_valid(org, sobject, values)
        return insert_row(org, sobject, values)
    require_unlocked(org, user_id, held.id)
    filled = blanks_filled(held.row, values)
    if filled:
        require_valid(org, sobject, {**dict(held.row), **filled})
        update_row(org, sobject, held.id, filled)
    return held.id


def _close(org: Org, lead: Held, made: Converted) -> None:
    update_row(
        org,
        "Lead",
        lead.id,
        {
            "IsConverted": True,
            "Status": CONVERTED_STATUS,
            "ConvertedDate": f"{org.now():%Y-%m-%d}",
            "ConvertedAccountId": made.account,
            "ConvertedContactId": made.contact,
        },
    )
    into = {"AccountId": made.account, "ContactId": made.contact}
    org.record("convert", "Lead", to_18(lead.id), into)
