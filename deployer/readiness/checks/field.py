"""C10-C14 and C50: the field itself."""

from __future__ import annotations

import re

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.readiness.checks.saying import HELP, named, passed, said
from deployer.readiness.facts.asked import Asked
from deployer.readiness.facts.conversion import Mapping
from deployer.readiness.facts.field import CHECKBOX, Fields, FieldSeen
from deployer.readiness.facts.grants import Grants
from deployer.readiness.facts.sight import Sight

OBJECTS = ("Contact", "Lead")
# Source: Salesforce help, "Field History Tracking": 20 fields an object.
MOST_TRACKED = 20
_LIKE_IT = re.compile(r"(?!.*fax).*(opt.?(ed.?)?out|unsubscri)", re.IGNORECASE)


def _there(facts: Facts) -> list[Finding]:
    name = value(facts, "asked", Asked).field
    absent = [obj for obj, seen in _on_both(facts).items() if seen is None]
    missing = [obj for obj in absent if not _exists(facts, obj)]
    if not missing:
        return passed(f"{name} is on Contact and Lead{_unseen(facts)}")
    fix = ("optout deploy --org {org} --create-field {field}{production}" if name.endswith("__c")
           else "Setup > Company Information: check that the edition has the field")  # fmt: skip
    return [said(Severity.FAIL, f"there is no field {name} on {' and '.join(missing)}", fix)]


def _exists(facts: Facts, obj: str) -> bool:
    """Whether other tables have a field that FieldDefinition does not show to this login."""
    listed = value(facts, "sight", Sight).ids
    return obj in listed or bool(value(facts, "grants", Grants).editing.get(obj))


def _unseen(facts: Facts) -> str:
    hidden = [obj for obj in OBJECTS if obj not in value(facts, "sight", Sight).shown]
    return f"; this login itself is not shown it on {' and '.join(hidden)}" if hidden else ""


def _shape(facts: Facts) -> list[Finding]:
    wrong = [
        f"{obj}.{seen.name} is {seen.data_type}"
        for obj, seen in _on_both(facts).items()
        if seen is not None and seen.data_type != CHECKBOX
    ]
    if wrong:
        return [said(Severity.FAIL, f"{named(wrong)}, not a checkbox")]
    return passed("where it is, it is a checkbox")


def _which(facts: Facts) -> list[Finding]:
    fields, name = value(facts, "fields", Fields), value(facts, "asked", Asked).field
    others = sorted(
        {
            f"{obj}.{each.name}"
            for obj in OBJECTS
            for each in fields.of.get(obj, {}).values()
            if each.data_type == CHECKBOX
            and each.name != name
            and _LIKE_IT.match(f"{each.name} {each.label}")
        }
    )
    if not others:
        return passed(f"no other checkbox looks like an opt-out; {name} is meant")
    what = f"{name} is meant; these look like an opt-out too: {named(others)}"
    return [said(Severity.INFO, what)]


def _same(facts: Facts) -> list[Finding]:
    both = _on_both(facts)
    kinds = {seen.data_type for seen in both.values() if seen is not None}
    if len(kinds) == 1 and None not in both.values():
        return passed(f"Contact and Lead both have it, as {kinds.pop()}")
    lost = [obj for obj, seen in both.items() if seen is None and _exists(facts, obj)]
    if lost:
        return [said(Severity.UNKNOWN, f"this login is not shown it on {' and '.join(lost)}")]
    on = [f"{obj}: {seen.data_type if seen else 'not there'}" for obj, seen in both.items()]
    return [said(Severity.FAIL, "; ".join(on))]


def _history(facts: Facts) -> list[Finding]:
    return [_tracking(facts, obj, seen) for obj, seen in _on_both(facts).items()]


def _tracking(facts: Facts, obj: str, seen: FieldSeen | None) -> Finding:
    """Only who asked for it (--track-history) needs a slot."""
    used = sum(each.tracked for each in value(facts, "fields", Fields).of.get(obj, {}).values())
    slots = f"{used} of {MOST_TRACKED} history slots used"
    if seen is not None and seen.tracked:
        return said(Severity.INFO, f"{obj}: tracked, {slots}")
    severity = Severity.FAIL if used >= MOST_TRACKED else Severity.WARN
    asked = value(facts, "asked", Asked).tracked
    fix = _TRACK.replace("Contact", obj)
    return said(severity if asked else Severity.INFO, f"{obj}: not tracked, {slots}", fix)


def _converts(facts: Facts) -> list[Finding]:
    asked = value(facts, "asked", Asked)
    if value(facts, "mapping", Mapping).mapped:
        return passed("a converted lead takes the field along")
    if asked.unmapped:
        return [said(Severity.INFO, f"not mapped, which was accepted: {asked.unmapped}")]
    return [said(Severity.FAIL, f"Lead.{asked.field} is not mapped to the Contact's: an opt-out is "
                                "lost when the lead is converted")]  # fmt: skip


def _on_both(facts: Facts) -> dict[str, FieldSeen | None]:
    name = value(facts, "asked", Asked).field
    return {obj: value(facts, "fields", Fields).find(obj, name) for obj in OBJECTS}


_TRACK = ("Setup > Object Manager > Contact > Fields & Relationships > Set History Tracking: tick "
          "{field}, in the place of another where all 20 are used")  # fmt: skip
_NEEDS = ("fields", "asked")
_SEEN = (*_NEEDS, "sight", "grants")
CHECKS = (
    Check("C10", "Field", Severity.FAIL, "Is the field on Contact and on Lead?", _SEEN, _there,
          "optout deploy --org {org} --create-field {field}{production}",
          HELP + "sales.contacts_fields.htm&type=5"),
    Check("C11", "Field type", Severity.FAIL, "Is it a checkbox?", _NEEDS, _shape,
          "name the right field: optout readiness --org {org} --custom-field API_NAME",
          HELP + "platform.custom_field_types.htm&type=5"),
    Check("C12", "Which field", Severity.INFO, "Could another field be the one that is meant?",
          _NEEDS, _which, "optout readiness --org {org} --custom-field API_NAME",
          HELP + "sales.contacts_fields.htm&type=5"),
    Check("C13", "Both objects alike", Severity.FAIL, "Do Contact and Lead have the same field?",
          _SEEN, _same, "optout deploy --org {org} --create-field {field}{production}",
          HELP + "platform.custom_field_types.htm&type=5"),
    Check("C14", "Field history", Severity.WARN, "Is who ticked it kept, and could it be?",
          _NEEDS, _history, _TRACK, HELP + "platform.tracking_field_history.htm&type=5"),
    Check("C50", "Lead conversion", Severity.FAIL, "Does a converted lead take the field along?",
          ("asked", "mapping"), _converts, "Setup > Object Manager > Lead > Fields & Relationships "
          "> Map Lead Fields: map {field} to Contact {field}, or give --accept-unmapped REASON",
          HELP + "sales.customize_mapleads.htm&type=5"),
)  # fmt: skip
