"""What a night writes: marks on the people side, ticks in the org, outcomes by set difference."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby

from deployer.salesforce.bulk import (
    JobGone,
    JobKind,
    close_job,
    create_ingest_job,
    fetch_job,
    read_outcomes,
    read_rows,
    upload,
    wait_for_job,
    write_uploads,
)
from deployer.salesforce.records import RowOutcome, RowState
from sync.batches import batches
from sync.fields import name_on, object_of
from sync.ledger.runs import open_jobs
from sync.night.means import Night
from sync.org_records import refused_unsent, send_ticks
from sync.people.model import Mark, Marked

# Source: Salesforce, "Bulk API 2.0": for 2,000 records or fewer use the REST resources.
MOST_BY_COLLECTIONS = 2_000
_LOT = 1_000
SOURCE = "Salesforce Sync"
_NOT_SAID = "the org's results say nothing of this row"
_NOT_DONE = "the org did not come to this row"


@dataclass(frozen=True, slots=True)
class MarkedLot:
    """One lot of persons and what became of each."""

    marked: tuple[str, ...]
    refused: tuple[str, ...]


def mark_people(night: Night, person_ids: Iterable[str]) -> Iterator[MarkedLot]:
    """Mark persons unsubscribed, in lots. Errors: as the people side's."""
    for lot in batches(person_ids, _LOT):
        night.alive()
        now = night.ledger.clock.now()
        answers = night.people.mark([Mark(each, now, SOURCE) for each in lot])
        told = list(zip(lot, answers, strict=True))
        yield MarkedLot(
            marked=tuple(each for each, marked in told if marked is not Marked.NOT_THERE),
            refused=tuple(each for each, marked in told if marked is Marked.NOT_THERE),
        )


def tick_records(night: Night, ids: Iterable[str], count: int) -> Iterator[list[RowOutcome]]:
    """Tick records, in lots: one outcome for each id that was given, in no order.

    Errors: what refuses or stops a call or a job whole.
    """
    if count <= MOST_BY_COLLECTIONS:
        for lot in send_ticks(night.door, dict.fromkeys(ids, night.fields)):
            night.alive()
            yield lot
        return
    # Ids come in order, so those of one object stand together.
    for sobject, own in groupby(ids, object_of):
        if sobject == "Account" and not night.door.shape.person_accounts:
            yield [refused_unsent(each) for each in own]
        else:
            yield from _by_bulk(night, sobject, own)


def _by_bulk(night: Night, sobject: str, ids: Iterable[str]) -> Iterator[list[RowOutcome]]:
    writer = night.door.writer
    names = [name_on(sobject, field) for field in night.fields]
    rows = ([each, *(["true"] * len(names))] for each in ids)
    folder = night.folder / f"to-{sobject.lower()}"
    for file in write_uploads(folder, ["Id", *names], rows):
        night.alive()
        job_id = create_ingest_job(writer, sobject, "update")
        night.note_job(job_id, "ingest", f"tick {sobject}")
        upload(writer, job_id, file)
        close_job(writer, job_id)
        _wait(night, job_id)
        outcomes = read_outcomes(writer, job_id, folder / job_id)
        unsaid = {row["Id"] for row in read_rows(file)}
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
