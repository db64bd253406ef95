"""The page of proof as rows: promises, suites, planted bugs, and figures that were kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs_markdown import code

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "tests"))

from prove.figures import Kept, read_figures, rows_of  # noqa: E402 - found in tests/
from prove.outcome import Size  # noqa: E402
from prove.planted import BUGS  # noqa: E402
from prove.promises import PROMISES  # noqa: E402
from prove.suites import SUITES  # noqa: E402

FIGURES = ROOT / "docs/proof"
DECISIONS = ("0008-what-is-not-known-of-salesforce", "0012-doubts-of-the-sync")


def proof_facts() -> dict[str, Any]:
    """`promises`, `suites`, `bugs` and `doubts` as rows; `tiers`: the figures of each size."""
    kept = read_figures(FIGURES, SUITES)
    return {
        "promises": [(each.says, _codes(each.suites), _codes(each.tests)) for each in PROMISES],
        "suites": [(code(name), what) for name, what in SUITES.items()],
        "tiers": {size.value: list(_figures(kept, size)) for size in Size},
        "bugs": [(each.name, code(each.file), _codes(each.seen_by)) for each in BUGS],
        "doubts": {name: _doubts(ROOT / f"docs/decisions/{name}.md") for name in DECISIONS},
    }


def _figures(kept: Kept, size: Size) -> Iterator[tuple[str, ...]]:
    """For each suite its runs: suite, result, cases, seconds, measured, made, command."""
    for name in SUITES:
        for *cells, command in rows_of(name, size, kept.get((name, size), [])):
            yield (code(name), *cells, code(command))


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(code(name) for name in names) or "-"


def _doubts(page: Path) -> list[str]:
    """What is not known, from the first column of the decision's table."""
    lines = page.read_text("utf-8").partition("| doubt |")[2].splitlines()[2:]
    return [line.split(" | ")[0].removeprefix("| ") for line in lines if line.startswith("| ")]
