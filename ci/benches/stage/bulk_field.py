"""Where bulk jobs are done: an org of opted-out Contacts, tools that are logged in, and a judge."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from urllib.parse import quote

from benches.bulk_tools import MAKERS, Tool
from benches.org_bulk import Server, ingest, save_unticked
from benches.spent import Spent
from benches.stage.traffic import Notes, Traffic
from strangers_install import cache_folder, install_clients
from strangers_stage import NOTES, Practice, open_stage

SOQL = "SELECT Id FROM Contact WHERE HasOptedOutOfEmail = true"
_COUNT = "/services/data/v63.0/query?q=" + quote(SOQL.replace("Id", "COUNT()"))
_SAID = 120


@dataclass(frozen=True, slots=True)
class Took:
    """One job by one tool; `why` is empty when it ended right, else what was wrong."""

    spent: Sequence[Spent]
    traffic: Traffic
    why: str


@dataclass(frozen=True, slots=True)
class Field:
    """An org, its notes, the tools by name, and a folder of its own for all files."""

    server: Server
    notes: Notes
    folder: Path
    tools: Mapping[str, Tool]

    @property
    def flags(self) -> Path:
        """The flags that go in: ids of Contacts that are not opted out."""
        return self.folder / "flags.csv"

    def count(self) -> int:
        """How many Contacts are opted out."""
        return int(self.server.ask("GET", _COUNT)["totalSize"])

    def count_flags(self) -> int:
        """How many flags go in."""
        return self.flags.read_text().count("\n") - 1

    @contextmanager
    def room(self) -> Iterator[Path]:
        """A new folder for one job's files."""
        with tempfile.TemporaryDirectory(dir=self.folder) as room:
            yield Path(room)

    def take_away(self) -> None:
        """Untick whatever the flags ticked."""
        file = self.folder / "away.csv"
        file.write_text(self.flags.read_text().replace("true", "false"))
        ingest(self.server, "update", file)


@contextmanager
def open_field(out: int, flags: int) -> Iterator[Field]:
    """An org with so many opted-out Contacts, and more than `flags` others."""
    with (
        tempfile.TemporaryDirectory() as name,
        _environment_kept(),
        open_stage(install_clients(cache_folder()), Path(name), Practice()) as stage,
    ):
        with redirect_stdout(StringIO()):
            tools = [make(stage) for make in MAKERS]
        folder = Path(name)
        field = Field(
            Server(folder / "optout"), Notes(folder / NOTES), folder,
            {tool.name: tool for tool in tools},
        )  # fmt: skip
        _fill(field, out, flags)
        yield field


def _fill(field: Field, out: int, flags: int) -> None:
    new = field.folder / "new.csv"
    more = out - field.count()
    with new.open("w") as file:
        file.write("LastName,HasOptedOutOfEmail\n")
        file.writelines(f"Bench{n},{str(n < more).lower()}\n" for n in range(more + flags))
    ingest(field.server, "insert", new)
    save_unticked(field.server, field.flags, flags)


@contextmanager
def _environment_kept() -> Iterator[None]:
    """A stage sets HOME and more for all that follows."""
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def take_out(field: Field, tool: Tool) -> Took:
    """The ids of all who are opted out, in files."""
    expected = field.count()
    with field.room() as room:
        field.notes.since()
        spent = tool.out(room, SOQL)
        seen = field.notes.since()
        return Took(spent, seen, wrong(spent, len(_ids(room, "*.csv")), expected))


def put_in(field: Field, tool: Tool) -> Took:
    """Flags set, and what became of each row in files; then they are taken away again."""
    before, flags = field.count(), field.count_flags()
    with field.room() as room:
        field.notes.since()
        spent = tool.into(room, str(field.flags))
        seen = field.notes.since()
        told = len(_ids(room, "*succ*.csv"))
    why = wrong(spent, told, flags) or wrong(spent, field.count() - before, flags)
    field.take_away()
    return Took(spent, seen, why)


def wrong(spent: Sequence[Spent], found: int, expected: int) -> str:
    """What is wrong with what a tool has done, in a few words; "" when nothing is."""
    for each in spent:
        if each.exit:
            said = (each.complained or each.said).decode("utf-8", "replace").splitlines()
            last = next((line.strip() for line in reversed(said) if line.strip()), "silent")
            return f"exit {each.exit}: {last[:_SAID]}"
    return "" if found == expected else f"{found:,} rows of {expected:,}"


def _ids(room: Path, names: str) -> set[str]:
    """The ids that stand first in the lines of these files."""
    ids = set()
    for file in room.rglob(names):
        with file.open() as lines:
            ids |= {line.split(",")[0].strip().strip('"') for line in lines}
    return {each for each in ids if each.startswith("003")}
