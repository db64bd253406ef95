"""POST /unsubscribes: what is answered, and that nothing is answered before it is on disk."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from serve_house import facts_of, make_desk, said
from sqlalchemy import event, select
from walk import StepClock

from sync.ledger.events import accepted_events
from sync.ledger.ledger import open_ledger
from sync.ledger.switch import Turn, turn_switch
from sync.ledger.tables import EVENTS


@pytest.fixture
def clock(clock):
    return StepClock(clock)


@pytest.fixture
def ledger(clock, tmp_path):
    opened = open_ledger(tmp_path / "ledger.sqlite", clock)
    yield opened
    opened.close()


@pytest.fixture
def desk(ledger):
    return make_desk(ledger, lambda: facts_of(ledger))


def test_an_unsubscribe_is_in_the_ledger_when_it_is_answered(desk, clock):
    (answer,) = desk.post(said(clock.now()))
    assert (answer.status, answer.said) == (202, {"accepted": True, "duplicate": False})
    (kept,) = accepted_events(desk.ledger, 10)
    assert (kept.selected, kept.fields, desk.woken) == ("person-0", ("HasOptedOutOfEmail",), 1)


def test_the_same_delivery_again_is_a_duplicate_and_the_same_id_with_another_body_is_not(
    desk, clock
):
    body = said(clock.now())
    other = said(clock.now(), email="ann@example.com")
    told = [desk.post(each)[0].said["duplicate"] for each in (body, body, other)]
    assert (told, len(accepted_events(desk.ledger, 10))) == ([False, True, False], 2)


def test_a_delivery_that_was_days_under_way_is_kept(desk, clock):
    (answer,) = desk.post(said(clock.now()), age=timedelta(days=3))
    assert (answer.status, len(accepted_events(desk.ledger, 10))) == (202, 1)


BAD = [
    (b"{", 400),
    (b"[]", 400),
    (b'{"id": "msg_0"}', 400),
    (b'{"id": "msg_0", "email": "a@example.com", "person_id": "a"}', 400),
    (b'{"id": "other", "person_id": "a", "occurred_at": "2026-01-01T00:00:00Z"}', 400),
    (b"\xff", 400),
    (b" " * (256 * 1024 + 1), 413),
]


@pytest.mark.parametrize(("body", "status"), BAD)
def test_what_cannot_be_read_as_one_unsubscribe_is_refused_and_not_kept(desk, body, status):
    (answer,) = desk.post(body)
    assert (answer.status, answer.said["accepted"]) == (status, False)
    assert (accepted_events(desk.ledger, 10), b"@" in answer.body) == ([], False)


def test_a_forged_delivery_is_refused_and_a_flood_of_them_slowed(desk, clock):
    answers = desk.post(*[said(clock.now(), n) for n in range(25)], key=b"x" * 32)
    assert [a.status for a in answers] == [401] * 20 + [429] * 5
    assert answers[-1].headers["retry-after"] == "60"


def test_who_signs_is_never_slowed_by_those_who_forge(desk, clock):
    bodies = [said(clock.now(), n) for n in range(30)]
    desk.post(*bodies, key=b"x" * 32)
    assert {a.status for a in desk.post(*bodies)} == {202}


def test_a_ledger_that_cannot_be_written_answers_503_and_when_to_come_again(desk, clock):
    event.listen(desk.ledger.engine, "connect", _read_only)
    desk.ledger.engine.dispose()
    (answer,) = desk.post(said(clock.now()))
    assert (answer.status, answer.headers["retry-after"]) == (503, "30")
    assert desk.get("/readyz").status == 503
    assert desk.meters.refused.labels("503")._value.get() == 1
    assert desk.get("/healthz").status == 200


def _read_only(connection, _record):
    connection.execute("PRAGMA query_only = ON")


def test_a_burst_shares_commits_and_every_one_of_it_is_kept(desk, clock):
    commits = []
    event.listen(desk.ledger.engine, "commit", commits.append)
    answers = desk.post(*[said(clock.now(), n) for n in range(1000)])
    assert {a.status for a in answers} == {202}
    with desk.ledger.engine.begin() as db:
        assert len(db.execute(select(EVENTS.c.id)).all()) == 1000
    assert len(commits) < 100


@pytest.mark.parametrize(
    ("turn", "fields"), [(Turn.OFF, ("HasOptedOutOfEmail",)), (Turn.ON, ("Other__c",))]
)
def test_the_field_is_decided_when_the_unsubscribe_is_taken(desk, clock, turn, fields):
    turn_switch(desk.ledger, turn, "ann")
    desk.chosen = ("Other__c",)
    desk.post(said(clock.now()))
    assert accepted_events(desk.ledger, 10)[0].fields == fields


def test_the_counters_tell_what_was_taken_and_refused(desk, clock):
    body = said(clock.now())
    for _ in range(2):
        desk.post(body)
    desk.post(json.dumps({"id": "msg_0"}).encode())
    text = desk.get("/metrics").body.decode()
    for line in ("accepted_total 1.0", "duplicates_total 1.0", 'refused_total{status="400"} 1.0'):
        assert f"optout_{line}" in text
    assert "optout_open 1.0" in text
