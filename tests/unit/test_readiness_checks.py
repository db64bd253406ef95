"""A fact changes the answer of its check, row by row."""

from dataclasses import replace

import pytest
from readiness_house import (
    ACTIVE,
    EDITABLE,
    FIELD,
    GIVEN,
    HIDDEN,
    LOCKED,
    NAME,
    OWN,
    PAGES,
    SHUT,
    WORDS,
    answer,
    known,
    on,
    people,
    stands,
)

from deployer.model.findings import Severity
from deployer.readiness.assessing import Verdict, assess, to_verdict
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.facts.asked import Asked
from deployer.readiness.facts.automation import Acting, ActiveRules, Required
from deployer.readiness.facts.conversion import Mapping
from deployer.readiness.facts.drift import Drift
from deployer.readiness.facts.effective import Effective, OwnLayout
from deployer.readiness.facts.field import Fields
from deployer.readiness.facts.flows import Flows
from deployer.readiness.facts.grants import Grants
from deployer.readiness.facts.highlights import Highlights
from deployer.readiness.facts.logins import Entrance, Entrances
from deployer.readiness.facts.org import Budget, OAuthGrants, Organization, Running, Versions
from deployer.readiness.facts.package import CheckedDeploy, Rendered
from deployer.readiness.facts.placements import (
    Assigned,
    Layouts,
    RecordTypes,
)
from deployer.readiness.facts.rights import Rights
from deployer.readiness.facts.runner import Dangers, FieldReach, Shared
from deployer.readiness.facts.sight import Sight
from deployer.readiness.visibility import (
    ANYHOW,
    Visibility,
)


def test_an_org_where_all_is_well_is_ready():
    found = assess(CHECKS, known(), WORDS)
    assert to_verdict(found, Severity.WARN, ()) is Verdict.READY
    assert [each.remedy for each in found if each.remedy] == []


IDS = {"Contact": "00N1", "Lead": "00N2"}
BARE = {"grants": Grants({}, frozenset())}


def crowded(*, tracked=False):
    """Both objects with twenty tracked fields, the opt-out one of them or none of them."""
    others = {f"F{n}": replace(FIELD, tracked=True) for n in range(20 - tracked)}
    fields = {NAME: replace(FIELD, tracked=tracked), **others}
    return Fields({"Contact": fields, "Lead": fields})


def mine(assigned, given, *, shows=True):
    """What this login gets: by the tables, and by describe."""
    return Effective((OwnLayout("Contact", "", assigned, given, shows=shows),))


def came(login_type, api_type, version):
    return Entrances((Entrance(login_type, api_type, version, 3),))


