"""What was uploaded, cut at once into the batches that an ingest job works through.

Each batch is kept as its own text, so a large job is read piece by piece and never whole.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from practice_org.bulk.csv_text import DELIMITERS
from practice_org.bulk.jobs import Job
from practice_org.org import Org
from practice_org.wire import OrgError

BATCH_ROWS = 10_000  # Source: "Bulk API 2.0 Limits": one internal batch holds 10,000 records
MOST_BYTES = 150_000_000  # Source: "Bulk API 2.0 Limits", after base64


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that are written together; number 0 is the header.

    `problem` says why the text is no CSV where it is none; the lines before that are in it.
    """

    number: int
    rows: int
    problem: str
    text: str


def keep_upload(org: Org, job: Job, data: bytes) -> None:
    """Keep the one upload a job may have, cut into batches (setting bulk_batch_rows).

    Bytes that are not UTF-8 are replaced; what Salesforce does with them is unverified.
    Errors: OrgError when there is an upload already or this one is too large.
    """
    if len(data) > MOST_BYTES:
        raise OrgError("API_ERROR", "the upload is larger than 150 MB", status=413)
    if org.db.execute("SELECT 1 FROM bulk_batch WHERE job = ?", (job.id,)).fetchone():
        raise OrgError("INVALIDBATCH", "Found multiple contents for job")
    lines = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig", errors="replace", newline="\n")
    size = int(org.setting("bulk_batch_rows", str(BATCH_ROWS)))
    org.db.executemany(
        "INSERT INTO bulk_batch VALUES (?, ?, ?, ?, 0, ?)",
        (
            (job.id, batch.number, batch.rows, batch.problem, batch.text)
            for batch in cut(lines, DELIMITERS[job.facts["columnDelimiter"]], size)
        ),
    )


def cut(lines: Iterable[str], delimiter: str, size: int) -> Iterator[Batch]:
    """The header, then batches of `size` rows; nothing follows what cannot be read."""
    taken: list[str] = []
    reader = csv.reader(_noting(lines, taken), delimiter=delimiter)
    wanted, number = 1, 0
    while True:
        rows, problem = _take(reader, wanted)
        if number == 0 or rows or problem:
            yield Batch(number, rows, problem, "".join(taken))
        if rows < wanted:
            return
        taken.clear()
        wanted, number = size, number + 1


def _noting(lines: Iterable[str], taken: list[str]) -> Iterator[str]:
    for line in lines:
        taken.append(line)
        yield line


def _take(reader: Iterator[list[str]], wanted: int) -> tuple[int, str]:
    """Read this many lines, empty ones not counted: how many there were, and what broke off."""
    rows = 0
    try:
        for line in reader:
            rows += bool(line)
            if rows == wanted:
                break
    except csv.Error as broken:
        return rows, str(broken)
    return rows, ""


def header_of(org: Org, job: Job) -> Batch:
    """The batch that holds the header; an empty one when nothing was uploaded."""
    return next(_batches(org, job, "number = 0"), Batch(0, 0, "", ""))


def waiting_batches(org: Org, job: Job, until: float) -> Iterator[Batch]:
    """The batches with numbers up to `until` that have not been written yet, in order."""
    return _batches(org, job, "number > 0 AND done = 0 AND number <= ?", until)


def is_waiting(org: Org, job: Job) -> bool:
    """Whether any batch has not been written yet."""
    found = org.db.execute(
        "SELECT 1 FROM bulk_batch WHERE job = ? AND number > 0 AND done = 0", (job.id,)
    )
    return found.fetchone() is not None


def mark_done(org: Org, job: Job, batch: Batch) -> None:
    """Note that a batch has been written; its text is in the results from now on."""
    org.db.execute(
        "UPDATE bulk_batch SET done = 1, data = '' WHERE job = ? AND number = ?",
        (job.id, batch.number),
    )


def _batches(org: Org, job: Job, test: str, *values: Any) -> Iterator[Batch]:
    found = org.db.execute(
        f"SELECT number FROM bulk_batch WHERE job = ? AND {test} ORDER BY number",
        (job.id, *values),
    )
    # One text at a time: the cursor would stay open over the writes in between.
    for (number,) in found.fetchall():
        row = org.db.execute(
            "SELECT number, rows, problem, data FROM bulk_batch WHERE job = ? AND number = ?",
            (job.id, number),
        ).fetchone()
        yield Batch(*row)
