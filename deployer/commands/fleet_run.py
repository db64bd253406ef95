"""What `optout fleet` does: choose the orgs, run a child for each, report them together."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import structlog

from deployer.clock import Clock, SystemClock
from deployer.fleet.children import (
    Job,
    Limits,
    Room,
    Standing,
    Tell,
    heeding_signals,
    run_children,
)
from deployer.fleet.choosing import pick_orgs
from deployer.fleet.outcomes import Asked, in_order, to_row
from deployer.fleet.report import to_report
from deployer.fleet.verbs import Verb
from deployer.model.reports import Report
from deployer.reporting.progress import Progress, progress
from deployer.settings.loading import Settings, load
from deployer.state import make_private_dir

log = structlog.get_logger()
KEPT_RUNS = 20


@dataclass(frozen=True, slots=True)
class Ask:
    """What was typed about the fleet; None where it was left away."""

    globs: tuple[str, ...]
    parallel: int
    deadline_min: int | None
    wait_min: int | None
    config: Path | None
    run_id: str


def run_fleet(verb: Verb, given: Mapping[click.Option, Any], ask: Ask) -> Report:
    """Run the verb for each org that is meant, and report what each came to.

    Errors: UsageError before anything is begun, for orgs that are not there.
    """
    settings = load(ask.config)
    orgs = pick_orgs(settings.orgs, ask.globs)
    asked = Asked(verb, _words(given, ask.config), _minutes(verb, ask, settings))
    clock = SystemClock()
    logs = _logs_folder(settings.home, clock, ask.run_id)
    jobs = [Job(org, (f"--log-file={logs / org}.log", *asked.words(org), "--json")) for org in orgs]
    limits = Limits(ask.parallel, asked.minutes * 60)
    with heeding_signals() as stop, progress() as shown:
        room = Room(limits, clock, stop, _telling(shown, asked, len(orgs)))
        ended = run_children(jobs, room)
    rows = [to_row(each, asked) for each in in_order(ended, orgs)]
    return to_report(rows, " ".join(verb.words), str(logs))


def _longest(option: click.Option) -> str:
    return max(option.opts, key=len)


def _words(given: Mapping[click.Option, Any], config: Path | None) -> tuple[str, ...]:
    """The options as a child is given them; `=` keeps a value that begins with a hyphen whole."""
    words = []
    for option, value in given.items():
        if option.is_flag:
            words.append(_longest(option))
        else:
            words += [
                f"{_longest(option)}={each}" for each in (value if option.multiple else [value])
            ]
    return (*words, f"--config={config}") if config else tuple(words)


def _minutes(verb: Verb, ask: Ask, settings: Settings) -> int:
    """How long an org has: longer than it may be waited for, unless it was typed."""
    if ask.deadline_min is not None:
        return ask.deadline_min
    if not verb.beside_wait:
        return verb.minutes
    wait = int(settings.resolve(flags={"wait": ask.wait_min})["wait"].value)
    return max(verb.minutes, wait + verb.beside_wait)


def _logs_folder(home: Path, clock: Clock, run_id: str) -> Path:
    """A new folder for the logs of this run; those of the newest runs are kept."""
    runs = make_private_dir(home / "fleet")
    for old in sorted(runs.iterdir())[: 1 - KEPT_RUNS]:
        with suppress(OSError):  # another fleet tidies up as well
            shutil.rmtree(old)
    return make_private_dir(runs / f"{clock.now():%Y%m%dT%H%M%SZ}-{run_id}")


def _telling(shown: Progress, asked: Asked, total: int) -> Tell:
    """Say who has ended, a line each, and on a terminal who is at work."""

    def tell(standing: Standing) -> None:
        count = f"{standing.ended} of {total}"
        if standing.over is not None:
            row = to_row(standing.over, asked)
            log.info("org", org=row.org, result=row.result, exit=int(row.exit))
            shown.tell(f"{row.org}: {row.result} ({count})")
        if standing.running:
            word = "stopping" if standing.stopping else "at work"
            shown.stand(f"{word}: {', '.join(standing.running)} ({count} ended)")

    return tell
