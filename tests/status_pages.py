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
from sync.ledger.switch import Turn, turn_switch

Answers = dict[str, tuple[dict[str, str], bytes]]
_NIGHTS = (("done", 40), ("done", 1200), ("held", 3400), ("failed", 0), ("done", 7))
_HOSTILE = tuple(
    ("REFUSED", words) for words in ("<b>no</b> \u202e", "W" * 255, "UNABLE_TO_LOCK_ROW: later")
)
_WEEK = (("done", 1240), ("done", 96), ("done", 61), ("failed", 0), ("done", 143), ("done", 58))
_RULES = (
    ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "A contact of a closed account cannot be changed."),
    ("REQUIRED_FIELD_MISSING", "Required fields are missing: [LastName]"),
)


def status_pages(folder: Path) -> Iterator[tuple[str, Answers]]:
    """Name, and answers by path: nothing yet, an ordinary week, and one that needs a person."""
    for name, nights, refused in (
        ("status", (), ()),
        ("status-week", _WEEK, _RULES),
        ("status-needs", _NIGHTS, _HOSTILE),
    ):
        ledger = open_ledger(folder / name / "ledger.sqlite", StepClock(OrgClock()))
        try:
            _live(ledger, nights, refused)
            yield name, _answers(ledger)
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


def _live(ledger: Ledger, nights: tuple[tuple[str, int], ...], refused: tuple[str, ...]) -> None:
    """Nights with their writes, one each evening, and what was refused: code and words."""
    if nights:
        turn_switch(ledger, Turn.ON, "ada")
    with ledger.engine.begin() as db:
        for number, (outcome, writes) in enumerate(nights):
            ledger.clock.sleep(timedelta(hours=24 if number else 11).total_seconds())
            at = ledger.now()
            begin_run(db, NewRun(f"r{number}", "nightly", ("HasOptedOutOfEmail",)), at)
            facts = {"writes": {"salesforce": writes, "people": writes // 3}}
            end_run(db, f"r{number}", RunEnd(outcome, facts, at))
        for number, why in enumerate(refused):
            open_case(db, ("org", f"003{number:012}AAA", f"k{number}"), why, ledger.now())
