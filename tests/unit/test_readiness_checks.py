"""Each readiness check answers one question from facts, and nothing else."""

from dataclasses import replace

import pytest
from placed_layouts import placed

from deployer.commands.readiness_look import production_word
from deployer.errors import UsageError
from deployer.model.facts import Known, Unknown
from deployer.model.findings import Severity
from deployer.model.org import LayoutAssignment
from deployer.readiness.assessing import Verdict, accepted_ids, assess, to_verdict
from deployer.readiness.checks.access import CLOSED
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.checks.package import CHECK_DEPLOY
from deployer.readiness.checks.saying import named
from deployer.readiness.facts.asking import reason_of
from deployer.readiness.facts.automation import Acting, ActiveRules, Required
from deployer.readiness.facts.conversion import Mapping
from deployer.readiness.facts.field import Fields, FieldSeen
from deployer.readiness.facts.gathering import Asked, distrust
from deployer.readiness.facts.grants import Grants
from deployer.readiness.facts.org import Budget, OAuthGrants, Organization, Running, Versions
from deployer.readiness.facts.package import CheckedDeploy, Rendered
from deployer.readiness.facts.placements import (
    Assigned,
    Layouts,
    LayoutSeen,
    RecordTypes,
    drawn,
)
from deployer.readiness.facts.rights import Dangers, FieldReach, Rights, Shared
from deployer.readiness.visibility import (
    ANYHOW,
    Activation,
    FormFactor,
    Headline,
    Page,
    Panel,
    Row,
    Standing,
    Visibility,
)
from deployer.readiness.visibility import (
    Verdict as Seen,
)
from deployer.salesforce.fault_table import OrgUnreachable
from deployer.salesforce.identity import OrgIdentity

NAME = "HasOptedOutOfEmail"
FIELD = FieldSeen(NAME, "Email Opt Out", "Checkbox", tracked=False)
BOTH = {"Contact": {NAME: FIELD}, "Lead": {NAME: FIELD}}
PAGES = (LayoutSeen("c", "Contact", "Sales", ""), LayoutSeen("l", "Lead", "Sales", ""))
GIVEN = tuple(LayoutAssignment("p", "Sales", each.id) for each in PAGES)
WORDS = {"org": "prod", "field": NAME, "field_option": "", "production": ""}
READY = {
    "identity": OrgIdentity("00D", "Org", True, "CS1", "", "", "", "63.0"),
    "organization": Organization("Enterprise Edition", "", ""),
    "versions": Versions(63.0, 67.0),
    "budget": Budget(1000, 2000),
    "running": Running(()),
    "rights": Rights({"ViewSetup": True, "ModifyMetadata": True}),
    "asked": Asked(NAME),
    "fields": Fields(BOTH),
    "layouts": Layouts(PAGES),
    "assigned": Assigned(GIVEN),
    "record_types": RecordTypes(("Contact.Donor",), ()),
    "placements": placed(c=("Edit",), l=("Edit",)),
    "grants": Grants({"Contact": 1, "Lead": 1}, frozenset({"Sales"})),
    "rendered": Rendered(()),
    "required": Required(()),
    "grants_of_apps": OAuthGrants(listed=True),
    "pages": {},
    "activations": (),
    "rules": ActiveRules(()),
    "acting": Acting(()),
    "runner_field": FieldReach(("Contact", "Lead"), ("Contact", "Lead")),
    "runner_dangers": Dangers(()),
    "runner_records": Shared({"Contact": 3}, {"Contact": 3}),
    "mapping": Mapping(mapped=True),
    "visibility": Visibility((Headline("Contact", 3, edits=3),), ()),
}
BY_ID = {check.id: check for check in (*CHECKS, CHECK_DEPLOY)}


