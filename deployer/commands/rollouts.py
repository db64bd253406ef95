"""What deploy, restore, remove and uninstall share: options, the question, the desk to work at."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from deployer.clock import Clock, SystemClock
from deployer.commands.options import check_production, confirm, open_connection
from deployer.errors import UsageError
from deployer.logs import Run
from deployer.model.plans import Plan
from deployer.planning.from_org import Asker, fetch_stamps
from deployer.reporting.console import write_report
from deployer.reporting.plans import to_report
from deployer.reporting.progress import Progress, progress
from deployer.reporting.results import Result
from deployer.rollout.desk import Desk, Fresh, Options
from deployer.rollout.journal import Journal
from deployer.salesforce.client import Writer
from deployer.state import home

DEFAULT_WAIT_MIN = 33
TEST_LEVELS = (
    "NoTestRun",
    "RunSpecifiedTests",
    "RunLocalTests",
    "RunAllTestsInOrg",
    "RunRelevantTests",
)


@dataclass(frozen=True, slots=True)
class DeployWords:
    """The option values that say how to deploy."""

    run_id: str
    yes: bool
    production: bool
    check_only: bool
    wait_min: int
    go_on: bool = True
    test_level: str | None = None
    tests: tuple[str, ...] = ()


_SHARED = (
    click.option("--yes", is_flag=True, help="Do not ask; needed without a terminal."),
    click.option("--production", is_flag=True, help="Needed to change a production org."),
    click.option("--check-only", is_flag=True, help="Let the org validate it; change nothing."),
    click.option(
        "--wait", "wait_min", type=click.IntRange(min=0), metavar="MINUTES",
        help=f"How long to wait for the org (default: {DEFAULT_WAIT_MIN}).",
    ),
)  # fmt: skip
_DEPLOY_ONLY = (
    click.option("--async", "later", is_flag=True, help="Do not wait; exit 69 with the job's id."),
    click.option(
        "--test-level", type=click.Choice(TEST_LEVELS),
        help="Which Apex tests to run (default: none is sent, the org decides).",
    ),
    click.option("--tests", metavar="CLASS", multiple=True, help="Tests for RunSpecifiedTests."),
)  # fmt: skip


def deploy_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add deploy's options and hand the command one `words`."""
    return _with_words(command, (*_SHARED, *_DEPLOY_ONLY))


def change_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options of restore, remove and uninstall and hand the command one `words`."""
    return _with_words(command, _SHARED)


def _with_words(
    command: Callable[..., Any], options: tuple[Callable[..., Any], ...]
) -> Callable[..., Any]:
    @click.pass_obj
    @functools.wraps(command)
    def with_words(run: Run, /, **values: Any) -> Any:
        names = ("yes", "production", "check_only", "test_level", "tests")
        given = {name: values.pop(name) for name in names if name in values}
        words = DeployWords(
            run_id=run.run_id,
            wait_min=_wait_min(values.pop("wait_min"), values["config"]),
            go_on=not values.pop("later", False),
            **given,
        )
        return command(words=words, **values)

    wrapped: Callable[..., Any] = with_words
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


def _wait_min(flag: int | None, config: Path | None) -> int:
    from deployer.settings.loading import load

    return int(load(config).resolve(flags={"wait": flag})["wait"].value)


def begin(words: DeployWords) -> None:
    """Refuse, before anything is asked of the org, what can be refused already.

    Errors: UsageError without a terminal and without --yes, or for tests without their level.
    """
    if words.tests and words.test_level != "RunSpecifiedTests":
        raise UsageError(
            "--tests needs --test-level RunSpecifiedTests",
            where="--tests",
            hint="add --test-level RunSpecifiedTests, or leave --tests away",
        )
    if words.test_level == "RunSpecifiedTests" and not words.tests:
        raise UsageError(
            "RunSpecifiedTests needs at least one test class",
            where="--test-level",
            hint="name the classes with --tests",
        )
    if not words.check_only and not words.yes:
        confirm_possible()


def confirm_possible() -> None:
    """Errors: UsageError when nobody is at a terminal to answer the question."""
    if not sys.stdin.isatty():
        raise UsageError(
            "this would change the org, and nobody is here to be asked",
            where="--yes",
            hint="add --yes to the command",
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a command works, and how it was asked to."""

    org: str | None
    config: Path | None
    as_json: bool


@contextmanager
def at_desk(place: Place, words: DeployWords) -> Iterator[tuple[Desk, Callable[[Plan], None]]]:
    """Open the org to deploy from this machine: the desk, and the question to ask about a plan.

    Errors: UsageError before anything is asked of the org when nobody could answer the question;
    for a production org without --production.
    """
    begin(words)
    with (
        open_connection(place.org, "write", config=place.config, as_json=place.as_json) as conn,
        progress() as shown,
    ):
        if not words.check_only:
            check_production(is_sandbox=conn.org.is_sandbox, production=words.production)
        desk = make_desk(conn, shown, place.org)

        def agree(plan: Plan) -> None:
            if words.check_only or words.yes:
                return
            shown.pause()
            if not place.as_json:
                write_report(to_report(Result(plan, calls=conn.calls), 0))
            confirm(f"Apply this to {conn.org.name} ({conn.org.org_id})?", yes=False)

        yield desk, agree


def make_desk(conn: Writer, shown: Progress, org: str | None) -> Desk:
    """The desk of this machine for this org: its journal, the system's clock."""
    words = f"--org {org}" if org else ""
    return Desk(conn, Journal(home(), conn.org.org_id), SystemClock(), shown.tell, words)


def fresh_from(desk: Desk, make_plan: Callable[[Asker], Plan]) -> Fresh:
    """The org asked again: whole plans by `make_plan`, last saves by one listing."""
    asker = Asker(desk.conn, desk.clock)
    return Fresh(stamps=lambda plan: fetch_stamps(desk.conn, plan), plan=lambda: make_plan(asker))


def to_options(words: DeployWords, clock: Clock) -> Options:
    """The same words in the deploy's own terms."""
    return Options(
        deadline_s=clock.monotonic_s() + words.wait_min * 60,
        test_level=words.test_level,
        tests=words.tests,
        check_only=words.check_only,
        wait=words.go_on,
    )
