"""How fast and how sparing the product is, each figure beside a yardstick of the same run.

Prints a row each; a goal that is missed is marked MISS. Exits 1 when one is missed by more than
twice, which no busy machine explains, or when something counted is too much.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from xml.parsers import expat

from bench_bulk import ROWS, bulk_rows
from bench_commands import deploy_row, first_edit_row, start_up_rows
from bench_layouts import CORPUS, Layout, made_up_layouts, real_layouts
from bench_readiness import readiness_rows
from bench_rows import Row, Verdict, measure, ratio_row
from bench_sync_compare import PEOPLE, compare_rows
from bench_sync_serve import serve_rows
from bench_workers import EVENTS_EACH, worker_rows
from lxml import etree

from deployer.layouts import edit_layout
from deployer.schema import new_schema_errors, open_schema

EDIT_GOAL = 3.0
QUICK_LAYOUTS = 60


def main() -> int:
    chosen = _arguments()
    begun = time.monotonic()
    rows = []
    for row in _rows(quick=chosen.quick):
        print(row.line(), flush=True)
        rows.append(row)
    seconds = time.monotonic() - begun
    print(f"{len(rows)} rows in {seconds:.0f} s")
    if chosen.json:
        document = [{**asdict(row), "verdict": row.verdict.name.lower()} for row in rows]
        chosen.json.write_text(json.dumps({"rows": document, "seconds": seconds}, indent=2) + "\n")
    return int(any(row.verdict is Verdict.FAIL for row in rows))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ci/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer pairs, fewer layouts")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to FILE, too")
    return parser.parse_args()


def _rows(*, quick: bool) -> Iterator[Row]:
    pairs = 5 if quick else 11
    yield from start_up_rows(pairs)
    yield from _edit_rows(pairs, QUICK_LAYOUTS if quick else None)
    yield first_edit_row(pairs)
    row, remark = deploy_row()
    print(remark)
    yield row
    yield from readiness_rows(1 if quick else 3)
    yield from bulk_rows(ROWS // 10 if quick else ROWS)
    yield from serve_rows(5 if quick else 30)
    yield from worker_rows(EVENTS_EACH // 2 if quick else EVENTS_EACH)
    yield from compare_rows(PEOPLE // 10 if quick else PEOPLE)


def _edit_rows(pairs: int, most: int | None) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as cache:
        yield _edit_row("edit + check, made-up layouts", made_up_layouts(60), Path(cache), pairs)
        real = real_layouts(most)
        if not real:
            print(f"edit + check, real layouts: left out, there is no corpus at {CORPUS}")
            return
        yield _edit_row("edit + check, real layouts", real, Path(cache), pairs)


def _edit_row(name: str, layouts: list[Layout], cache: Path, pairs: int) -> Row:
    compiled = open_schema(cache).compiled

    def ours() -> None:
        for layout in layouts:
            done = edit_layout(layout.data, layout.field)
            if not done.changed or new_schema_errors(done.before, done.after, cache=cache):
                raise SystemExit("bench: a layout could not be edited")

    def beside() -> None:
        for layout in layouts:
            expat.ParserCreate(None, " ").Parse(layout.data, True)  # noqa: FBT003 - expat's signature
            compiled.validate(etree.fromstring(layout.data))

    pairs_of = measure(ours, beside, pairs)
    return ratio_row(name, pairs_of, "expat + lxml XSD", EDIT_GOAL, each=len(layouts))


if __name__ == "__main__":
    sys.exit(main())
