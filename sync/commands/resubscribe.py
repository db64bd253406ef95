"""`optout sync resubscribe`: somebody asked in writing to be mailed again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

import click

from deployer.commands.options import confirm, org_options
from deployer.errors import Exit, OptoutError
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report, Table
from deployer.reporting.console import finish
from sync.commands.drains import drain_now, to_findings
from sync.commands.names import by_option, reason_option
from sync.database.views import reading
from sync.desk import Ask, Desk, open_desk
from sync.fields import EMAIL_OPT_OUT
from sync.intake import fields_now
from sync.ledger.fences import ResubscribeState
from sync.pushing import to_problem
from sync.resubscribe.component import Component, Sources
from sync.resubscribe.walk import Asked, Resubscribed, resubscribe

_MARKETO = (
    "Marketo Engage syncs Email Opt Out: clearing it in Salesforce can make the person mailable "
    "there, too, with every record of the same address"
)
_SAID = {
    None: "nobody of these is opted out, and nothing is on its way: nothing was done",
    ResubscribeState.CLEARED: "cleared on both sides: they may be mailed again",
    ResubscribeState.REOPENED: "they stay opted out, since something was changed meanwhile",
    ResubscribeState.SET_BACK: "they stay opted out: one side refused, the other is set back",
}


@click.command("resubscribe")
@click.argument("who", metavar="PERSON")
@reason_option
@by_option
@click.option("--yes", is_flag=True, help="Do not ask.")
@org_options
def command(  # noqa: PLR0913 - what the command takes
    *,
    who: str,
    reason: str,
    by: str,
    yes: bool,
    org: str | None,
    config: Path | None,
    as_json: bool,
) -> int:
    """Clear one person's opt-out on both sides, because they asked in writing to be mailed again.

    PERSON is a person_id, a Salesforce Id or an e-mail address. It covers everybody and every
    record joined to them, shows them all, and asks. Until both sides have confirmed, the person
    counts as opted out. Exit 0: cleared, or nothing to clear; 1: a side refused; 75: a night or a
    push is under way, or something was changed meanwhile; nobody is opted in then.
    """
    with open_desk(Ask(org, config, as_json)) as desk:
        people = desk.open_people()
        with reading(desk.ledger.engine) as db:
            wanted = fields_now(db, desk.sync.fields)
        fields = tuple(dict.fromkeys((*desk.sync.fields, *wanted)))
        sources = Sources(desk.ledger, people, desk.open_door(people), fields)

        def agree(component: Component) -> None:
            if not yes:
                click.echo("\n".join(_shown(component, fields)), err=True)
            confirm("Clear the opt-out of all of them?", yes=yes)

        ended = resubscribe(sources, Asked(who, by, reason, agree), secrets.token_hex(8))
        back = _set_back_now(desk, ended)
        return finish(_to_report(desk, ended, fields, back), as_json=as_json)


def _set_back_now(desk: Desk, ended: Resubscribed) -> Sequence[OptoutError]:
    """What was cleared is to be opted out again at once, not at the next drain."""
    if ended.state in (None, ResubscribeState.CLEARED):
        return ()
    return drain_now(desk)


def _shown(component: Component, fields: tuple[str, ...]) -> list[str]:
    lines = ["this covers:"]
    lines += [f"  {side:<7} {key:<20} {what}" for side, key, what in _rows(component)]
    lines.append(f"fields: {', '.join(fields)}")
    return [*lines, _MARKETO] if EMAIL_OPT_OUT in fields else lines


def _rows(component: Component) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (m.side.value, m.key, "opted out" if m.opted_out else m.standing.value)
        for m in sorted(component.members.values(), key=lambda m: (m.side.value, m.key))
    )


def _to_report(
    desk: Desk, ended: Resubscribed, fields: tuple[str, ...], back: Sequence[OptoutError]
) -> Report:
    rows = _rows(ended.component)
    findings = [*to_findings(back)]
    if ended.state is not None and EMAIL_OPT_OUT in fields:
        findings.append(Finding("marketo", Severity.WARN, EMAIL_OPT_OUT, _MARKETO,
                                "see in Marketo whether that is meant"))  # fmt: skip
    return Report(
        headline=(_SAID[ended.state], *([f"  {ended.detail}"] if ended.detail else [])),
        tables=(Table("covered", ("side", "key", "was"), rows),),
        findings=tuple(findings),
        document={
            "state": ended.state.value if ended.state else None,
            "detail": ended.detail or None,
            "fields": list(fields),
            "covered": [{"side": side, "key": key, "was": was} for side, key, was in rows],
            "problems": [
                to_problem(p) for p in (*([ended.problem] if ended.problem else ()), *back)
            ],
        },
        exit=int(_exit(ended)),
        org_id=desk.bound().org_id or None,
    )


def _exit(ended: Resubscribed) -> Exit:
    if ended.problem is not None:
        return ended.problem.exit
    return Exit.TRY_LATER if ended.state is ResubscribeState.REOPENED else Exit.DONE
