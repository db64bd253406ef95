"""Each readiness check answers one question from facts, and nothing else."""

from dataclasses import replace

import pytest
from placed_layouts import placed
from readiness_house import (
    BOTH,
    BY_ID,
    FIELD,
    GIVEN,
    NAME,
    PAGES,
    READY,
    WORDS,
    answer,
    known,
    stands,
)

from deployer.commands.readiness_look import production_word
from deployer.errors import UsageError
from deployer.model.facts import Known, Unknown
from deployer.model.findings import Severity
from deployer.model.org import LayoutAssignment
from deployer.readiness.assessing import Verdict, accepted_ids, assess, to_verdict
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.checks.saying import named
from deployer.readiness.facts.asked import Deployed
from deployer.readiness.facts.asking import reason_of
from deployer.readiness.facts.drift import ended_at
from deployer.readiness.facts.field import Fields, FieldSeen
from deployer.readiness.facts.gathering import distrust
from deployer.readiness.facts.highlights import Highlights
from deployer.readiness.facts.placements import (
    Assigned,
    Layouts,
    LayoutSeen,
    drawn,
)
from deployer.readiness.facts.rights import Rights
from deployer.salesforce.fault_table import OrgUnreachable


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


ASKED_AT = "2026-11-01T10:00:00+00:00"
ENDS = {
    "the org still has it": (Known(({"CompletedDate": "2026-11-01T10:05:00.000+0000"},)), "10:05"),
    "it runs, or was cut off": (Known(({"CompletedDate": None},)), "12:00"),
    "the org has forgotten it": (Known(()), "12:00"),
    "the org would not say": (Unknown("may not look"), "12:00"),
}


@pytest.mark.parametrize(("deploy", "ended"), ENDS.values(), ids=ENDS)
def test_a_deploy_ended_when_the_org_says_or_at_the_latest_it_can(deploy, ended):
    found = ended_at(Deployed("0Af", ASKED_AT, ("Contact-Sales",)), deploy)
    assert f"{found:%H:%M}" == ended


def test_what_shows_email_without_the_field_is_named():
    seen = Highlights(("quick action Contact Opt Out",), ("compact layout Lead Main",), unread=2)
    told = answer("C43", known(highlights=seen)).evidence
    assert told == (
        "with the field: quick action Contact Opt Out; "
        "with Email and without it: compact layout Lead Main; 2 were not looked at"
    )


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
