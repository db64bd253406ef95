"""A ledger without an org: one file, a clock that only moves when told, and what is asked of it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from org_clock import START, OrgClock
from sqlalchemy import select
from walk import StepClock

from sync.ledger.claims import claim_due
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.ledger import open_ledger, to_text
from sync.ledger.tables import METADATA, QUARANTINE
from sync.ledger.targets import Side, Target, TargetState, Want, spread

CONTACT, LEAD, OTHER = "003000000000001AAA", "00Q000000000001AAA", "003000000000002AAA"
EARLIER, NOW, LATER = (to_text(START + timedelta(minutes=each)) for each in (-5, 0, 5))


@pytest.fixture(name="bare_clock")
def _clock() -> StepClock:
    return StepClock(OrgClock())


@pytest.fixture(name="bare_ledger")
def _ledger(tmp_path, bare_clock):
    made = open_ledger(tmp_path / "ledger.sqlite", bare_clock)
    yield made
    made.close()


@pytest.fixture(name="bare_db")
def _db(bare_ledger):
    with bare_ledger.engine.begin() as connection:
        yield connection


def everything(ledger) -> list:
    """All rows of all tables."""
    with ledger.engine.connect() as db:
        tables = METADATA.sorted_tables
        return [(each.name, *row) for each in tables for row in db.execute(each.select())]


def event(key: str, at: datetime = START) -> NewEvent:
    return NewEvent("shop", key, f"hash of {key}", at, Selector.PERSON, "ann", ("A", "B__c"),
                    "newsletter", "asked")  # fmt: skip


def accepted(ledger, *keys: str) -> list[int]:
    return [each.id for each in accept(ledger, [event(key) for key in keys])]


def on(side: Side, key: str, person: str = "ann", state: TargetState = TargetState.OPEN) -> Want:
    return Want(side, key, person, state)


def rows(ledger, *columns) -> list[tuple]:
    with ledger.engine.connect() as db:
        return [tuple(row) for row in db.execute(select(*columns).order_by(columns[0].table.c[0]))]


def claimed_one(ledger, side: Side = Side.ORG, key: str = CONTACT, claim: str = "me") -> Target:
    (one,) = accepted(ledger, f"{side}{key}")
    spread(ledger, {one: [on(side, key)]})
    return next(each for each in claim_due(ledger, side, claim, 10) if each.key == key)


CASE = (QUARANTINE.c.side, QUARANTINE.c.key, QUARANTINE.c.person_id, QUARANTINE.c.code,
        QUARANTINE.c.detail, QUARANTINE.c.since)  # fmt: skip
