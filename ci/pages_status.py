"""The status page of `optout sync serve`, as its own application answers it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from org_clock import OrgClock
from serve_house import facts_of, make_desk
from walk import StepClock

from sync.ledger.ledger import Ledger, open_ledger
from sync.ledger.quarantine import open_case
from sync.ledger.runs import NewRun, RunEnd, begin_run, end_run

_NIGHTS = (("done", 40), ("done", 1200), ("held", 3400), ("failed", 0), ("done", 7))
Answers = dict[str, tuple[dict[str, str], bytes]]


def status_pages(folder: Path) -> Iterator[tuple[str, Answers]]:
    """Name, and answers by path: one that is healthy and one that needs a person."""
    clock = StepClock(OrgClock())
    ledger = open_ledger(folder / "status" / "ledger.sqlite", clock)
    try:
        yield "status", _answers(ledger)
        _trouble(ledger)
        yield "status-needs", _answers(ledger)
    finally:
        ledger.close()


def _answers(ledger: Ledger) -> Answers:
    desk = make_desk(ledger, lambda: facts_of(ledger))
    found: Answers = {}
    # Held still: the page that fetches itself again offers this one to whom that interrupts.
    for path in ("/still", "/style.css"):
        answer = desk.get(path)
        found[path] = (dict(answer.headers), answer.body)
    return found


def _trouble(ledger: Ledger) -> None:
    """Five nights, and refusals with hostile words."""
    with ledger.engine.begin() as db:
        for number, (outcome, writes) in enumerate(_NIGHTS):
            at = ledger.now()
            begin_run(db, NewRun(f"r{number}", "nightly", ("HasOptedOutOfEmail",)), at)
            facts = {"writes": {"salesforce": writes, "people": writes // 3}}
            end_run(db, f"r{number}", RunEnd(outcome, facts, at))
            ledger.clock.sleep(timedelta(days=1).total_seconds())
        for number, words in enumerate(
            ("<b>no</b> \u202e", "W" * 255, "UNABLE_TO_LOCK_ROW: later")
        ):
            open_case(
                db, ("org", f"003{number:012}AAA", f"k{number}"), ("REFUSED", words), ledger.now()
            )
