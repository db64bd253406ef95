"""The page of figures as rows: what `ci/bench --json docs/figures/bench.json` has measured."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from benches.row import reason_of
from docs_figure_words import Measured, alt_text, letter_of, notes_once, row_lines, title_of

FIGURES = Path(__file__).resolve().parents[1] / "docs/figures"
CLAIMS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    Path(__file__).with_name("docs_pages").joinpath("figures.toml").read_text("utf-8")
)
"""Letter -> `heading` and `claim`, in the order of the page."""


def figures_facts(folder: Path = FIGURES) -> dict[str, Any]:
    """`made` and `parts` (a claim each, its rows, and what they miss and why) of what was kept.

    Errors: SystemExit with a sentence a line when a missed row has no reason, or another has one.
    """
    kept = read_kept(folder)
    reasons = read_reasons(folder)
    wrong = list(wrong_reasons(kept["rows"], reasons))
    if wrong:
        raise SystemExit("\n".join(wrong))
    letters = by_letter(kept["rows"])
    return {
        "made": kept["made"],
        "parts": [
            _part(letter, letters[letter], reasons) for letter in CLAIMS if letter in letters
        ],
        "absent": [
            (letter, CLAIMS[letter]["heading"]) for letter in CLAIMS if letter not in letters
        ],
        "count": len(kept["rows"]),
        "met": sum(row["met"] for row in kept["rows"]),
    }


def read_kept(folder: Path) -> Measured:
    """The document that was kept; without one, a document of no rows."""
    file = folder / "bench.json"
    if not file.exists():
        return {"made": None, "rows": []}
    document: Measured = json.loads(file.read_text("utf-8"))
    return document


def read_reasons(folder: Path) -> Mapping[str, str]:
    """Row, or many by a `*` -> why it is missed, and what it would take."""
    file = folder / "missed.toml"
    return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}


def wrong_reasons(rows: Sequence[Measured], reasons: Mapping[str, str]) -> Iterator[str]:
    """A sentence for each missed row without a reason, and for each reason without such a row.

    A reason whose letter was not measured waits for the next run.
    """
    file = "docs/figures/missed.toml"
    missed = {row["row"] for row in rows if not row["met"]}
    measured = by_letter(rows)
    for name in sorted(missed):
        if not reason_of(name, reasons):
            yield f'{file} has no reason for "{name}", which is missed'
    for name in sorted(reasons):
        if letter_of(name) in measured and not any(fnmatchcase(row, name) for row in missed):
            yield f'{file} has a reason for "{name}", which is not missed'


def by_letter(rows: Sequence[Measured]) -> dict[str, list[Measured]]:
    """Letter -> its rows, in the order in which they were measured.

    Errors: SystemExit for a letter that claims nothing.
    """
    found: dict[str, list[Measured]] = {}
    for row in rows:
        letter = letter_of(row["row"])
        if letter not in CLAIMS:
            raise SystemExit(f"ci/docs_pages/figures.toml has no claim for the row {row['row']!r}")
        found.setdefault(letter, []).append(row)
    return found


def _part(letter: str, rows: Sequence[Measured], reasons: Mapping[str, str]) -> dict[str, Any]:
    return {
        **CLAIMS[letter],
        "lines": [line for row in notes_once(rows) for line in row_lines(row)],
        "missed": _missed(rows, reasons),
        "met": sum(row["met"] for row in rows),
        "count": len(rows),
        "command": rows[0]["command"],
        "picture": f"figures-{letter}.svg",
        "alt": alt_text(rows),
    }


def _missed(rows: Sequence[Measured], reasons: Mapping[str, str]) -> dict[str, list[str]]:
    """Each reason, and the rows that it is the reason of, in words."""
    found: dict[str, list[str]] = {}
    for row in rows:
        if not row["met"]:
            found.setdefault(reason_of(row["row"], reasons), []).append(title_of(row["row"]))
    return found
