"""What becomes of a bulk job when the org answers 503 to one call in the middle of it."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benches.bulk_tools import Tool
from benches.row import Row, Side, row_beside
from benches.spent import run_measured
from benches.stage.bulk_field import Field, Took, put_in, take_out, wrong
from benches.start_up import OPTOUT

Job = Callable[[Field, Tool], Took]
FAULT = "HTML_503"


@dataclass(frozen=True, slots=True)
class Case:
    """One call that is refused: its place in Bulk API 2.0, and its number in the first Bulk API."""

    name: str
    place: str
    number: int


RESULTS = Case("a page of results", "bulk.query.results", 6)
UPLOAD = Case("an upload", "bulk.upload", 1)
# The tool that uses the first Bulk API.
_FIRST_API = "cumulusci"


def fault_row(field: Field) -> Row:
    """In how many of the two cases each tool had not done its job in the end.

    Ours is a whole night (`sync adopt`), which reads what is ticked and sends the flags: a step of
    its client never sends anything twice by itself.
    """
    _import_people(field)
    ours, *peers = field.tools.values()
    sides = [_side(field, ours, _night, _night)]
    sides += [_side(field, peer, take_out, put_in) for peer in peers]
    nothing = Side("goal", "", (0,))
    name = f"jobs of {field.count_flags():,} rows that one 503 ended, of two"
    return row_beside(("f", name), sides[0], [*sides[1:], nothing], 1.0, "jobs")


def _side(field: Field, tool: Tool, out: Job, into: Job) -> Side:
    told = {}
    for case, job in ((RESULTS, out), (UPLOAD, into)):
        with _fault(case, first_api=tool.name == _FIRST_API):
            told[case.name] = job(field, tool).why
    ends = {name: why.partition(":")[0] or "ended right" for name, why in told.items()}
    note = "; ".join(f"{name}: {end}" for name, end in ends.items())
    return Side(tool.name, tool.version, (sum(map(bool, told.values())),), note)


@contextmanager
def _fault(case: Case, *, first_api: bool) -> Iterator[None]:
    """The call is refused once; SystemExit when it was never made."""
    place = ("async", "--after", str(case.number)) if first_api else (case.place,)
    _switch("add", "--at", *place, "--code", FAULT, "--times", "1")
    try:
        yield
        on = json.loads(_switch("list", "--json"))["faults"]
        if not any(each["fired"] for each in on):
            raise SystemExit(f"bench: {case.name} was never asked for")
    finally:
        _switch("clear")


def _switch(*words: str) -> bytes:
    command = [OPTOUT, "practice-org", "fault", *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def _import_people(field: Field) -> None:
    """Somebody who has unsubscribed for each Contact that is to be flagged."""
    file = field.folder / "people.csv"
    with field.flags.open() as flags, file.open("w", newline="") as text:
        lines = csv.writer(text)
        lines.writerow(("person_id", "email", "salesforce_id", "unsubscribed"))
        for row in csv.DictReader(flags):
            lines.writerow((row["Id"], "", row["Id"], "true"))
    command = [OPTOUT, "people", "import", str(file), "--org", "practice", "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=field.folder)


def _night(field: Field, _tool: Tool) -> Took:
    before = field.count()
    words = ("sync", "adopt", "--yes", "--by", "bench", "--org", "practice", "--json")
    spent = [run_measured([OPTOUT, *words], os.environ, field.folder)]
    seen = field.notes.since()
    why = wrong(spent, field.count() - before, field.count_flags())
    field.take_away()
    return Took(spent, seen, why)
