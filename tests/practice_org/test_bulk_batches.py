"""Batches of an ingest job: one after another by the org's clock, and every row accounted for."""

from __future__ import annotations

import io
import json
from collections import Counter

import pytest
from bulk_door import KINDS, UPDATE, Loader
from data_org import tiny_org
from hypothesis import given, settings
from hypothesis import strategies as st

from practice_org.bulk.uploads import cut
from practice_org.faults.firing import switch_on
from practice_org.tables import find_row, find_rows, insert_row


class Room:
    """A tiny org with some Contacts, batches of three rows, and a loader who may do anything."""

    def __init__(self, contacts: int = 0) -> None:
        self.tiny = tiny_org()
        self.org = self.tiny.org
        self.org.set_setting("bulk_batch_rows", "3")
        self.loader = Loader(self.org, "Ada@practice.test")
        self.ids = [insert_row(self.org, "Contact", {"LastName": "x"}) for _ in range(contacts)]

    def flagged(self) -> int:
        return len(find_rows(self.org, "Contact", HasOptedOutOfEmail=1))

    def lose(self, record_id: str) -> None:
        self.org.db.execute("UPDATE Contact SET IsDeleted = 1 WHERE Id = ?", (record_id,))


def flags(ids) -> bytes:
    return "".join(["Id,HasOptedOutOfEmail\n", *(f"{i},true\n" for i in ids)]).encode()


def counts(room: Room, job: dict) -> list[int]:
    return [len(room.loader.rows(job, which)) - 1 for which in KINDS]


@pytest.fixture
def room() -> Room:
    return Room(contacts=8)


@pytest.fixture
def slow(org, clock):
    """A loader in the seeded org, whose batches of two take a minute each."""
    for name, value in (("bulk_batch_rows", "2"), ("bulk_batch_seconds", "60")):
        org.set_setting(name, value)
    return Loader(org)


def five(org) -> list[str]:
    return [
        row["Id"] for row in find_rows(org, "Contact", IsPersonAccount=0, HasOptedOutOfEmail=0)[:5]
    ]


def test_batches_are_written_one_after_another_by_the_orgs_clock(slow, clock):
    job, seen = slow.load(flags(five(slow.org))), []
    for _ in range(3):
        seen.append((slow.look(job)["state"], slow.look(job)["numberRecordsProcessed"]))
        clock.move(seconds=60)
    assert seen == [("InProgress", 2), ("InProgress", 4), ("JobComplete", 5)]


def test_a_job_aborted_between_batches_keeps_what_is_written_and_leaves_the_rest(slow, clock):
    ids = five(slow.org)
    job = slow.load(flags(ids))
    slow.ask("PATCH", f"/{job['id']}", {"state": "Aborted"})
    clock.move(hours=1)
    assert slow.look(job)["state"] == "Aborted"
    assert {row[0] for row in slow.rows(job, "successfulResults")[1:]} == set(ids[:2])
    assert [row[0] for row in slow.rows(job, "unprocessedrecords")[1:]] == ids[2:]
    assert [find_row(slow.org, "Contact", i)["HasOptedOutOfEmail"] for i in ids[2:]] == [0] * 3


def test_a_file_that_breaks_off_keeps_the_batches_before(room):
    job = room.loader.load(flags(room.ids[:4]) + b"x" * 200_000)
    assert (job["state"], job["numberRecordsProcessed"]) == ("Failed", 3)
    assert counts(room, job) == [3, 0, 1]
    assert room.flagged() == 3


def test_an_id_twice_in_one_batch_fails_once_and_in_two_batches_never(room):
    one, two, three = room.ids[:3]
    job = room.loader.load(flags([one, one, two, three, one]))
    (failed,) = room.loader.rows(job, "failedResults")[1:]
    assert (failed[0], failed[1].partition(":")[0]) == (one, "DUPLICATE_VALUE")


def test_results_are_in_an_order_of_their_own_and_the_same_each_time(org):
    loader = Loader(org)
    ids = [row["Id"] for row in find_rows(org, "Contact", IsPersonAccount=0)[:40]]
    job = loader.load(flags(ids))
    first, again = (loader.rows(job, "successfulResults") for _ in range(2))
    assert first == again
    assert sorted(row[0] for row in first[1:]) == ids != [row[0] for row in first[1:]]


def test_the_audit_names_the_job_and_every_record(room):
    job = room.loader.load(flags(room.ids))
    rows = room.org.db.execute(
        "SELECT action, record_id FROM audit WHERE request_id = ? ORDER BY number", (job["id"],)
    )
    assert [tuple(row) for row in rows] == [("update", i) for i in room.ids]


