"""Start-up: `optout --version` and `--help` beside a bare click program, sf and cci."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from benches.depth import Depth
from benches.rounds import rounds, timed
from benches.row import Row, Side, row_beside, row_within
from strangers_install import CUMULUSCI, NODE_PACKAGES, cache_folder, install_clients

from deployer.cli import VERBS

OPTOUT = Path(sys.executable).with_name("optout")
OPTIONS = ("--version", "--help")
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
    full = depth is Depth.FULL
    with tempfile.TemporaryDirectory() as folder:
        bare = [sys.executable, str(_bare_click(Path(folder)))]
        for option in OPTIONS:
            sides = {"optout": _start([OPTOUT, option]), "bare": _start([*bare, option])}
            given = rounds(sides, 11 if full else 5)
            ours = Side("optout", version("salesforce-optout"), tuple(given["optout"]))
            beside = Side("bare click", version("click"), tuple(given["bare"]))
            yield row_beside(("a", f"optout {option}"), ours, [beside], 2.0, "s")
        yield from _beside_peers(Path(folder), 5 if full else 1)
    loaded = _heavy_imports()
    ours = Side("optout", "", (len(loaded),), " ".join(loaded))
    yield row_within(("a", "heavy imports of --help"), ours, 0, "modules")


def _beside_peers(folder: Path, count: int) -> Iterator[Row]:
    """Beside what people would type instead, each as its own pages say that it is installed."""
    clients = install_clients(cache_folder())
    env = _peer_env(folder, clients.cache)
    cci = {"--version": "version", "--help": "--help"}
    for option in OPTIONS:
        sides = {
            "optout": _start([OPTOUT, option]),
            "sf": _start([clients.node, clients.sf, option], env),
            "cci": _start([clients.cci, cci[option]], env),
        }
        given = rounds(sides, count)
        ours = Side("optout", version("salesforce-optout"), tuple(given["optout"]))
        peers = [
            Side(f"sf {option}", NODE_PACKAGES[1].rpartition("@")[2], tuple(given["sf"])),
            Side(f"cci {cci[option]}", CUMULUSCI.partition("==")[2], tuple(given["cci"])),
        ]
        yield row_beside(("a", f"optout {option} beside sf and cci"), ours, peers, 0.25, "s")


def _peer_env(folder: Path, cache: Path) -> dict[str, str]:
    """A HOME of their own, compiled code kept, and no asking whether there is something newer."""
    cumulus = folder / ".cumulusci"
    cumulus.mkdir()
    (cumulus / "cumulus_timestamp").write_text(str(time.time()))
    return {
        **os.environ, "HOME": str(folder), "NODE_COMPILE_CACHE": str(cache / "compiled"),
        "SF_DISABLE_TELEMETRY": "true", "SF_AUTOUPDATE_DISABLE": "true",
        "SF_SKIP_NEW_VERSION_CHECK": "true",
    }  # fmt: skip


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


def _start(
    words: Sequence[str | Path], env: Mapping[str, str] | None = None
) -> Callable[[], float]:
    return timed(lambda: subprocess.run(words, check=True, capture_output=True, env=env))
