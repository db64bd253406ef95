"""Status: rows of facts, and what of them needs a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from sync.ledger.backlog import Backlog
from sync.ledger.ledger import to_text
from sync.ledger.quarantine import Case
from sync.ledger.runs import Run
from sync.ledger.switch import Switch, Turn
from sync.ledger.workers import Worker
from sync.schedule import Schedule
from sync.status import StatusFacts, to_document, to_status

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SCHEDULE = Schedule(time(20, 0), UTC)
ON = Switch(Turn.ON, NOW - timedelta(days=9), "Ann")


def backlog(hours=None, **counts):
    oldest = None if hours is None else NOW - timedelta(hours=hours)
    zero = dict.fromkeys(("unspread", "open", "waiting", "handed_over", "quarantined"), 0)
    return Backlog(oldest, **{**zero, **counts})


def case(until=None):
    day = to_text(NOW + timedelta(days=until)) if until is not None else ""
    return Case(1, "org", "003", "ann", "CODE", "why", to_text(NOW), to_text(NOW), 1, day, "Ann")


def run(outcome="done", kind="nightly", hours=13, held=0):
    began = to_text(NOW - timedelta(hours=hours))
    facts = {"held": {"salesforce": held, "people": 0}}
    return Run(f"{outcome}-{kind}", kind, ("F",), began, began, "end", outcome, facts)


def worker(silent_min):
    at = to_text(NOW - timedelta(minutes=silent_min))
    return Worker(f"one/{silent_min}", at, at, 3, 20, 10)


def status(**given):
    facts = {"org_id": "", "switch": Switch(), "backlog": backlog(), "cases": (), "runs": ()}
    return to_status(StatusFacts(now=NOW, schedule=SCHEDULE, **{**facts, **given}))


@pytest.mark.parametrize(
    ("given", "needs"),
    [
        ({}, []),
        ({"backlog": backlog(3.9, open=1)}, []),
        ({"backlog": backlog(4.1, open=1)}, ["unapplied"]),
        ({"backlog": backlog(waiting=7, handed_over=3)}, []),
        ({"cases": [case()]}, ["quarantine"]),
        ({"cases": [case(until=1)]}, []),
        ({"cases": [case(until=-1)]}, ["quarantine"]),
        ({"cases": [case(until=0)]}, ["quarantine"]),
        ({"runs": [run("held", held=501)]}, ["held"]),
        ({"runs": [run("failed"), run("held", held=501)]}, ["held"]),
        ({"runs": [run("done", "dry-run", held=5), run("held", held=501)]}, ["held"]),
        ({"runs": [run(), run("held", held=501)]}, []),
        ({"switch": ON, "runs": [run(hours=25.9)]}, []),
        ({"switch": ON, "runs": [run(hours=26.1)]}, ["no-success"]),
        ({"switch": ON, "runs": [run("failed"), run("done", "dry-run")]}, ["no-success"]),
        ({"switch": Switch(Turn.ON, NOW - timedelta(hours=25), "Ann")}, []),
        ({"switch": Switch(Turn.OFF, NOW - timedelta(days=9), "Ann")}, []),
        ({"workers": [worker(4.9)]}, []),
        ({"workers": [worker(5.1)]}, ["no-worker"]),
        ({"workers": [worker(0.1), worker(600)]}, []),
    ],
)
def test_what_needs_a_person(given, needs):
    assert [need.word for need in status(**given).needs] == needs


@pytest.mark.parametrize("kind", ["adopt", "nightly"])
def test_what_was_held_is_approved_by_the_command_that_held_it(kind):
    (need,) = status(runs=[run("held", kind, held=1)]).needs
    assert need.next.endswith(f"optout sync {kind} --approve held-{kind}")


@pytest.mark.parametrize(
    ("given", "hours"),
    [
        ({"switch": Switch()}, None),
        ({"switch": Switch(Turn.OFF, NOW, "Ann")}, None),
        ({"switch": ON, "runs": [run(hours=12.9)]}, 11),
        ({"switch": ON, "runs": [run("failed", hours=12.9)]}, -13),
        ({"switch": ON, "runs": [run(kind="adopt", hours=12.9)]}, -13),
        ({"switch": ON}, -13),
        ({"switch": Switch(Turn.ON, NOW, "Ann")}, 11),
    ],
)
def test_the_next_run_is_the_owed_one_else_the_coming_one(given, hours):
    found = status(**given).next_run
    assert found == (None if hours is None else NOW + timedelta(hours=hours))


def test_the_document_has_the_promised_keys_and_counts_apart():
    given = {"backlog": backlog(1, open=2, unspread=3, waiting=4, handed_over=5, quarantined=6)}
    facts = StatusFacts(NOW, "", Switch(), SCHEDULE, given["backlog"], [case()], [run()])
    found = to_document(to_status(facts), facts)
    assert (found["backlog"], found["waiting"], found["handed_over"]) == (5, 4, 5)
    assert (found["oldest_unapplied_seconds"], found["quarantine"]) == (3600, 1)
    assert (found["last_run"]["outcome"], found["next_run"]) == ("done", None)


def test_what_was_handed_over_is_told_with_its_age():
    handed = replace(backlog(handed_over=3), handed_over_since=NOW - timedelta(hours=2))
    assert status(backlog=handed).handed_over_seconds == 7200
    assert status(backlog=backlog()).handed_over_seconds is None


def test_a_clock_that_went_back_makes_no_negative_age():
    assert status(backlog=backlog(-1, open=1)).oldest_unapplied_seconds == 0
