"""Whole commands, each a process of its own: start-up, the first edit, a deploy to an org."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench_layouts import made_up_layouts, write_layouts
from bench_rows import Row, count_row, extra_row, measure, ratio_row

from deployer.cli import VERBS

OPTOUT = Path(sys.executable).with_name("optout")
HEAVY = {
    "duckdb", "jinja2", "lxml", "requests", "rich", "simple_salesforce", "sqlalchemy", "structlog",
    "xmlschema", "zeep",
}  # fmt: skip
LAYOUTS = 40
MOST_CALLS = 12
_BARE = """import click

@click.group()
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


def start_up_rows(pairs: int) -> list[Row]:
    """`optout --help` beside a bare click program, and what it must not import."""
    with tempfile.TemporaryDirectory() as folder:
        bare = _bare_click(Path(folder))
        timed = measure(
            lambda: _run([str(OPTOUT), "--help"]),
            lambda: _run([sys.executable, str(bare), "--help"]),
            pairs,
        )
    done = subprocess.run(
        [sys.executable, "-c", _LOADED], check=True, capture_output=True, text=True
    )
    loaded = sorted(done.stderr.split())
    return [
        ratio_row("optout --help", timed, "bare click", 2),
        count_row("heavy imports of --help", len(loaded), " ".join(loaded) or "none", 0),
    ]


def first_edit_row(pairs: int) -> Row:
    """The first `optout edit` of a machine's life, schema cut and all, over the interpreter."""
    layout = made_up_layouts(4)[3].data
    with tempfile.TemporaryDirectory() as folder:
        timed = measure(
            lambda: _edit_cold(Path(folder), layout),
            lambda: _run([sys.executable, "-c", "pass"]),
            pairs,
        )
    return extra_row("first edit, cold cache", timed, "python -c pass", 0.5)


def deploy_row() -> tuple[Row, str]:
    """One deploy of many layouts to a practice org: API calls, and a remark on what they did."""
    with tempfile.TemporaryDirectory() as folder, practice_org(Path(folder)) as env:
        words = ["--org", "practice", "--layout", "Contact-Bench *", "--yes", "--json"]
        done = subprocess.run(
            [OPTOUT, "deploy", *words], check=False, capture_output=True, text=True, env=env
        )
    answer = json.loads(done.stdout)
    added = sum(layout["outcome"] == "added" for layout in answer.get("layouts", ()))
    if done.returncode or added != LAYOUTS:
        raise SystemExit(
            f"bench: the deploy put {added} of {LAYOUTS} layouts: {done.stdout[-2000:]}"
        )
    row = count_row(
        f"API calls for {LAYOUTS} layouts",
        answer["api_calls"],
        f"{answer['polls']} polls",
        MOST_CALLS,
    )
    return row, f"{added} layouts deployed in {answer['deploy_id']}"


def _bare_click(folder: Path) -> Path:
    """A click group with as many commands as ours, that do nothing."""
    commands = "\n".join(
        f'@bare.command("{name}")\ndef command_{number}():\n    """{verb.help}"""\n'
        for number, (name, verb) in enumerate(VERBS.items())
    )
    program = folder / "bare.py"
    program.write_text(_BARE.format(commands=commands))
    return program


def _edit_cold(folder: Path, layout: bytes) -> None:
    file = folder / "Contact-Bench.layout"
    file.write_bytes(layout)
    home = folder / "home"
    shutil.rmtree(home, ignore_errors=True)
    _run([str(OPTOUT), "edit", str(file)], {**os.environ, "OPTOUT_HOME": str(home)})


def _run(words: Sequence[str], env: Mapping[str, str] | None = None) -> None:
    subprocess.run(words, check=True, stdout=subprocess.DEVNULL, env=env)


@contextmanager
def practice_org(folder: Path) -> Iterator[dict[str, str]]:
    """A small practice org that holds made-up layouts; the environment in which to use it."""
    write_layouts(folder / "project", LAYOUTS)
    env = {**os.environ, "OPTOUT_HOME": str(folder / "home")}
    words = ["--metadata", str(folder / "project"), "--contacts", "10", "--leads", "10", "--json"]
    with (
        (folder / "org.log").open("wb") as log,
        subprocess.Popen(
            [OPTOUT, "practice-org", "start", *words], stdout=subprocess.PIPE, stderr=log, env=env
        ) as org,
    ):
        try:
            _wait_until_it_serves(org, folder / "org.log")
            yield env
        finally:
            org.terminate()


def _wait_until_it_serves(org: subprocess.Popen[bytes], log: Path) -> None:
    """The org's first line says so."""
    if not (org.stdout and org.stdout.readline()):
        raise SystemExit(f"bench: the practice org did not start: {log.read_text()[-2000:]}")
