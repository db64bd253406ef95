"""Settings of the whole org that an administrator changes: sharing, validation rules and flows."""

from __future__ import annotations

from dataclasses import dataclass

from practice_org.actions.acting import acting_as
from practice_org.columns import fields_of
from practice_org.data.records import no_right
from practice_org.metadata.canonical import branch, leaf, serialise
from practice_org.metadata.components import save_component
from practice_org.metadata.trail import record_setup_change
from practice_org.objects import SObject, find_object
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


@dataclass(frozen=True, slots=True)
class Flow:
    """A record-triggered flow that ticks a checkbox, or unticks it."""

    name: str
    sobject: str
    field: str
    ticks: bool = False


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
        sobject = _business_object(rule.sobject)
        if rule.field:
            _require_field(org, sobject, rule.field)
        if not rule.message:
            raise OrgError("REQUIRED_FIELD_MISSING", "Required fields are missing: [message]")
        org.db.execute(
            "INSERT OR REPLACE INTO validation_rule VALUES (?, ?, ?, ?, ?)",
            (sobject.name, rule.name, rule.field, rule.message, int(rule.active)),
        )
        full_name = f"{sobject.name}.{rule.name}"
        save_component(org, "ValidationRule", full_name, _rule_xml(rule))
        record_setup_change(org, "ValidationRule", full_name, "changed")
    return full_name


def set_flow(org: Org, user_id: str, flow: Flow) -> str:
    """Make a flow that writes a field whenever a record of its object is saved; its name.

    It is there to be found (Tooling's dependencies); that it runs is not emulated.

    Errors: OrgError without Customize Application, or for an object or field that there is not.
    """
    with acting_as(org, user_id):
        _require_customizer(org, user_id)
        sobject = _business_object(flow.sobject)
        _require_field(org, sobject, flow.field)
        save_component(org, "Flow", flow.name, _flow_xml(flow))
        record_setup_change(org, "Flow", flow.name, "changed")
    return flow.name


def _rule_xml(rule: Rule) -> bytes:
    formula = f"ISBLANK({rule.field})" if rule.field else "true"
    return serialise(
        branch(
            "ValidationRule",
            [
                leaf("active", value=rule.active),
                leaf("errorConditionFormula", formula),
                leaf("errorMessage", rule.message),
            ],
        )
    )


def _flow_xml(flow: Flow) -> bytes:
    value = branch("value", [leaf("booleanValue", value=flow.ticks)])
    writing = branch("inputAssignments", [leaf("field", flow.field), value])
    return serialise(
        branch(
            "Flow",
            [
                leaf("label", flow.name.replace("_", " ")),
                branch(
                    "recordUpdates",
                    [leaf("name", "Write"), writing, leaf("object", flow.sobject)],
                ),
                branch("start", [leaf("object", flow.sobject)]),
                leaf("status", "Active"),
            ],
        )
    )


def _business_object(name: str) -> SObject:
    sobject = find_object(name)
    if sobject is None or not sobject.business:
        raise OrgError("INVALID_TYPE", f"sObject type '{name}' is not supported.")
    return sobject


def _require_field(org: Org, sobject: SObject, name: str) -> None:
    if name not in fields_of(org, sobject.name):
        sentence = f"No such column '{name}' on sobject of type {sobject.name}"
        raise OrgError("INVALID_FIELD", sentence)


def _require_customizer(org: Org, user_id: str) -> None:
    if not may(org, user_id, "CustomizeApplication"):
        raise no_right()
