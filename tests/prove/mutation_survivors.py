"""Mutants that no test can see, each with its reason, by file and change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

FILE = Path(__file__).resolve().parents[1] / "cases/mutation_survivors.txt"


def _read(lines: Iterable[str]) -> Iterator[tuple[tuple[str, str], str]]:
    """Under `[file]` and `= reason` each line is a change, as `ci/mutmut` tells it."""
    file = reason = ""
    for line in lines:
        if line.startswith("["):
            file = line.strip("[]")
        elif line.startswith("= "):
            reason = line.removeprefix("= ")
        elif file and line:
            yield (file, line), reason


SURVIVORS = dict(_read(FILE.read_text("utf-8").splitlines()))
