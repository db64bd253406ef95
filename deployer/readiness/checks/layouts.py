"""C20-C24 and C51: layouts, the field on them, and who is assigned which."""

from __future__ import annotations

from collections import Counter

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.model.layouts import PERSON_OBJECTS, Behavior
from deployer.readiness.checks.saying import HELP, named, passed, said
from deployer.readiness.facts.field import Fields
from deployer.readiness.facts.placements import (
    Assigned,
    Layouts,
    LayoutSeen,
    Placements,
    RecordTypes,
)

PUT = "optout deploy --org {org}{field_option}{production} --assign layout-users"
_LAYOUTS = HELP + "platform.customize_layout.htm&type=5"


def _listed(facts: Facts) -> list[Finding]:
    counts = Counter(each.object for each in value(facts, "layouts", Layouts).all)
    missing = [obj for obj in ("Contact", "Lead") if not counts[obj]]
    what = ", ".join(f"{counts[obj]} of {obj}" for obj in PERSON_OBJECTS if counts[obj])
    if missing:
        return [said(Severity.UNKNOWN, f"the org lists no layout of {' and '.join(missing)}")]
    return passed(f"layouts: {what}")


def _placed(facts: Facts) -> list[Finding]:
    used = _used(facts)
    stands = value(facts, "placements", Placements).behaviors
    absent = [each.title for each in used if not stands[each.id]]
    twice = [each.title for each in used if len(stands[each.id]) > 1]
    readonly = [each.title for each in used if Behavior.READONLY.value in stands[each.id]]
    found = []
    if absent:
        found.append(said(Severity.FAIL, f"the field is not on {named(absent)}", PUT))
    if twice:
        found.append(said(Severity.FAIL, f"the field is twice on {named(twice)}",
                          "Setup > Object Manager > the object > Page Layouts: take one of the two "
                          "off"))  # fmt: skip
    if readonly:
        found.append(said(Severity.WARN, f"it is read-only on {named(readonly)}",
                          f"{PUT} --make-editable"))  # fmt: skip
    return found or passed(f"the field is on all {len(used)} layouts in use")


def _unused(facts: Facts) -> list[Finding]:
    used = value(facts, "assigned", Assigned).layout_ids
    idle = [each.title for each in value(facts, "layouts", Layouts).all if each.id not in used]
    if not idle:
        return passed("every layout is assigned to a profile")
    return [said(Severity.INFO, f"assigned to no profile, so left alone: {named(idle)}")]


def _record_types(facts: Facts) -> list[Finding]:
    types = value(facts, "record_types", RecordTypes)
    idle = f"; not active: {named(types.inactive)}" if types.inactive else ""
    return [said(Severity.INFO, f"record types: {named(types.active) or 'none'}{idle}")]


def _person_accounts(facts: Facts) -> list[Finding]:
    if not value(facts, "fields", Fields).has_person_accounts:
        return passed("person accounts are not in use")
    stands = value(facts, "placements", Placements).behaviors
    pages = [each for each in _used(facts) if each.object == "PersonAccount"]
    absent = [each.title for each in pages if not stands[each.id]]
    if absent:
        return [said(Severity.FAIL, f"the field is not on {named(absent)}")]
    if not pages:
        # Under which table the org lists them is unverified, so none seen is no answer.
        return [said(Severity.UNKNOWN, "person accounts are on, and no layout of theirs is listed")]
    return passed(f"the field is on all {len(pages)} person account layouts in use")


def _used(facts: Facts) -> list[LayoutSeen]:
    used = value(facts, "assigned", Assigned).layout_ids
    return [each for each in value(facts, "layouts", Layouts).all if each.id in used]


_NEEDS = ("layouts", "assigned", "placements")
CHECKS = (
    Check("C20", "Layouts", Severity.FAIL, "Which layouts are there?", ("layouts",), _listed,
          "optout readiness --org {org} --identity deployer", _LAYOUTS),
    Check("C21", "Field on layouts", Severity.FAIL, "Is the field on every layout in use, once and "
          "editable?", _NEEDS, _placed, PUT, _LAYOUTS),
    Check("C22", "Unused layouts", Severity.INFO, "Which layouts does nobody get?",
          ("layouts", "assigned"), _unused,
          "optout deploy --org {org}{field_option}{production} --all-layouts",
          HELP + "platform.layouts_assigning.htm&type=5"),
    Check("C24", "Record types", Severity.INFO, "Which record types are in use?",
          ("record_types",), _record_types, "Setup > Object Manager > Contact > Record Types",
          HELP + "platform.customize_recordtype.htm&type=5"),
    Check("C51", "Person accounts", Severity.FAIL, "Is the field on person accounts' layouts?",
          (*_NEEDS, "fields"), _person_accounts, PUT,
          HELP + "sales.account_person.htm&type=5"),
)  # fmt: skip
