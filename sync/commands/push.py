"""`optout sync push`: take unsubscribes, durably, and bring them to both sides now."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import click

from deployer.commands.options import org_options
from deployer.errors import UsageError
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report
from deployer.reporting.console import finish
from sync.commands.drains import drain_now, to_findings
from sync.database.views import reading
from sync.desk import Ask, Desk, open_desk
from sync.intake import fields_now
from sync.ledger.backlog import Standing
from sync.pushing import Line, Pushed, Refused, take_lines, tell_push, to_document, wait_for_others
from sync.webhooks.body import Arrival, to_unsubscribe
from sync.webhooks.lines import LINE_SHAPE, read_lines
from sync.webhooks.refusals import Malformed

_SELECTORS = ("person_id", "email", "salesforce_id")


@click.command("push")
@click.option("--person", "person_id", metavar="ID", help="The people store's id.")
@click.option("--email", metavar="ADDRESS", help="Everybody with this address.")
@click.option("--salesforce-id", metavar="ID", help="A Contact, Lead or person account.")
@click.option("--reason", metavar="TEXT", help="Why, kept with the person.")
@click.option("--source", metavar="TEXT", help="Through what, kept with the person.")
@org_options
def command(org: str | None, config: Path | None, *, as_json: bool, **given: str | None) -> int:
    """Take unsubscribes and bring them to both sides now.

    One person by an option, or one JSON object a line on standard input: {"person_id" | "email" |
    "salesforce_id": ..., "occurred_at", "id", "reason", "source"}. What was taken is on disk
    before anything else is tried, and is never lost. What a running server has taken up is waited
    for, a few seconds at most. Exits with 75 while some of it is still to be
    applied, with 1 when a line could not be read or a write was refused.
    """
    with open_desk(Ask(org, config, as_json)) as desk:
        pushed = _push(desk, _lines(given, desk.clock.now))
        return finish(_to_report(pushed, desk.bound().org_id), as_json=as_json)


def _push(desk: Desk, lines: Iterable[Line]) -> Pushed:
    with reading(desk.ledger.engine) as db:
        fields = fields_now(db, desk.sync.fields)
    taken = take_lines(desk.ledger, lines, fields)
    if not taken.events and not taken.malformed:
        raise _nobody()
    problems = drain_now(desk)
    if wait_for_others(desk.ledger, taken.events):
        # `optout sync serve` had some of them in its hands; what it left is ours.
        problems = drain_now(desk)
    with reading(desk.ledger.engine) as db:
        return tell_push(db, taken, problems)


def _lines(given: dict[str, str | None], now: Callable[[], datetime]) -> Iterator[Line]:
    """The one person that was typed, or standard input."""
    typed = {name: value for name, value in given.items() if value is not None}
    named = [name for name in _SELECTORS if name in typed]
    if len(named) > 1 or (typed and not named):
        raise _nobody()
    if not named:
        if sys.stdin is None or sys.stdin.isatty():
            raise _nobody()
        return read_lines(sys.stdin.buffer, now)
    return iter([_typed_line(typed, now())])


def _typed_line(typed: dict[str, str], now: datetime) -> Line:
    body = json.dumps(typed).encode()
    try:
        return 1, body, to_unsubscribe(body, Arrival(now), LINE_SHAPE)
    except Malformed as refused:
        raise UsageError(
            refused.message,
            where=f"--{refused.where.replace('person_id', 'person').replace('_', '-')}",
            hint="optout sync push --help shows what each option takes",
        ) from None


def _nobody() -> UsageError:
    return UsageError(
        "it must be said who unsubscribed, in exactly one way",
        where="optout sync push",
        hint="use one of --person, --email and --salesforce-id, or lines on standard input",
    )


_SAID = {
    Standing.APPLIED: "applied on both sides",
    Standing.OPEN: "accepted and still to be applied; it is tried again by itself",
    Standing.WAITING: "waiting for a Salesforce Id: optout people import adds it",
    Standing.HANDED_OVER: "handed over to the people side, not yet confirmed",
    Standing.QUARANTINED: "in quarantine: optout sync quarantine list",
}


def _to_report(pushed: Pushed, org_id: str) -> Report:
    taken = pushed.taken
    again = f", {taken.duplicates} known already" if taken.duplicates else ""
    lines = [f"{len(taken.new)} accepted{again}"]
    lines += [f"{pushed.standing[each]} {said}" for each, said in _SAID.items()
              if pushed.standing[each]]  # fmt: skip
    return Report(
        headline=tuple(lines),
        findings=(*map(_malformed, taken.malformed), *to_findings(pushed.problems)),
        document=to_document(pushed),
        exit=int(pushed.exit),
        org_id=org_id or None,
    )


def _malformed(refused: Refused) -> Finding:
    return Finding(
        "malformed", Severity.FAIL, f"line {refused.line}", f"{refused.where}: {refused.why}",
        "correct this line and send it again; the others were taken",
    )  # fmt: skip