@pytest.mark.parametrize(
    ("check", "outcome", "changed"),
    [
        ("C02", "fail", {"versions": Versions(49.0, 67.0)}),
        ("C02", "fail", {"versions": Versions(63.0, 62.0)}),
        ("C02", "pass", {"versions": Versions(50.0, 50.0)}),
        ("C03", "unknown", {"rights": Rights({"ViewSetup": False, "ModifyMetadata": True})}),
        ("C03", "unknown", {"rights": Rights({"ViewSetup": True})}),
        ("C03", "pass", {"rights": Rights({"ViewSetup": True, "ModifyAllData": True})}),
        ("C04", "warn", {"organization": Organization("Professional Edition", "", "")}),
        ("C04", "fail", {"organization": Organization("Group Edition", "", "")}),
        ("C05", "warn", {"budget": Budget(199, 1000)}),
        ("C05", "fail", {"budget": Budget(59, 1000)}),
        ("C06", "warn", {"running": Running(("0Af (Pending)",))}),
        ("C07", "warn", {"versions": Versions(40.0, 67.0)}),
        ("C07", "warn", {"asked": Asked(NAME, login="soap")}),
        ("C08", "warn", {"grants_of_apps": OAuthGrants(listed=True, idle=("Old app",))}),
        ("C07", "pass", {"versions": Versions(41.0, 67.0)}),
        ("C08", "unknown", {"grants_of_apps": OAuthGrants(listed=False)}),
        ("C08", "unknown", {"rights": Rights({"ViewSetup": True, "ManageUsers": True})}),
        ("C54", "warn", {"required": Required(("Lead.Source__c",))}),
        ("C10", "fail", {"fields": on(Contact="Checkbox"), **BARE}),
        ("C10", "pass", {"sight": Sight(frozenset(), {})}),
        ("C10", "pass", {"fields": on(), "sight": Sight(frozenset(), IDS)}),
        ("C10", "fail", {"fields": on(), "sight": Sight(frozenset(), {"Lead": "00N"}), **BARE}),
        ("C10", "pass", {"fields": on()}),
        ("C13", "unknown", {"fields": on(), "sight": Sight(frozenset(), IDS)}),
        ("C13", "fail", {"fields": on(), **BARE}),
        ("C14", "info", {}),
        ("C14", "warn", {"asked": Asked(NAME, tracked=True)}),
        ("C14", "fail", {"asked": Asked(NAME, tracked=True), "fields": crowded()}),
        ("C14", "info", {"fields": crowded()}),
        ("C14", "info", {"asked": Asked(NAME, tracked=True), "fields": crowded(tracked=True)}),
        ("C36", "warn", {"runner_logins": came("Other Apex API", "SOAP Partner", 59.0)}),
        ("C36", "warn", {"runner_logins": came("Remote Access 2.0", "REST API", 39.0)}),
        ("C36", "pass", {"runner_logins": came("Remote Access 2.0", "SOAP Partner", 59.0)}),
        ("C36", "info", {"runner_logins": Entrances(())}),
        ("C36", "info", {"runner_logins": Entrances((), shown=False)}),
        ("C11", "fail", {"fields": on(Contact="Checkbox", Lead="Text(10)")}),
        ("C13", "fail", {"fields": on(Contact="Checkbox", Lead="Text(10)")}),
        ("C13", "fail", {"fields": on(Lead="Checkbox"), **BARE}),
        ("C20", "unknown", {"layouts": Layouts(PAGES[:1])}),
        ("C21", "fail", {"placements": stands()}),
        ("C21", "fail", {"placements": stands("Edit", "Edit")}),
        ("C21", "warn", {"placements": stands("Readonly")}),
        ("C21", "pass", {"placements": stands(), "assigned": Assigned(GIVEN[1:])}),
        ("C22", "info", {"assigned": Assigned(GIVEN[1:])}),
        ("C23", "fail", {"visibility": people(edits=2, hidden=1)}),
        ("C23", "fail", {"visibility": people(edits=2, partly=1)}),
        ("C23", "unknown", {"visibility": people(edits=2, unknown=1)}),
        ("C23", "pass", {"visibility": Visibility(people(edits=2, hidden=1).headline, (SHUT,))}),
        ("C23", "fail", {"visibility": Visibility(people(edits=1, hidden=2).headline, (SHUT,))}),
        ("C33", "info", {"visibility": Visibility((), (SHUT,))}),
        ("C33", "info", {"visibility": Visibility((), (LOCKED,))}),
        ("C33", "pass", {"visibility": Visibility((), (HIDDEN,))}),
        ("C32", "pass", {"visibility": Visibility((), (SHUT,))}),
        ("C23", "warn", {"visibility": people(edits=2, sees=1)}),
        ("C23", "pass", {"visibility": Visibility(people(sees=3).headline, (LOCKED,))}),
        ("C23", "unknown", {"visibility": Visibility((), ())}),
        ("C24", "info", {"record_types": RecordTypes((), ("Contact.Old",))}),
        ("C25", "warn", {"effective": mine("c", "x")}),
        ("C25", "warn", {"effective": mine("c", "c", shows=False)}),
        ("C25", "warn", {"placements": stands()}),
        ("C25", "warn", {"sight": Sight(frozenset({"Lead"}), {})}),
        (
            "C25",
            "pass",
            {"sight": Sight(frozenset(), {}), "effective": mine("c", "c", shows=False)},
        ),
        ("C25", "unknown", {"effective": Effective((), ("Lead",), ("busy",))}),
        ("C25", "pass", {"effective": replace(mine("c", "c"), refused=("busy",))}),
        ("C25", "info", {"effective": Effective((), ("Contact", "Lead"))}),
        ("C30", "fail", {"grants": Grants({"Contact": 1, "Lead": 0}, frozenset())}),
        ("C31", "fail", {"runner_field": FieldReach(("Contact", "Lead"), ("Contact",))}),
        ("C32", "warn", {"visibility": Visibility((), (HIDDEN,))}),
        ("C32", "warn", {"visibility": Visibility((), (HIDDEN,)), "placements": stands()}),
        ("C40", "info", {"pages": {"P": OWN}}),
        ("C41", "info", {"pages": {"P": OWN}, "activations": ACTIVE}),
        ("C42", "pass", {"pages": {"P": OWN}}),
        ("C42", "fail", {"pages": {"P": OWN}, "activations": ACTIVE}),
        ("C42", "warn", {"pages": {"P": replace(OWN, field=ANYHOW)}, "activations": ACTIVE}),
        ("C42", "pass", {"pages": {"P": replace(OWN, field=EDITABLE)}, "activations": ACTIVE}),
        ("C42", "pass", {"pages": {"P": replace(OWN, object="Account")}, "activations": ACTIVE}),
        ("C34", "fail", {"runner_records": Shared({"Lead": 3}, {"Lead": 2})}),
        ("C35", "warn", {"runner_dangers": Dangers(("ModifyAllData",))}),
        ("C43", "info", {"highlights": Highlights((), (), reason="may not")}),
        ("C50", "fail", {"mapping": Mapping(mapped=False)}),
        ("C50", "info", {"mapping": Mapping(mapped=False), "asked": Asked(NAME, "", "no leads")}),
        ("C52", "warn", {"acting": Acting(("Flow Clear It",))}),
        ("C62", "info", {"drift": Drift("")}),
        ("C62", "warn", {"drift": Drift("2026-11-01T10:00:00+00:00", ("Contact-Sales",))}),
        ("C52", "info", {}),
        ("C52", "warn", {"flows": Flows(("Clear it",), ())}),
        ("C52", "warn", {"flows": Flows((), ("Copy it",))}),
        ("C52", "info", {"flows": Flows((), (), reason="may not look")}),
        ("C61", "fail", {"rendered": Rendered(("no label",))}),
        ("C60", "pass", {"check_deploy": CheckedDeploy(ok=True, said="Succeeded")}),
        ("C60", "fail", {"check_deploy": CheckedDeploy(ok=False, said="no such field")}),
        ("C53", "warn", {"rules": ActiveRules(("Contact.Phone_Needed",))}),
    ],
)
def test_a_fact_changes_the_answer(check, outcome, changed):
    found = answer(check, known(**changed))
    assert found.outcome.value == outcome
    assert bool(found.remedy) == (outcome not in {"pass", "info"})
    assert "{" not in found.remedy