HIDDEN = Row("Contact", "Sales", "", "", "", "Sales", "", Seen.HIDDEN, "", 3)
SHUT = replace(HIDDEN, why=CLOSED, users=1)
OWN = Page("P", "Contact", "A page", Panel.NEVER, frozenset({Standing.ABSENT}))
EDITABLE = frozenset({Standing.EDITABLE})
ACTIVE = (Activation("Contact", "P", FormFactor.LARGE),)


def known(**changed):
    return {name: Known(value) for name, value in (READY | changed).items()}


def answer(check, facts):
    return assess([BY_ID[check]], facts, WORDS)[0]


def on(**kinds):
    fields = {obj: {NAME: replace(FIELD, data_type=kind)} for obj, kind in kinds.items()}
    return Fields(fields | {"Account": {"Id": FIELD}})


def stands(*contact):
    return placed(c=contact, l=("Edit",))


def people(**counts):
    return Visibility((Headline("Contact", 3, **counts),), ())


def test_an_org_where_all_is_well_is_ready():
    found = assess(CHECKS, known(), WORDS)
    assert to_verdict(found, Severity.WARN, ()) is Verdict.READY
    assert [each.remedy for each in found if each.remedy] == []


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
        ("C08", "info", {"grants_of_apps": OAuthGrants(listed=False)}),
        ("C54", "warn", {"required": Required(("Lead.Source__c",))}),
        ("C10", "fail", {"fields": on(Contact="Checkbox")}),
        ("C11", "fail", {"fields": on(Contact="Checkbox", Lead="Text(10)")}),
        ("C13", "fail", {"fields": on(Contact="Checkbox", Lead="Text(10)")}),
        ("C13", "fail", {"fields": on(Lead="Checkbox")}),
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
        ("C32", "pass", {"visibility": Visibility((), (SHUT,))}),
        ("C23", "warn", {"visibility": people(edits=2, sees=1)}),
        ("C23", "unknown", {"visibility": Visibility((), ())}),
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
        ("C34", "info", {"runner_records": Shared({}, {})}),
        ("C35", "warn", {"runner_dangers": Dangers(("ModifyAllData",))}),
        ("C50", "fail", {"mapping": Mapping(mapped=False)}),
        ("C50", "info", {"mapping": Mapping(mapped=False), "asked": Asked(NAME, "", "no leads")}),
        ("C52", "warn", {"acting": Acting(("Flow Clear It",))}),
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


@pytest.mark.parametrize("name", sorted(READY))
def test_a_fact_that_could_not_be_had_is_never_ready(name):
    found = assess(CHECKS, known() | {name: Unknown("may not look")}, WORDS)
    asked = [each for each in found if name in each.check.needs]
    assert {(each.outcome, each.evidence) for each in asked} == {(Severity.UNKNOWN, "may not look")}
    assert to_verdict(found, Severity.FAIL, ()) is Verdict.UNKNOWN


PERSON = LayoutSeen("a", "PersonAccount", "Person", "")


@pytest.mark.parametrize(
    ("layouts", "behaviors", "outcome"),
    [((PERSON,), (), "fail"), ((PERSON,), ("Edit",), "pass"), ((), (), "unknown")],
)
def test_person_accounts_need_the_field_too(layouts, behaviors, outcome):
    facts = known(
        fields=Fields(BOTH | {"Account": {"IsPersonAccount": FIELD}}),
        layouts=Layouts((*PAGES, *layouts)),
        assigned=Assigned((*GIVEN, LayoutAssignment("p", "Sales", "a"))),
        placements=placed(c=("Edit",), l=("Edit",), a=behaviors),
    )
    assert answer("C51", facts).outcome.value == outcome


