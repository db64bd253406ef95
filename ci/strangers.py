"""Clients that nobody here wrote, unchanged, against the practice org: one line a flow.

Each flow runs in a process, a HOME and a practice org of its own. Exits 1 when one fails, with the
last lines that were said in it.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import strangers_bulk
import strangers_bulk_v1
import strangers_cci
import strangers_cci_data
import strangers_cross
import strangers_jsforce
import strangers_reader
import strangers_sf
import strangers_sf_data
import strangers_sf_deploy
import strangers_simple
import strangers_simple_metadata
from strangers_flow import Flow, Part
from strangers_install import Clients, cache_folder, install_clients
from strangers_record import Seen, write_record
from strangers_stage import NOTES, Unexpected, open_stage

FLOWS: tuple[Flow, ...] = (
    *strangers_sf.FLOWS,
    *strangers_sf_deploy.FLOWS,
    *strangers_sf_data.FLOWS,
    *strangers_cci.FLOWS,
    *strangers_cci_data.FLOWS,
    *strangers_jsforce.FLOWS,
    *strangers_simple.FLOWS,
    *strangers_simple_metadata.FLOWS,
    *strangers_bulk.FLOWS,
    *strangers_bulk_v1.FLOWS,
    *strangers_reader.FLOWS,
    *strangers_cross.FLOWS,
)
FLOW_S = 300
LAST_LINES = 30
BUG = "known client bug: "


@dataclass(frozen=True, slots=True)
class Played:
    """How one flow went."""

    flow: Flow
    passed: bool
    seconds: float
    said: list[str]
    notes: list[str]

    @property
    def bugs(self) -> list[str]:
        """What the client does wrong, as the flow names it."""
        return [line.removeprefix(BUG) for line in self.said if line.startswith(BUG)]

    def lines(self) -> list[str]:
        """The line of the report, the client's bugs worked around, and why it failed."""
        verdict = "ok  " if self.passed else "FAIL"
        bugs = [f"       {BUG}{bug}" for bug in self.bugs]
        last = [] if self.passed else [f"     | {line}" for line in self.said[-LAST_LINES:]]
        return [f"{verdict} {self.flow.title} ({self.seconds:.1f} s)", *bugs, *last]


def main() -> int:
    chosen = _arguments()
    if chosen.play is not None:
        return _play(next(f for f in FLOWS if f.title == chosen.play), chosen.folder)
    flows = [flow for flow in FLOWS if _is_wanted(flow, chosen)]
    if not flows:
        raise SystemExit("strangers: no flow has such a name; type: ci/strangers --list")
    if chosen.list:
        print("\n".join(flow.title for flow in flows))
        return 0
    install_clients(cache_folder(), {flow.client for flow in flows})
    played = list(_report(flows))
    if chosen.record:
        _record(played)
    failed = sum(not one.passed for one in played)
    print(f"{len(flows) - failed} passed, {failed} failed")
    return int(failed > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ci/strangers", description=__doc__)
    parser.add_argument("--core", action="store_true", help="the flows that every change runs")
    parser.add_argument("--list", action="store_true", help="say the flows, run none")
    parser.add_argument("--record", action="store_true", help="keep which endpoints they came to")
    parser.add_argument("names", nargs="*", metavar="NAME", help="part of a flow's line")
    parser.add_argument("--play", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def _is_wanted(flow: Flow, chosen: argparse.Namespace) -> bool:
    named = not chosen.names or any(name in flow.title for name in chosen.names)
    return named and (flow.part is Part.CORE or not chosen.core)


def _report(flows: list[Flow]) -> Iterator[Played]:
    """Run the flows, as many at once as there are processors, and say how each went."""
    pool = ThreadPoolExecutor(min(os.cpu_count() or 1, 4))
    try:
        for played in pool.map(_run, flows):
            print("\n".join(played.lines()), flush=True)
            yield played
    finally:
        pool.shutdown(cancel_futures=True)


def _record(played: list[Played]) -> None:
    """Keep what the flows that passed did, for practice_org/COVERAGE.md."""
    from coverage_endpoints import touched

    seen = {
        one.flow.title: Seen(tuple(touched(one.notes)), tuple(one.bugs))
        for one in played
        if one.passed
    }
    write_record(seen, [flow.title for flow in FLOWS])
    print("recorded in ci/strangers_record.json; type: ci/coverage")


def _run(flow: Flow) -> Played:
    begun = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="optout-stranger-") as folder:
        play = ["--play", flow.title, "--folder", folder]
        process = subprocess.Popen(
            [sys.executable, __file__, *play],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=FLOW_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said = process.communicate()[0] + f"\nnot done after {FLOW_S} s".encode()
        notes = Path(folder, NOTES)
        noted = notes.read_text("utf-8").splitlines() if notes.exists() else []
    lines = said.decode(errors="replace").splitlines()
    return Played(flow, process.returncode == 0, time.monotonic() - begun, lines, noted)


def _play(flow: Flow, folder: Path) -> int:
    """Run one flow in this process; what it and its clients say goes to stdout."""
    with open_stage(Clients(cache_folder()), folder, flow.practice) as stage:
        try:
            flow.play(stage)
        except Unexpected as problem:
            print(f"unexpected: {problem}")
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
