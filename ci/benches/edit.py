"""What an edit costs: read, place, splice and check, beside a mere reading and checking."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.parsers import expat

from benches.depth import Depth
from benches.rounds import rounds, timed
from benches.row import Row, Side, row_beside, row_within
from benches.stage.layouts import CORPUS, Layout, made_up_layouts, real_layouts
from benches.start_up import OPTOUT
from lxml import etree

from deployer.layouts import edit_layout
from deployer.schema import new_schema_errors, open_schema

GOAL = 3.0
FIRST_EDIT_S = 0.5
QUICK_LAYOUTS = 60


def rows(depth: Depth) -> Iterator[Row]:
    """A row for made-up layouts, one for real ones where there are some, one for a first edit."""
    count = 5 if depth is Depth.QUICK else 11
    with tempfile.TemporaryDirectory() as cache:
        yield _edit_row("made-up", made_up_layouts(60), Path(cache), count)
        real = real_layouts(QUICK_LAYOUTS if depth is Depth.QUICK else None)
        if real:
            yield _edit_row("real", real, Path(cache), count)
        else:
            print(f"d edit of a real layout: left out, there is no corpus at {CORPUS}")
    yield _first_edit_row(count)


def _edit_row(kind: str, layouts: Sequence[Layout], cache: Path, count: int) -> Row:
    compiled = open_schema(cache).compiled

    def edit() -> None:
        for layout in layouts:
            done = edit_layout(layout.data, layout.field)
            if not done.changed or new_schema_errors(done.before, done.after, cache=cache):
                raise SystemExit("bench: a layout could not be edited")

    def read() -> None:
        for layout in layouts:
            expat.ParserCreate(None, " ").Parse(layout.data, True)  # noqa: FBT003 - expat's signature
            compiled.validate(etree.fromstring(layout.data))

    given = rounds({"edit": timed(edit), "read": timed(read)}, count)
    ours, beside = (tuple(s / len(layouts) * 1000 for s in given[name]) for name in given)
    versions = f"{expat.EXPAT_VERSION.removeprefix('expat_')}, {etree.__version__}"
    peers = [Side("expat + lxml's XSD", versions, beside)]
    return row_beside(
        ("d", f"edit of a {kind} layout"), Side("optout", "", ours), peers, GOAL, "ms"
    )


def _first_edit_row(count: int) -> Row:
    """The first `optout edit` of a machine's life, schema cut and all."""
    layout = made_up_layouts(4)[3].data
    with tempfile.TemporaryDirectory() as folder:
        given = rounds({"optout": timed(lambda: _edit_cold(Path(folder), layout))}, count)
    ours = Side("optout", "", tuple(given["optout"]))
    return row_within(("d", "first edit, cold cache"), ours, FIRST_EDIT_S, "s")


def _edit_cold(folder: Path, layout: bytes) -> None:
    file = folder / "Contact-Bench.layout"
    file.write_bytes(layout)
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    env = {**os.environ, "OPTOUT_HOME": str(home)}
    subprocess.run([OPTOUT, "edit", file], check=True, stdout=subprocess.DEVNULL, env=env)