def test_a_long_job_is_worked_through_look_by_look(room):
    room.org.set_setting("bulk_work_seconds", "-1")
    job = room.loader.load(flags(room.ids))
    assert (job["state"], job["numberRecordsProcessed"]) == ("InProgress", 3)
    assert [room.loader.look(job)["numberRecordsProcessed"] for _ in range(2)] == [6, 8]


FAULTS = {
    "a job that fails after some rows": ("bulk.job", "FAILED:4", "Failed", [4, 0, 4]),
    "too many locks": ("bulk.job", "TooManyLockFailure:2", "Failed", [2, 0, 6]),
    "an abort by somebody": ("bulk.job", "ABORTED:3", "Aborted", [3, 0, 5]),
    "rows that nobody looked at": ("bulk.row", "UNPROCESSED", "JobComplete", [0, 0, 8]),
    "rows that are locked": ("bulk.row", "UNABLE_TO_LOCK_ROW", "JobComplete", [0, 8, 0]),
    "records that are locked": ("record.update", "UNABLE_TO_LOCK_ROW", "JobComplete", [0, 8, 0]),
    "results that lack rows": ("bulk.results", "MISSING_ROW", "JobComplete", [0, 0, 0]),
}


@pytest.mark.parametrize(("at", "code", "state", "told"), FAULTS.values(), ids=FAULTS.keys())
def test_trouble_shows_in_the_job_and_in_its_results(room, at, code, state, told):
    switch_on(room.org, at, code)
    job = room.loader.load(flags(room.ids))
    assert (job["state"], counts(room, job)) == (state, told)
    assert room.flagged() == (8 if at == "bulk.results" else told[0])


def test_a_stuck_job_stays_in_progress_and_writes_nothing(room):
    switch_on(room.org, "bulk.job", "STUCK")
    job = room.loader.load(flags(room.ids))
    assert (room.loader.look(job)["state"], room.flagged()) == ("InProgress", 0)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"), max_size=8)
FILES = st.lists(st.tuples(TEXT, st.sampled_from(["", "wrong", "a@example.com"])), max_size=12)
FORMS = st.fixed_dictionaries(
    {"lineEnding": st.sampled_from(["LF", "CRLF"]), "bom": st.booleans(), "all": st.booleans()}
)


def csv_of(rows, form) -> bytes:
    ending = {"LF": "\n", "CRLF": "\r\n"}[form["lineEnding"]]
    lines = (
        ",".join(
            quoted(value) if form["all"] or set(value) & set('",\r\n') else value for value in row
        )
        for row in [("LastName", "Email"), *rows]
    )
    text = "".join(line + ending for line in lines)
    return text.encode("utf-8-sig" if form["bom"] else "utf-8")


def quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def outcome(rows, form, size: int, fault: str = "") -> list[Counter]:
    """What each kind of results holds, the record ids apart."""
    room = Room()
    room.org.set_setting("bulk_batch_rows", str(size))
    if fault:
        switch_on(room.org, *fault.split())
    asked = UPDATE | {"operation": "insert", "lineEnding": form["lineEnding"]}
    job = room.loader.load(csv_of(rows, form), **asked)
    found = [room.loader.rows(job, which)[1:] for which in KINDS]
    assert job["numberRecordsProcessed"] == len(found[0]) + len(found[1])
    return [Counter(map(tuple, (row[-2:] for row in lines))) for lines in found]


@settings(max_examples=40)
@given(FILES, FORMS, st.integers(1, 5), st.sampled_from(["", "bulk.job FAILED:2"]))
def test_what_went_in_comes_out_as_success_failure_or_unprocessed(rows, form, size, fault):
    assert sum(outcome(rows, form, size, fault), Counter()) == Counter(rows)


@settings(max_examples=25)
@given(FILES, FORMS, st.integers(1, 5))
def test_the_size_of_a_batch_changes_no_outcome(rows, form, size):
    assert outcome(rows, form, size) == outcome(rows, form, 10_000)


@given(FILES, FORMS, st.integers(1, 4))
def test_cutting_a_file_loses_no_character(rows, form, size):
    text = csv_of(rows, form).decode("utf-8-sig")
    pieces = list(cut(io.StringIO(text, newline="\n"), ",", size))
    assert "".join(piece.text for piece in pieces) == text
    assert sum(piece.rows for piece in pieces) == len(rows) + 1


def test_json_says_how_far_a_job_is(room):
    job = room.loader.load(flags(room.ids))
    assert json.loads(json.dumps(job)) == room.loader.look(job)
    assert job["contentUrl"].endswith(f"jobs/ingest/{job['id']}/batches")
    assert {"apexProcessingTime", "apiActiveProcessingTime", "totalProcessingTime"} <= job.keys()