@pytest.mark.parametrize(
    ("outcomes", "fail_on", "accepted", "verdict"),
    [
        (("pass", "info", "warn"), "fail", (), "ready"),
        (("pass", "warn"), "warn", (), "not-ready"),
        (("fail", "unknown"), "fail", (), "not-ready"),
        (("pass", "unknown"), "fail", (), "unknown"),
        (("pass", "unknown"), "fail", ("C02",), "ready"),
        (("fail", "unknown"), "fail", ("C01", "C02"), "not-ready"),
    ],
)
def test_a_failure_beats_an_unknown_which_beats_ready(outcomes, fail_on, accepted, verdict):
    found = [
        replace(each, outcome=Severity(outcome))
        for each, outcome in zip(assess(CHECKS, known(), WORDS), outcomes, strict=False)
    ]
    assert to_verdict(found, Severity(fail_on), accepted).value == verdict


def test_ids_are_accepted_in_any_case_and_unknown_ones_refused():
    assert accepted_ids("c34, C03", CHECKS) == ("C34", "C03")
    with pytest.raises(UsageError, match="C99"):
        accepted_ids("C99", CHECKS)


def test_ids_are_in_order_and_every_check_has_a_page_of_salesforce():
    ids = [check.id for check in CHECKS]
    assert ids == sorted(set(ids))
    assert all(".salesforce.com/" in check.link for check in CHECKS)


@pytest.mark.parametrize("rights", [Known(Rights({"ViewSetup": False})), Unknown("no")])
def test_without_view_setup_an_empty_answer_is_no_answer(rights):
    facts = distrust(known() | {"rights": rights})
    assert isinstance(facts["layouts"], Unknown)
    assert isinstance(facts["runner_field"], Unknown)
    assert isinstance(facts["budget"], Known)


def test_a_reason_repeats_neither_the_query_nor_a_name_in_it():
    refused = OrgUnreachable("may not: SELECT Id WHERE U = 'a@b.c'", hint="", org_code="NO")
    assert reason_of(refused) == "may not (NO)"


def test_a_field_in_any_section_is_found_each_time():
    column = {"layoutItems": [{"field": "hasoptedoutofemail", "behavior": "Readonly"}, {}]}
    section = {"layoutColumns": [{"layoutItems": None}, column]}
    drawing = drawn(PAGES[0], {"layoutSections": [section, section]}, NAME)
    assert drawing.behaviors == ("Readonly", "Readonly")


def test_the_worst_finding_decides_and_only_its_remedy_is_told():
    found = answer("C21", known(placements=placed(c=("Readonly",), l=())))
    assert found.outcome is Severity.FAIL
    assert found.evidence == "the field is not on Lead Sales; it is read-only on Contact Sales"
    assert found.remedy == "optout deploy --org prod --assign layout-users"


def test_another_checkbox_that_looks_like_an_opt_out_is_named_but_not_that_of_fax():
    other = FieldSeen("Tout_Opt_Out__c", "MSC Opt Out", "Checkbox", tracked=False)
    fax = FieldSeen("HasOptedOutOfFax", "Fax Opt Out", "Checkbox", tracked=False)
    fields = Fields(BOTH | {"Lead": {NAME: FIELD, other.name: other, fax.name: fax}})
    told = answer("C12", known(fields=fields)).evidence
    assert told.endswith("an opt-out too: Lead.Tout_Opt_Out__c")


def test_where_a_fact_is_unknown_the_next_look_is_told():
    facts = known() | {"pages": Unknown("may not look")}
    again = WORDS | {"ask_again": "optout readiness --org {org} --identity deployer"}
    found = assess([BY_ID["C42"]], facts, again)[0]
    assert found.remedy == "optout readiness --org prod --identity deployer"


def test_a_long_list_of_names_is_cut_and_says_so():
    assert named([str(n) for n in range(12)]).endswith("8, 9 and 2 more")
    assert named(["a", "b"]) == "a, b"


def test_a_remedy_for_a_production_org_says_that_it_is_one():
    words = WORDS | production_word(is_sandbox=False)
    found = assess([BY_ID["C21"]], known(placements=stands()), words)[0]
    assert found.remedy == "optout deploy --org prod --production --assign layout-users"
    assert production_word(is_sandbox=True) == {"production": ""}
