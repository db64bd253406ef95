"""C20-C24 and C51: layouts, the field on them, and who is assigned which."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from deployer.model.checks import Check, Facts, value
from deployer.model.facts import Known, Unknown
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

_AGAIN = "optout readiness --org {org} --identity deployer"
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
    stands, lost = _stands(facts, used)
    absent = [each.title for each, found in stands if not found]
    twice = [each.title for each, found in stands if len(found) > 1]
    readonly = [each.title for each, found in stands if Behavior.READONLY.value in found]
    found = [*lost]
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


def _stands(
    facts: Facts, layouts: list[LayoutSeen]
) -> tuple[list[tuple[LayoutSeen, tuple[str, ...]]], list[Finding]]:
    """How the field stands on each of these that could be read, and a finding for the others."""
    placements = value(facts, "placements", Placements)
    facts_of = [(each, placements.behaviors(each.id)) for each in layouts]
    read = [(each, fact.value) for each, fact in facts_of if isinstance(fact, Known)]
    return read, unread(facts, layouts)


def holders(facts: Facts, layouts: Iterable[LayoutSeen]) -> list[LayoutSeen]:
    """Those of these layouts that are known to hold the field."""
    return [each for each, found in _stands(facts, list(layouts))[0] if found]


def unread(facts: Facts, layouts: Iterable[LayoutSeen]) -> list[Finding]:
    """One UNKNOWN that names those of these layouts which could not be read, and why."""
    placements = value(facts, "placements", Placements)
    hidden = [
        f"{each.title} ({fact.reason})"
        for each in layouts
        if isinstance(fact := placements.drawings[each.id], Unknown)
    ]
    if not hidden:
        return []
    return [said(Severity.UNKNOWN, f"these layouts could not be read: {named(hidden)}", _AGAIN)]


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
    pages = [each for each in _used(facts) if each.object == "PersonAccount"]
    stands, lost = _stands(facts, pages)
    absent = [each.title for each, found in stands if not found]
    if absent:
        return [*lost, said(Severity.FAIL, f"the field is not on {named(absent)}")]
    if lost:
        return lost
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
          _AGAIN, _LAYOUTS),
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
