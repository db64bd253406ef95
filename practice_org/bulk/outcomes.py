"""What became of the rows of an ingest job, kept batch by batch and given out the same way."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import suppress
from csv import Error as CsvError
from enum import Enum

from practice_org.bulk.csv_text import DELIMITERS, LINE_ENDINGS, lines_in, quoted
from practice_org.bulk.jobs import Job
from practice_org.bulk.row_writers import Written
from practice_org.bulk.uploads import Batch, header_of, waiting_batches
from practice_org.faults.firing import fault_at
from practice_org.org import Org


class Outcome(Enum):
    """What can become of a row, each with the columns its results begin with."""

    SUCCESS = ("sf__Id", "sf__Created")
    FAILED = ("sf__Id", "sf__Error")
    UNPROCESSED = ()


class Tally:
    """The outcomes of one batch while it is written."""

    def __init__(self, job: Job) -> None:
        self._delimiter = DELIMITERS[job.facts["columnDelimiter"]]
        self._ending = LINE_ENDINGS[job.facts["lineEnding"]]
        self.tried = 0
        self.lines: dict[Outcome, list[tuple[str, str]]] = {outcome: [] for outcome in Outcome}

    def add(self, line: list[str], written: Written) -> None:
        """Note a row that was tried."""
        self.tried += 1
        told = written.error or ("true" if written.created else "false")
        outcome = Outcome.FAILED if written.error else Outcome.SUCCESS
        self._note(outcome, written.record_id, [written.record_id, told, *line])

    def leave(self, line: list[str]) -> None:
        """Note a row that nobody looked at."""
        self._note(Outcome.UNPROCESSED, "", line)

    def _note(self, outcome: Outcome, record_id: str, values: list[str]) -> None:
        self.lines[outcome].append((record_id, quoted(values, self._delimiter, self._ending)))

    @property
    def failed(self) -> int:
        """How many rows failed."""
        return len(self.lines[Outcome.FAILED])


def keep_outcomes(org: Org, job: Job, batch: Batch, tally: Tally) -> None:
    """Keep the outcomes of a batch.

    Salesforce does not promise the order of the upload, so here it never is.
    """
    order = random.Random(f"{job.id}:{batch.number}")  # noqa: S311 - repeatable on purpose
    for outcome, lines in tally.lines.items():
        order.shuffle(lines)
        if lines:
            org.db.execute(
                "INSERT INTO bulk_result VALUES (?, ?, ?, ?)",
                (job.id, batch.number, outcome.name, json.dumps(lines, ensure_ascii=False)),
            )


def results_of(org: Org, job: Job, outcome: Outcome) -> Iterator[bytes]:
    """The CSV of one kind of results, in pieces: the header, then what each batch came to."""
    delimiter = DELIMITERS[job.facts["columnDelimiter"]]
    ending = LINE_ENDINGS[job.facts["lineEnding"]]
    columns = next(_readable(header_of(org, job), delimiter), [])
    yield quoted([*outcome.value, *columns], delimiter, ending).encode()
    for number in _numbers(org, job, outcome):
        yield "".join(_lines(org, job, outcome, number)).encode()
    if outcome is Outcome.UNPROCESSED:
        for batch in waiting_batches(org, job, float("inf")):
            lines = _readable(batch, delimiter)
            yield "".join(quoted(line, delimiter, ending) for line in lines).encode()


def _numbers(org: Org, job: Job, outcome: Outcome) -> list[int]:
    found = org.db.execute(
        "SELECT batch FROM bulk_result WHERE job = ? AND outcome = ? ORDER BY batch",
        (job.id, outcome.name),
    )
    return [row[0] for row in found]


def _lines(org: Org, job: Job, outcome: Outcome, number: int) -> Iterator[str]:
    row = org.db.execute(
        "SELECT lines FROM bulk_result WHERE job = ? AND batch = ? AND outcome = ?",
        (job.id, number, outcome.name),
    ).fetchone()
    for record_id, line in json.loads(row[0]):
        if outcome is Outcome.UNPROCESSED or not fault_at(org, "bulk.results", record_id):
            yield line


def _readable(batch: Batch, delimiter: str) -> Iterator[list[str]]:
    with suppress(CsvError):
        yield from lines_in(batch.text, delimiter)
