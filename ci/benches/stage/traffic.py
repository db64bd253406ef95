"""What went over a practice org's wire, read from the notes that it takes of each request."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Looking whether a job of either Bulk API, or its only batch, has ended.
_POLLS = (
    re.compile(r"/services/data/v[\d.]+/jobs/(query|ingest)/\w{15,18}"),
    re.compile(r"/services/async/[\d.]+/job/\w{15,18}(/batch)?(/\w{15,18})?"),
)
_JOBS = re.compile(r"/services/(data/v[\d.]+/jobs|async)/")


@dataclass(frozen=True, slots=True)
class Traffic:
    """Calls about bulk jobs: `polls` are those of them that only look whether one has ended.

    `others` are all other calls, as those that a tool makes to find out where it is. `size` is
    the bytes of all bodies, both ways.
    """

    calls: int
    polls: int
    others: int
    size: int


def traffic(notes: Iterable[str]) -> Traffic:
    """Sum up lines of practice_org/request_notes.py; the org's own doors are no calls."""
    called = [words for words in map(_words, notes) if not words[1].startswith("/practice")]
    jobs = [words for words in called if _JOBS.match(words[1])]
    polls = sum(words[0] == "GET" and _is_poll(words[1]) for words in jobs)
    size = sum(int(words[3]) + int(words[4]) for words in called)
    return Traffic(len(jobs), polls, len(called) - len(jobs), size)


def _words(line: str) -> list[str]:
    """A note's words; the Salesforce CLI begins some paths with two slashes."""
    return line.replace(" //", " /", 1).split(" ")


def _is_poll(path: str) -> bool:
    return any(each.fullmatch(path) for each in _POLLS)


@dataclass(slots=True)
class Notes:
    """The org's file of notes, read from where it was looked at last."""

    file: Path
    read: int = 0

    def since(self) -> Traffic:
        """What came since the last look."""
        with self.file.open() as lines:
            lines.seek(self.read)
            new = lines.readlines()
            self.read = lines.tell()
        return traffic(line.rstrip("\n") for line in new)
