"""Figures that were kept: what `ci/prove NAME [--long] --json` wrote into docs/proof."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from prove.outcome import Size

Run = Mapping[str, Any]
Kept = Mapping[tuple[str, Size], list[Run]]


def file_of(suite: str, size: Size) -> str:
    """The name of the file in which the runs of this suite and size are kept."""
    return f"{suite}{'-long' if size is Size.LONG else ''}.json"


def command_of(suite: str, size: Size, seed: int = 1) -> str:
    """What to type to have the same run."""
    drawn = f" --seed {seed}" if seed != 1 else ""
    return f"ci/prove {suite}{drawn}{' --long' if size is Size.LONG else ''}"


def read_figures(folder: Path, suites: Collection[str]) -> Kept:
    """The runs of each suite and size, as written; a suite that was never run so has no entry.

    Errors: ValueError for a file that is of no suite, or that holds other runs than its name says.
    """
    kept = {}
    files = {file_of(suite, size): (suite, size) for suite in suites for size in Size}
    for path in sorted(folder.glob("*.json")):
        if path.name not in files:
            raise ValueError(f"docs/proof/{path.name} is of no suite: name it anew, or remove it")
        suite, size = files[path.name]
        runs = json.loads(path.read_text("utf-8"))["runs"]
        if {(run["suite"], run["size"]) for run in runs} != {(suite, size.value)}:
            raise ValueError(
                f"docs/proof/{path.name} holds other runs than its name says; "
                f"type: {command_of(suite, size)} --json docs/proof/{path.name}"
            )
        kept[suite, size] = runs
    return kept


def rows_of(suite: str, size: Size, runs: Sequence[Run]) -> Iterator[tuple[str, ...]]:
    """Each run in words: result, cases, seconds, measured, made, and what to type for the same.

    No run at all is a row, too.
    """
    if not runs:
        yield ("not run yet", "-", "-", "-", "-", command_of(suite, size))
    for run in runs:
        failures = run["failures"] or ["it has run no case"]
        result = "ok" if run["ok"] else f"{len(failures)} failed, the first: {failures[0]}"
        measured = ", ".join(f"{what} {value:g}" for what, value in run["figures"].items()) or "-"
        made = f"{run['date']}, {run['commit'] or 'no checkout'}, {run['cores']} cores"
        count, seconds = f"{run['n']:,}", f"{run['secs']:,}"
        yield (result, count, seconds, measured, made, command_of(suite, size, run["seed"]))
