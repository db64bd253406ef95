"""What a night writes: marks on the people side, ticks in the org, outcomes by set difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from deployer.errors import OutcomeUnknown
from deployer.salesforce.bulk import (
    JobGone,
    JobKind,
    close_job,
    create_ingest_job,
    fetch_job,
    list_open_jobs,
    read_outcomes,
    read_rows,
    upload,
    wait_for_job,
    write_uploads,
)
from deployer.salesforce.records import RowOutcome, RowState
from sync.batches import batches
from sync.fields import OBJECTS, name_on, object_of
from sync.ledger.runs import open_jobs
from sync.night.means import Night
from sync.org_records import refused_unsent, send_ticks
from sync.people.model import Mark, Marked
from sync.reactions import Level

# Source: Salesforce, "Bulk API 2.0": for 2,000 records or fewer use the REST resources.
MOST_BY_COLLECTIONS = 2_000
# Rows that were in somebody's way go in ever smaller lots: by round, rows a call. Bulk jobs run
# their batches side by side, so after the first each has one batch only.
# Source: Bulk API 2.0 and Bulk API Developer Guide, "Lock Failures", and its limits.
_ROWS_BY_ROUND = (200, 50, 10, 1)
_MOST_CALLS = 500
_ROUNDS_BY_BULK = 2
_ONE_BATCH = 10_000
_LOT = 1_000
# A people side that takes changes by file gets one for each lot: one a night, as a rule.
_PEOPLE_AT_ONCE = 10_000
_OBJECTS = frozenset(OBJECTS.values())
SOURCE = "Salesforce Sync"
_NOT_SAID = "the org's results say nothing of this row"
_NOT_DONE = "the org did not come to this row"


@dataclass(frozen=True, slots=True)
class MarkedLot:
    """One lot of persons and what became of each."""

    marked: tuple[str, ...]
    handed_over: tuple[str, ...]  # of the marked: those the people side has yet to show
    refused: tuple[str, ...]


def mark_people(night: Night, person_ids: Iterable[str]) -> Iterator[MarkedLot]:
    """Mark persons unsubscribed, in lots. Errors: as the people side's."""
    for lot in batches(person_ids, _PEOPLE_AT_ONCE):
        night.alive()
        now = night.ledger.clock.now()
        answers = night.people.mark([Mark(each, now, SOURCE) for each in lot])
        told = list(zip(lot, answers, strict=True))
        yield MarkedLot(
            marked=tuple(each for each, marked in told if marked is not Marked.NOT_THERE),
            handed_over=tuple(each for each, marked in told if marked is Marked.HANDED_OVER),
            refused=tuple(each for each, marked in told if marked is Marked.NOT_THERE),
        )


