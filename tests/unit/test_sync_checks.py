"""The sync's checks: rows of facts and what they come to."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest

from deployer.errors import TryLater
from deployer.model.checks import Check
from deployer.model.facts import Known, Unknown
from deployer.model.findings import Finding, Severity
from sync.checks.asking import ask, was_asked
from sync.checks.catalogue import CHECKS
from sync.checks.facts import Chosen, DeadIds, Seen, Stores, Writable, org_away, to_facts
from sync.ledger.backlog import Backlog
from sync.ledger.ledger import to_text
from sync.ledger.quarantine import Case
from sync.ledger.runs import Run
from sync.ledger.switch import Switch, Turn
from sync.night.gate import Budget, Unwritable
from sync.people.model import PeopleCount
from sync.schedule import Schedule
from sync.status import StatusFacts

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ON = Switch(Turn.ON, NOW - timedelta(days=9), "ada")
SALES = "Sales_Opt_Out__c"
ORG = "00D5e0000000001EAA"
CALM = Backlog(None, 0, 0, 0, 0, 0)
LEDGER = StatusFacts(NOW, ORG, Switch(), Schedule(time(20), UTC), CALM, (), ())
CHOSEN = Chosen(("HasOptedOutOfEmail",), 80, adopted=True)


def run(outcome="done", hours=13, **facts):
    began = to_text(NOW - timedelta(hours=hours))
    return Run(outcome, "nightly", ("F",), began, began, "end", outcome, facts)


def case(until=""):
    return Case(1, "org", "003", "ann", "CODE", "why", to_text(NOW), to_text(NOW), 1, until, "")


def seen(used, hours=1):
    return Seen(Budget(used, 100), NOW - timedelta(hours=hours), "run r")


def facts(ledger=LEDGER, chosen=CHOSEN, **known):
    people = {"people": Known(PeopleCount(3, 3, 0)), "stores": Known(Stores("a", "a"))}
    plain = to_facts(ledger, chosen, DeadIds(0, 0, 0), people)
    return {**plain, **{name.replace("_", "-"): Known(value) for name, value in known.items()}}


def ledger(**given):
    return facts(replace(LEDGER, **given))


def outcome(check_id, found):
    (answer,) = [each for each in ask(CHECKS, found) if each.check.id == check_id]
    return answer.outcome.value


ROWS = [
    ("S01", facts(), "pass"),
    ("S01", facts(people=PeopleCount(3, 2, 0)), "info"),
    ("S01", facts(people=PeopleCount(0, 0, 0)), "warn"),
    ("S02", facts(), "pass"),
    ("S02", facts(dead_ids=DeadIds(3, 1, 0)), "info"),
    ("S02", facts(dead_ids=DeadIds(0, 0, 1)), "warn"),
    ("S03", facts(), "pass"),
    ("S03", facts(chosen=replace(CHOSEN, adopted=False)), "warn"),
    ("S04", facts(), "warn"),
    ("S04", ledger(switch=ON), "pass"),
    ("S05", facts(), "pass"),
    ("S05", facts(chosen=replace(CHOSEN, fields=(SALES,))), "warn"),
    ("S05", facts(replace(LEDGER, switch=ON), replace(CHOSEN, fields=(SALES,))), "pass"),
    ("S06", facts(), "pass"),
    ("S06", ledger(runs=(run("held", held={"salesforce": 501}),)), "fail"),
    ("S07", facts(), "info"),
    ("S07", ledger(switch=ON), "fail"),
    ("S07", ledger(switch=ON, runs=(run(),)), "pass"),
    ("S07", ledger(switch=ON, runs=(run("failed", 1), run())), "warn"),
    ("S08", facts(), "pass"),
    ("S08", ledger(cases=(case(),)), "fail"),
    ("S08", ledger(cases=(case(to_text(NOW + timedelta(days=1))),)), "warn"),
    ("S09", facts(), "pass"),
    ("S09", ledger(backlog=replace(CALM, waiting=1)), "info"),
    ("S09", ledger(backlog=replace(CALM, open=1, oldest=NOW - timedelta(hours=5))), "fail"),
    ("S10", facts(), "unknown"),
    ("S10", facts(org_id=ORG), "pass"),
    ("S10", facts(org_id="00D5e0000000002EAA"), "fail"),
    ("S10", facts(replace(LEDGER, org_id=""), org_id=ORG), "info"),
    ("S11", facts(writable=Writable(("Lead.F",), ())), "pass"),
    ("S11", facts(writable=Writable(("Lead.F",), (Unwritable("Lead.F", "no"),))), "fail"),
    ("S12", facts(), "unknown"),
    ("S12", ledger(runs=(run(api_usage={"used": 7, "allowed": 9}),)), "pass"),
    ("S12", facts(budget=seen(80)), "pass"),
    ("S12", facts(budget=seen(81)), "warn"),
    ("S12", facts(budget=seen(100)), "fail"),
    ("S12", facts(budget=seen(100, hours=25)), "info"),
    ("S13", facts(clock=-29.0), "pass"),
    ("S13", facts(clock=31.0), "warn"),
    ("S13", facts(clock=-121.0), "fail"),
    ("S14", facts(), "pass"),
    ("S14", facts(stores=Stores("", "a")), "info"),
    ("S14", facts(stores=Stores("a", "b")), "fail"),
]


@pytest.mark.parametrize(("check_id", "found", "expected"), ROWS)
def test_what_a_check_comes_to(check_id, found, expected):
    assert outcome(check_id, found) == expected


def test_no_check_says_worse_than_it_declares():
    order = list(Severity)
    for _, found, _ in ROWS:
        for answer in ask(CHECKS, found):
            said = answer.outcome
            worst = order.index(answer.check.severity)
            assert said is Severity.UNKNOWN or order.index(said) >= worst, answer
    assert {row[0] for row in ROWS} == {check.id for check in CHECKS}


def test_ids_are_in_order_and_no_two_are_the_same():
    assert all(one.id < other.id for one, other in pairwise(CHECKS))


def test_what_is_wrong_has_something_to_type_and_what_is_right_has_not():
    bad = facts(people=PeopleCount(0, 0, 0), clock=999.0, budget=seen(100), org_id="other")
    for answer in ask(CHECKS, bad):
        mended = answer.outcome in {Severity.PASS, Severity.INFO}
        assert bool(answer.remedy) != mended, answer


def test_an_org_that_was_not_asked_is_told_from_one_that_did_not_answer():
    away = TryLater("it is away", hint="wait")
    answers = ask(CHECKS, facts() | org_away(away, LEDGER))
    assert [each.check.id for each in ask(CHECKS, facts()) if not was_asked(each)] == [
        "S10", "S11", "S12", "S13"
    ]  # fmt: skip
    assert all(was_asked(each) for each in answers)
    assert [each.check.id for each in answers if "it is away" in each.evidence] == [
        "S10", "S11", "S12", "S13"
    ]  # fmt: skip


def test_an_org_that_is_away_leaves_the_calls_as_a_run_saw_them():
    seen_by_run = replace(LEDGER, runs=(run(api_usage={"used": 7, "allowed": 9}),))
    away = org_away(TryLater("it is away", hint="wait"), seen_by_run)
    assert (outcome("S12", facts() | away), outcome("S11", facts() | away)) == ("pass", "unknown")


def test_of_several_findings_the_worst_decides_and_all_are_evidence():
    found = [Finding("x", Severity.PASS, "", "one"), Finding("x", Severity.FAIL, "", "two")]
    check = Check("X", "x", Severity.FAIL, "?", (), lambda _: found, "mend it", "")
    (answer,) = ask([check], {})
    assert (answer.outcome, answer.evidence, answer.remedy) == (
        Severity.FAIL, "one; two", "mend it",
    )  # fmt: skip


def test_people_that_could_not_be_counted_are_unknown_and_never_a_pass():
    found = {**facts(), "people": Unknown("the people store is away")}
    assert outcome("S01", found) == "unknown"
