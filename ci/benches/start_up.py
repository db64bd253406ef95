"""Start-up: `optout --version` and `--help` beside sf, cci and a bare click program."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

from benches.depth import Depth
from benches.rounds import rounds, timed
from benches.row import Row, Side, row_beside, row_within

from deployer.cli import VERBS

OPTOUT = Path(sys.executable).with_name("optout")
HEAVY = {
    "duckdb", "jinja2", "lxml", "requests", "rich", "simple_salesforce", "sqlalchemy", "structlog",
    "xmlschema", "zeep",
}  # fmt: skip
_BARE = """import click

@click.group()
@click.version_option("1")
def bare():
    pass

{commands}
bare()
"""
_LOADED = f"""import sys
from deployer.cli import main
try:
    main(["--help"])
finally:
    print(*({HEAVY!r} & sys.modules.keys()), file=sys.stderr)
"""


def rows(depth: Depth) -> Iterator[Row]:
    """Each of the two beside each tool, and what `--help` must not import."""
    count = 5 if depth is Depth.QUICK else 11
    with tempfile.TemporaryDirectory() as folder:
        bare = [sys.executable, str(_bare_click(Path(folder)))]
        for option in ("--version", "--help"):
            given = rounds(
                {
                    "optout": timed(lambda option=option: _run([OPTOUT, option])),
                    "bare": timed(lambda option=option: _run([*bare, option])),
                },
                count,
            )
            ours = Side("optout", version("salesforce-optout"), tuple(given["optout"]))
            beside = Side("bare click", version("click"), tuple(given["bare"]))
            yield row_beside(("a", f"optout {option}"), ours, [beside], 2.0, "s")
    loaded = _heavy_imports()
    ours = Side("optout", "", (len(loaded),), " ".join(loaded))
    yield row_within(("a", "heavy imports of --help"), ours, 0, "modules")


def _heavy_imports() -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], check=True, capture_output=True, text=True
    )
    return sorted(done.stderr.split())


def _bare_click(folder: Path) -> Path:
    """A click group with as many commands as ours, that do nothing."""
    commands = "\n".join(
        f'@bare.command("{name}")\ndef command_{number}():\n    """{verb.help}"""\n'
        for number, (name, verb) in enumerate(VERBS.items())
    )
    program = folder / "bare.py"
    program.write_text(_BARE.format(commands=commands))
    return program


def _run(words: Sequence[str | Path]) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL)