@dataclass(frozen=True, slots=True)
class ToTick:
    """Ids to tick, those of one object together, how many, and the round they are sent in."""

    ids: Iterable[str]
    count: int
    round: int

    @property
    def by_bulk(self) -> bool:
        """Whether they go by bulk jobs. The calls of a later round waive rules that only warn."""
        return self.count > MOST_BY_COLLECTIONS and self.round < _ROUNDS_BY_BULK

    @property
    def rows_a_call(self) -> int:
        """Few where that helps, but in no more calls than a night may spend on it."""
        wished = _ROWS_BY_ROUND[min(self.round, len(_ROWS_BY_ROUND) - 1)]
        return min(max(wished, -(-self.count // _MOST_CALLS)), _ROWS_BY_ROUND[0])


def tick_records(night: Night, wanted: ToTick) -> Iterator[tuple[Level, list[RowOutcome]]]:
    """Tick records, in lots: one outcome for each id that was given, in no order.

    Errors: what refuses or stops a call or a job whole.
    """
    if not wanted.by_bulk:
        fields = dict.fromkeys(wanted.ids, night.fields)
        night.alive()  # what was planned before a resubscribe must not be sent after it
        for lot in send_ticks(night.door, fields, wanted.rows_a_call):
            night.work.collections += any(night.door.shape.has(row.record_id) for row in lot)
            night.alive()
            yield Level.ROW, lot
        return
    _note_others(night)
    for sobject, own in groupby(wanted.ids, object_of):
        if sobject == "Account" and not night.door.shape.person_accounts:
            yield Level.ROW, [refused_unsent(each) for each in own]
        else:
            for file in _uploads(night, sobject, own, wanted.round):
                for lot in _by_bulk(night, sobject, file):
                    yield Level.BULK_ROW, lot


def _note_others(night: Night) -> None:
    """Bulk jobs of others on the same objects: they may lock what we write, and are left alone."""
    if not night.other_jobs:
        ours = {job_id for job_id, _ in open_jobs(night.ledger, "ingest")}
        night.other_jobs.extend(
            f"{job.id}: {job.operation} of {job.sobject}, {job.state}, by {job.created_by_id}"
            for job in list_open_jobs(night.door.writer, [JobKind.INGEST])
            if job.sobject in _OBJECTS and job.id not in ours
        )


def _uploads(night: Night, sobject: str, ids: Iterable[str], number: int) -> Iterator[Path]:
    names = [name_on(sobject, field) for field in night.fields]
    header, rows = ["Id", *names], ([each, *(["true"] * len(names))] for each in ids)
    folder = _folder(night, sobject)
    if not number:
        yield from write_uploads(folder, header, rows)
        return
    for lot in batches(rows, _ONE_BATCH):
        yield from write_uploads(folder, header, lot)


def _folder(night: Night, sobject: str) -> Path:
    return night.folder / f"to-{sobject.lower()}"


def _by_bulk(night: Night, sobject: str, file: Path) -> Iterator[list[RowOutcome]]:
    """One job; a row that is in none of its results was sent all the same, and is unknown."""
    writer = night.door.writer
    night.alive()
    job_id = create_ingest_job(writer, sobject, "update")
    night.work.ingest_jobs += 1
    night.note_job(job_id, "ingest", f"tick {sobject}")
    with suppress(OutcomeUnknown):  # what it did not get is in none of its results
        upload(writer, job_id, file)
    night.alive()  # from here on it runs by itself
    close_job(writer, job_id)
    _wait(night, job_id)
    unsaid = {row["Id"] for row in read_rows(file)}
    outcomes = read_outcomes(writer, job_id, _folder(night, sobject) / job_id, len(unsaid))
    night.work.result_sets += outcomes.fetched
    for lot in _told(outcomes.success, outcomes.failed, outcomes.unprocessed):
        unsaid.difference_update(row.record_id for row in lot)
        yield lot
    yield [RowOutcome(each, RowState.UNKNOWN, "", _NOT_SAID) for each in sorted(unsaid)]
    night.end_job(job_id)


def _told(
    success: Iterable[RowOutcome],
    failed: Iterable[RowOutcome],
    unprocessed: Iterable[dict[str, str]],
) -> Iterator[list[RowOutcome]]:
    undone = (RowOutcome(row["Id"], RowState.UNKNOWN, "", _NOT_DONE) for row in unprocessed)
    for rows in (success, failed, undone):
        yield from batches(rows, _LOT)


def wait_for_orphans(night: Night) -> None:
    """Wait for jobs that a runner left behind; what they did shows when both sides are read.

    One that was never closed writes nothing; the org forgets it.
    """
    for job_id, _ in open_jobs(night.ledger, "ingest"):
        with suppress(JobGone):
            if fetch_job(night.door.writer, JobKind.INGEST, job_id).state != "Open":
                _wait(night, job_id)
        night.end_job(job_id)


def _wait(night: Night, job_id: str) -> None:
    wait_for_job(
        night.door.writer, JobKind.INGEST, job_id, night.ledger.clock, lambda _: night.alive()
    )
