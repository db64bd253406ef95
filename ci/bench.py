"""How fast and how sparing the product is, beside the tools that people would use instead.

Prints a row each; a goal that is missed is marked MISS. Exits 1 when one is missed by more than
twice, which no busy machine explains, and docs/figures/missed.toml does not explain either.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path

from benches.depth import Depth
from benches.row import Row, unexplained

from deployer.clock import SystemClock

BENCHES = {
    "a": ("start_up", "start-up"),
    "b": ("deploy", "a field on one layout and on forty, end to end"),
    "c": ("noise", "lines that an edit changes beside its own"),
    "d": ("edit", "what an edit costs a layout"),
    "e": ("readiness", "the readiness of a large org"),
    "f": ("bulk", "bulk jobs: opted-out ids out, flags in"),
    "g": ("reconcile", "what a night compares, beside sets, SQLite and Polars"),
    "h": ("night", "a whole night, two million people a side"),
    "i": ("webhooks", "webhooks taken, and on both sides"),
    "j": ("drain", "one opt-out, and thousands, to both sides"),
    "k": ("growth", "growth: four and sixteen times as much"),
    "o": ("org_bulk", "the practice org itself: a million records in and out"),
    "w": ("workers", "two and four workers on one ledger"),
}
"""Each is one module of benches/ with a function `rows(depth)`; the letter is for `--row`."""

MISSED = Path(__file__).resolve().parents[1] / "docs/figures/missed.toml"


def main() -> int:
    chosen = _arguments()
    begun = time.monotonic()
    rows = []
    for row in _rows(chosen.row or list(BENCHES), Depth.QUICK if chosen.quick else Depth.FULL):
        print(row.line(), flush=True)
        rows.append(row)
    seconds = time.monotonic() - begun
    print(f"{len(rows)} rows in {seconds:.0f} s")
    if chosen.json:
        made = {**_made(), "quick": chosen.quick, "seconds": round(seconds)}
        document = {"schema": 1, "made": made, "rows": [row.document() for row in rows]}
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(json.dumps(document, indent=2) + "\n")
    return int(bool(unexplained(rows, tomllib.loads(MISSED.read_text()))))


def _arguments() -> argparse.Namespace:
    listed = "\n".join(f"  {letter}  {what}" for letter, (_, what) in BENCHES.items())
    parser = argparse.ArgumentParser(
        prog="ci/bench", description=f"{__doc__}\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--quick", action="store_true", help="fewer rounds of smaller things")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to FILE, too")
    parser.add_argument(
        "--row", action="append", choices=BENCHES, metavar="LETTER", help="these rows alone"
    )
    return parser.parse_args()


def _rows(letters: list[str], depth: Depth) -> Iterator[Row]:
    for letter in letters:
        module, _ = BENCHES[letter]
        yield from importlib.import_module(f"benches.{module}").rows(depth)


def _made() -> dict[str, object]:
    """On which day, of what and on which machine; figures without these say little."""
    at = subprocess.run(
        ["git", "rev-parse", "--short=10", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "date": SystemClock().now().date().isoformat(),
        "commit": at.stdout.strip(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
    }


if __name__ == "__main__":
    sys.exit(main())
