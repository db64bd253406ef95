"""Run the suites that try to lose an opt-out; one line each.

    kill ok n=212 seed=1 secs=98.3

Exit 1 when one failed: then what failed follows, and what to type to see the same run again.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from prove.outcome import Outcome, Size
from prove.suites import SUITES, load, told

from deployer.clock import SystemClock


def main() -> int:
    chosen = _arguments()
    names = list(SUITES) if chosen.suite == "all" else [chosen.suite]
    size = Size.LONG if chosen.long else Size.SHORT
    made = _made()
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
    documents = []
    for name in names:
        for seed in range(chosen.seed, chosen.seed + chosen.seeds):
            documents.append({**_run(name, seed, size), **made})
            if chosen.json:
                chosen.json.write_text(
                    json.dumps({"schema": 1, "runs": documents}, indent=2) + "\n"
                )
    return int(not all(document["ok"] for document in documents))


def _arguments() -> argparse.Namespace:
    listed = "\n".join(f"  {name:<10} {what}" for name, what in SUITES.items())
    parser = argparse.ArgumentParser(
        prog="ci/prove", description=f"{__doc__}\n{listed}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("suite", choices=[*SUITES, "all"], metavar="SUITE|all")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same run")
    parser.add_argument("--seeds", type=int, default=1, help="so many seeds from --seed on")
    parser.add_argument("--long", action="store_true", help="everything; may take hours")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the runs to FILE, too")
    return parser.parse_args()


def _made() -> dict[str, object]:
    """On which day, of what, and on how many cores; figures without these say little."""
    return {
        "date": SystemClock().now().date().isoformat(),
        "commit": _commit(),
        "cores": os.cpu_count(),
    }


def _commit() -> str:
    """What is checked out, with "+" when files besides docs/ differ from it; "" without git."""
    at = _git("rev-parse", "--short=10", "HEAD")
    differs = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs")
    return at + ("+" if differs else "")


def _git(*words: str) -> str:
    try:
        said = subprocess.run(["git", *words], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""  # no git, or no checkout
    return said.stdout.strip()


def _run(name: str, seed: int, size: Size) -> dict[str, object]:
    begun = time.monotonic()
    outcome: Outcome = load(name)(seed, size)
    seconds = time.monotonic() - begun
    for line in told(name, (seed, size), outcome, seconds):
        print(line, flush=True)
    return {
        "suite": name, "ok": outcome.ok, "n": outcome.n, "seed": seed, "size": size.value,
        "secs": round(seconds, 1), "trace": outcome.trace, "failures": list(outcome.failures),
        "figures": dict(outcome.figures),
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
