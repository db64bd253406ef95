"""Settings of the whole org that an administrator changes: sharing and validation rules."""

from __future__ import annotations

from dataclasses import dataclass

from practice_org.actions.acting import acting_as
from practice_org.columns import fields_of
from practice_org.data.records import no_right
from practice_org.metadata.trail import record_setup_change
from practice_org.objects import find_object
from practice_org.org import Org
from practice_org.rights import may
from practice_org.wire import OrgError

SHARING = ("private", "public")


@dataclass(frozen=True, slots=True)
class Rule:
    """A validation rule: the record is refused with `message` while `field` is blank.

    With no field every write is refused, which is what a rule about old data looks like to a
    client that changes something else.
    """

    sobject: str
    name: str
    message: str
    field: str = ""
    active: bool = True


def set_sharing(org: Org, user_id: str, sharing: str) -> str:
    """Set the organisation-wide default, "private" or "public", of all business objects.

    Errors: OrgError without Customize Application, or for any other word.
    """
    with acting_as(org, user_id):
        _require_customizer(org, user_id)
        if sharing not in SHARING:
            raise OrgError("INVALID_VALUE", f"sharing is one of: {', '.join(SHARING)}")
        org.set_setting("sharing", sharing)
        record_setup_change(org, "SharingSettings", sharing, "changed")
    return sharing


def set_rule(org: Org, user_id: str, rule: Rule) -> str:
    """Make a validation rule, or change it, or switch it on or off; "Object.Name".

    Errors: OrgError without Customize Application, for an object or field that there is not, or
    for a rule without a message.
    """
    with acting_as(org, user_id):
        _require_customizer(org, user_id)
        sobject = find_object(rule.sobject)
        if sobject is None or not sobject.business:
            raise OrgError("INVALID_TYPE", f"sObject type '{rule.sobject}' is not supported.")
        if rule.field and rule.field not in fields_of(org, sobject.name):
            sentence = f"No such column '{rule.field}' on sobject of type {sobject.name}"
            raise OrgError("INVALID_FIELD", sentence)
        if not rule.message:
            raise OrgError("REQUIRED_FIELD_MISSING", "Required fields are missing: [message]")
        org.db.execute(
            "INSERT OR REPLACE INTO validation_rule VALUES (?, ?, ?, ?, ?)",
            (sobject.name, rule.name, rule.field, rule.message, int(rule.active)),
        )
        full_name = f"{sobject.name}.{rule.name}"
        record_setup_change(org, "ValidationRule", full_name, "changed")
    return full_name


def _require_customizer(org: Org, user_id: str) -> None:
    if not may(org, user_id, "CustomizeApplication"):
        raise no_right()
