"""`optout sync check`: what both sides and the ledger say of one person."""

from __future__ import annotations

from pathlib import Path

import click

from deployer.commands.options import org_options
from deployer.errors import Exit, OptoutError
from deployer.model.reports import Report, Table
from deployer.reporting.console import finish
from sync.checking import Known, fetch_checked, find_known, to_document
from sync.commands.drains import to_findings
from sync.desk import Ask, open_desk
from sync.org_records import Record
from sync.pushing import to_problem


@click.command("check")
@click.argument("who", metavar="EMAIL|ID")
@org_options
def command(*, who: str, org: str | None, config: Path | None, as_json: bool) -> int:
    """Show what people, ledger and org say of one person; nothing is changed.

    WHO is an e-mail address, a person_id or a Salesforce Id. Exits with 1 when nobody is known by
    it, with 4 when the org could not be asked.
    """
    with open_desk(Ask(org, config, as_json)) as desk:
        people = desk.open_people()
        known = find_known(desk.ledger, people, who)
        problems: list[OptoutError] = []
        records: dict[str, Record] | None = {}
        if known.record_ids:
            try:
                connection = desk.open_reading(people)
                records = fetch_checked(connection, known.record_ids, desk.sync.fields)
            except OptoutError as away:
                records, problems = None, [away]
        report = _to_report(known, records, problems)
        return finish(report, as_json=as_json)


def _to_report(
    known: Known, records: dict[str, Record] | None, problems: list[OptoutError]
) -> Report:
    document = to_document(known, records)
    people = tuple((p.person_id, " ".join(p.salesforce_ids) or "-", _yes(opted_out=p.unsubscribed))
                   for p in known.persons)  # fmt: skip
    org = tuple((r.record_id, r.fate.value, _yes(opted_out=r.ticked))
                for r in (records or {}).values())  # fmt: skip
    rows = tuple((row.side or "-", row.key or "-", row.state, row.received_at, row.code or "-")
                 for row in known.open_rows)  # fmt: skip
    asked = tuple((str(r.id), r.at, r.by, r.state.value) for r in known.resubscribes)
    return Report(
        headline=(_said(known, records),),
        tables=(
            Table("people", ("person_id", "salesforce ids", "opted out"), people),
            Table("org", ("record", "is", "opted out"), org),
            Table("still to be applied", ("side", "key", "state", "received", "code"), rows),
            Table("resubscribes", ("id", "at", "by", "state"), asked),
        ),
        findings=tuple(to_findings(problems)),
        document={**document, "problems": [to_problem(problem) for problem in problems]},
        exit=int(_exit(known, records)),
    )


def _exit(known: Known, records: dict[str, Record] | None) -> Exit:
    if records is None:
        return Exit.COULD_NOT_TELL
    return Exit.DONE if known.persons or known.record_ids or known.open_rows else Exit.SAID_NO


def _said(known: Known, records: dict[str, Record] | None) -> str:
    if records is None:
        return "the org could not be asked"
    if _exit(known, records) is Exit.SAID_NO:
        return "nobody is known by this person_id, e-mail address or Salesforce Id"
    people = "1 person" if len(known.persons) == 1 else f"{len(known.persons)} people"
    kept = "1 record" if len(records) == 1 else f"{len(records)} records"
    return f"{people}, {kept}, {len(known.open_rows)} still to be applied"


def _yes(*, opted_out: bool) -> str:
    return "yes" if opted_out else "no"
