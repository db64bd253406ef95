"""C52-C54: what could refuse an opt-out or undo it."""

from __future__ import annotations

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.readiness.checks.saying import HELP, named, passed, said
from deployer.readiness.facts.automation import Acting, ActiveRules, Required
from deployer.readiness.facts.flows import Flows


def _acting(facts: Facts) -> list[Finding]:
    flows, names = value(facts, "flows", Flows), value(facts, "acting", Acting).names
    told = {"these flows untick the field": flows.clearing,
            "these flows write the field": flows.writing,
            "these name the field and could clear it": names}  # fmt: skip
    found = [
        said(Severity.WARN, f"{words}: {named(which)}") for words, which in told.items() if which
    ]
    if flows.reason or flows.unread:
        what = f"flows were not looked at: {flows.reason or flows.unread}"
        found.append(said(Severity.INFO, what))
    return found or [said(Severity.INFO, "no active flow writes the field; of Apex the org tells "
                                         "only what names a custom field")]  # fmt: skip


def _rules(facts: Facts) -> list[Finding]:
    names = value(facts, "rules", ActiveRules).names
    if not names:
        return passed("no validation rule is active on Contact, Lead or Account")
    return [
        said(Severity.WARN, f"these could refuse an opt-out of an older record: {named(names)}")
    ]


def _required(facts: Facts) -> list[Finding]:
    """That an update is refused for a field it does not name is unverified, so only a warning."""
    names = value(facts, "required", Required).names
    if not names:
        return [said(Severity.INFO, "of the fields this login sees, no custom one must be filled")]
    return [said(Severity.WARN, f"records where these are empty could refuse it: {named(names)}")]


CHECKS = (
    Check("C52", "Automation", Severity.WARN, "Does automation name the field?",
          ("acting", "flows"), _acting,
          "Setup > Flows, and Setup > Apex Triggers: see that none of them clears it",
          HELP + "platform.flow.htm&type=5"),
    Check("C53", "Validation rules", Severity.WARN, "Could a validation rule refuse an opt-out?",
          ("rules",), _rules, "Setup > Object Manager > the object > Validation Rules: let the "
          "integration user's updates pass",
          HELP + "platform.fields_about_validation_rules.htm&type=5"),
    Check("C54", "Required fields", Severity.WARN, "Could a required field refuse an opt-out?",
          ("required",), _required, "Setup > Object Manager > the object > Fields & Relationships: "
          "fill the field on older records", HELP + "platform.fields_about_universally_required_"
          "fields.htm&type=5"),
)  # fmt: skip
