"""`optout people`: who is there and who unsubscribed; in and out as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from deployer.commands.options import org_options
from deployer.extras import require_extra
from deployer.model.reports import Report, Table

if TYPE_CHECKING:
    from sync.people.model import HistoryEntry, Person
    from sync.people.protocol import People

_COUNTED = (
    ("imported", "rows taken"),
    ("ids_added", "Salesforce Ids added"),
    ("already", "rows known already"),
    ("kept_unsubscribed", "rows of people who stay unsubscribed, whatever the file says"),
    ("rejected", "rows rejected"),
)


@click.group("people")
def command() -> None:
    """Import, export, list and show people and their unsubscriptions."""


@command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Where rejected rows go; default: beside the input.")  # fmt: skip
@org_options
def import_file(
    file: Path,
    rejects: Path | None,
    org: str | None,
    config: Path | None,
    as_json: bool,  # noqa: FBT001 - click's signature
) -> int:
    """Take people from a CSV: person_id, email, salesforce_id, unsubscribed (and more).

    A repeated person_id adds its salesforce_id. An unsubscription is never taken back. Exits with
    1 when rows were rejected, with 2 and without a change when the file is no such CSV.
    """
    from dataclasses import asdict

    from deployer.reporting.console import finish

    rejects = rejects or file.with_name(f"{file.name.removesuffix('.csv')}.rejected.csv")
    require_extra("sync", "the people store")
    from deployer.clock import SystemClock
    from deployer.settings.loading import load
    from sync.commands.watching import watching
    from sync.people.importing import import_people
    from sync.people.opening import open_importable

    settings = load(config)
    with (
        closing(open_importable(settings, settings.pick_org(org), SystemClock())) as people,
        watching(as_json=as_json) as tell,
    ):
        counts = asdict(import_people(people, file, rejects, tell))
    rejected = counts["rejected"]
    said = [f"{what} {counts[name]:,}" for name, what in _COUNTED if counts[name]]
    lines = [", ".join(said) or "there is nobody in this file"]
    if counts["imported"]:
        lines.append(
            "opt-outs among them reach the org with the next night (the first: optout sync adopt)"
        )
    if rejected:
        lines.append(f"next: {rejects} says why; correct the rows and import them")
    report = Report(
        headline=tuple(lines),
        document={**counts, "reject_file": str(rejects) if rejected else None},
        exit=1 if rejected else 0,
    )
    return finish(report, as_json=as_json)


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--for-people", is_flag=True,
              help="Quote what a spreadsheet would run as a formula; not for import.")  # fmt: skip
@org_options
def export_file(
    file: Path,
    for_people: bool,  # noqa: FBT001 - click's signature
    org: str | None,
    config: Path | None,
    as_json: bool,  # noqa: FBT001 - click's signature
) -> int:
    """Write everybody to a CSV that import takes back, a line for each Salesforce Id."""
    from deployer.reporting.console import finish

    with _open(org, config) as people:
        from sync.people.exporting import Reader, export_people

        reader = Reader.PEOPLE if for_people else Reader.IMPORT
        count = export_people(people.everybody(), file, reader)
    said = f"wrote {_people(count)} to {file}"
    report = Report(headline=(said,), document={"exported": count, "file": str(file)})
    return finish(report, as_json=as_json)


@command.command("list")
@click.option("--unsubscribed", is_flag=True, help="Only those who unsubscribed.")
@org_options
def list_people(
    unsubscribed: bool,  # noqa: FBT001 - click's signature
    org: str | None,
    config: Path | None,
    as_json: bool,  # noqa: FBT001 - click's signature
) -> int:
    """List people, or only those who unsubscribed."""
    from deployer.reporting.console import finish

    with _open(org, config) as people:
        found = list(people.opted_out() if unsubscribed else people.everybody())
    said = f"{_people(len(found))}{', all unsubscribed' if unsubscribed else ''}"
    return finish(_to_report(found, said), as_json=as_json)


@command.command("show")
@click.argument("who", metavar="PERSON")
@org_options
def show(who: str, org: str | None, config: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click's signature
    """Show a person by person_id, Salesforce Id or e-mail address."""
    from deployer.reporting.console import finish

    with _open(org, config) as people:
        found = _look_up(people, who)
    if not found:
        said = "nobody is kept under this name; optout people list shows who is"
        report = Report(headline=(said,), document={"people": []}, exit=1)
        return finish(report, as_json=as_json)
    return finish(_to_report(found, _people(len(found))), as_json=as_json)


@command.command("history")
@click.argument("person_id")
@org_options
def history(person_id: str, org: str | None, config: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click's signature
    """Show what happened to a person, the oldest first."""
    from deployer.reporting.console import finish

    with _open(org, config) as people:
        entries = people.history(person_id)
    columns = ("at", "action", "source", "reason", "by")
    lines = [_entry(entry) for entry in entries]
    rows = tuple(tuple(line.values()) for line in lines)
    report = Report(
        headline=() if entries else ("nothing is known of this person",),
        tables=(Table("history", columns, rows),),
        document={"person_id": person_id, "history": lines},
        exit=0 if entries else 1,
    )
    return finish(report, as_json=as_json)


@contextmanager
def _open(org: str | None, config: Path | None) -> Iterator[People]:
    """The people store of the org named, or of the only one."""
    require_extra("sync", "the people store")
    from deployer.clock import SystemClock
    from deployer.settings.loading import load
    from sync.people.opening import open_people

    settings = load(config)
    people = open_people(settings, settings.pick_org(org), SystemClock())
    try:
        yield people
    finally:
        people.close()


def _look_up(people: People, who: str) -> list[Person]:
    from sync.people.model import to_record_id

    if found := people.find([who]):
        return found
    record_id = to_record_id(who)
    return people.holders([record_id]) if record_id else people.find_email(who)


def _to_report(people: list[Person], said: str) -> Report:
    lines = [_person(person) for person in people]
    columns = ("person_id", "email", "salesforce_ids", "unsubscribed", "unsubscribed_at", "source",
               "reason")  # fmt: skip
    rows = tuple(tuple(_cell(line[name]) for name in columns) for line in lines)
    return Report((said,), tables=(Table("people", columns, rows),), document={"people": lines})


def _person(person: Person) -> dict[str, Any]:
    from sync.people.moments import to_text

    at = to_text(person.unsubscribed_at) if person.unsubscribed_at else None
    return {
        "person_id": person.person_id,
        "email": person.email,
        "salesforce_ids": list(person.salesforce_ids),
        "unsubscribed": person.unsubscribed,
        "unsubscribed_at": at,
        "source": person.source,
        "reason": person.reason,
    }


def _entry(entry: HistoryEntry) -> dict[str, str]:
    from sync.people.moments import to_text

    return {
        "at": to_text(entry.at),
        "action": entry.action.value,
        "source": entry.source,
        "reason": entry.reason,
        "by": entry.by,
    }


def _people(count: int) -> str:
    return "1 person" if count == 1 else f"{count:,} people"


def _cell(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value) or "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "-")
