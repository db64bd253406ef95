"""Who moves records in bulk: the product's own client, and the tools that people would use."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from benches.spent import Spent, run_measured
from strangers_install import CUMULUSCI, NODE_PACKAGES
from strangers_sf import log_in
from strangers_stage import Stage

Work = Callable[[Path, str], list[Spent]]
_HERE = Path(__file__).parent
_PROGRAMS = {
    "optout": "stage/bulk_optout.py",
    "simple-salesforce": "peers/bulk_simple.py",
    "cumulusci": "peers/bulk_cumulusci.py",
}
_WAIT = ("--wait", "30")
(_SF,) = (each for each in NODE_PACKAGES if each.startswith("@salesforce/cli@"))


@dataclass(frozen=True, slots=True)
class Tool:
    """One tool, logged in; each way gives what its commands took, one after the other.

    `out` writes the rows of a query (its text) as CSV files into a folder; `into` sends a CSV file
    (its path) and writes into a folder what became of each row.
    """

    name: str
    version: str
    out: Work
    into: Work


def optout(stage: Stage) -> Tool:
    """The client that a night works with."""
    return _program("optout", version("salesforce-optout"), sys.executable, stage)


def simple_salesforce(stage: Stage) -> Tool:
    """Its bulk2, by files."""
    name = "simple-salesforce"
    return _program(name, version(name), sys.executable, stage)


def cumulusci(stage: Stage) -> Tool:
    """The operations below its data tasks, without what its command line costs."""
    python = stage.clients.cci.with_name("python")
    return _program("cumulusci", CUMULUSCI.partition("==")[2], python, stage)


def _program(name: str, which: str, python: str | Path, stage: Stage) -> Tool:
    """A small program of ours, run by that Python."""
    program = _HERE / _PROGRAMS[name]
    facts = stage.home / "server.json"
    facts.write_text(json.dumps(dict(stage.facts)))

    def work(way: str) -> Work:
        return lambda folder, what: [_run([python, program, way, facts, folder, what], folder)]

    return Tool(name, which, work("out"), work("in"))


def sf(stage: Stage) -> Tool:
    """`sf data export bulk`; `sf data update bulk` and `sf data bulk results`."""
    log_in(stage, stage.https)
    begins = [stage.clients.node, stage.clients.sf, "data"]

    def out(folder: Path, soql: str) -> list[Spent]:
        file = ("--output-file", folder / "rows.csv", "--result-format", "csv")
        return [_run([*begins, "export", "bulk", "--query", soql, *file, *_WAIT], folder)]

    def into(folder: Path, file: str) -> list[Spent]:
        what = ("--file", file, "--sobject", "Contact", "--line-ending", "LF")
        sent = _run([*begins, "update", "bulk", *what, *_WAIT, "--json"], folder)
        if sent.exit:
            return [sent]
        job = json.loads(sent.said)["result"]["jobId"]
        return [sent, _run([*begins, "bulk", "results", "--job-id", job], folder)]

    return Tool("sf", _SF.rpartition("@")[2], out, into)


def _run(command: Sequence[str | Path], folder: Path) -> Spent:
    return run_measured(command, os.environ, folder)


MAKERS: tuple[Callable[[Stage], Tool], ...] = (optout, simple_salesforce, sf, cumulusci)
"""Ours first."""
