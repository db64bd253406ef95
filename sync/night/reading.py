"""What the org holds tonight: ticked records and dead ids, streamed from bulk queries."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deployer.errors import OrgSaidNo
from deployer.salesforce.bulk import (
    JobKind,
    create_query_job,
    read_rows,
    save_query_results,
    wait_for_job,
)
from deployer.salesforce.soql import bind
from deployer.settings.record_ids import to_18
from sync.fields import name_on
from sync.ledger.aliases import Alias, AliasKind
from sync.ledger.ledger import from_text, to_text
from sync.night.means import Night
from sync.org_records import OrgDoor

# Rows can become visible after their SystemModstamp says so: read a day twice.
OVERLAP = timedelta(days=1)
_CONVERTED = ("IsConverted", "ConvertedContactId")
# That a bulk query may ask the contact a lead became what it is, is unverified.
_INTO_PERSON = ("ConvertedAccountId", "ConvertedContact.IsPersonAccount")
_PAIR = ("PersonContactId",)
_CHANGED = "SystemModstamp"


@dataclass(frozen=True, slots=True)
class Query:
    """One bulk query, all rows in the bin included; `wanted` are columns that are to be ticked."""

    name: str
    soql: str
    wanted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """One row: `ticked` when it came from a query for ticked records.

    `settled` when nothing is to be written to it: it is live, and every field is ticked. `version`
    is the id of the row that said so and when the org last changed it, of ticked ones only.
    """

    record_id: str
    ticked: bool
    settled: bool
    alias: Alias | None
    version: tuple[str, str] = ("", "")


def queries(door: OrgDoor, fields: tuple[str, ...], harvested_at: str) -> list[Query]:
    """What to ask: ticked records, and ids that died since the last harvest ("" for ever).

    The first field alone says who is opted out; the others are read of those only.
    """
    since = ""
    if harvested_at:
        since = bind(" AND SystemModstamp >= :since", since=from_text(harvested_at) - OVERLAP)
    ended = "(IsConverted = true OR MasterRecordId != null)"
    converted = (*_CONVERTED, *(_INTO_PERSON if door.shape.person_accounts else ()))
    asked = [
        _ticked("contacts", "Contact", (), fields),
        _ticked("leads", "Lead", converted, fields),
        _query("merged-contacts", "Contact", (), f"MasterRecordId != null{since}"),
        _query("ended-leads", "Lead", converted, f"{ended}{since}"),
    ]
    if door.shape.person_accounts:
        # Pairs that are neither ticked nor merged need no harvest: a write to the Contact side is
        # refused, and then looked up.
        merged = f"IsPersonAccount = true AND MasterRecordId != null{since}"
        asked += [
            _ticked("accounts", "Account", _PAIR, fields),
            _query("merged-accounts", "Account", _PAIR, merged),
        ]
    return asked


def _ticked(name: str, sobject: str, columns: tuple[str, ...], fields: tuple[str, ...]) -> Query:
    chosen, *beside = [name_on(sobject, field) for field in fields]
    where = f"{'IsPersonAccount = true AND ' if sobject == 'Account' else ''}{chosen} = true"
    query = _query(f"ticked-{name}", sobject, (*columns, _CHANGED, *beside), where)
    return replace(query, wanted=tuple(beside))


def _query(name: str, sobject: str, columns: tuple[str, ...], where: str) -> Query:
    listed = ", ".join(("Id", "IsDeleted", "MasterRecordId", *columns))
    return Query(name, f"SELECT {listed} FROM {sobject} WHERE {where}")  # noqa: S608 - SOQL of API names


@dataclass(frozen=True, slots=True)
class Answer:
    """What one query found; `asked_at` is when it was asked, by the org's own clock."""

    asked_at: datetime | None
    found: Iterator[Found]


def fetch_answers(night: Night, asked: list[Query]) -> Iterator[Answer]:
    """The answers, each to be read before the next; all queries are begun before one is waited for.

    Errors: OrgSaidNo when a query failed in the org; as any read.
    """
    jobs = []
    for query in asked:
        job_id = create_query_job(night.door.writer, query.soql, deleted=True)
        night.work.query_jobs += 1
        night.note_job(job_id, "query", query.name)
        jobs.append((query, job_id))
    for number, (query, job_id) in enumerate(jobs, 1):
        night.tell(f"reading both sides: {query.name}, {number} of {len(jobs)}")
        job = wait_for_job(
            night.door.writer, JobKind.QUERY, job_id, night.ledger.clock, lambda _job: night.alive()
        )
        if job.state != "JobComplete":
            raise OrgSaidNo(
                f"the org could not answer a bulk query ({query.name}): {job.error_message}",
                where=job.id,
                hint="nothing was written; optout sync nightly --force tries again",
                org_code=job.error_code,
            )
        files = save_query_results(night.door.writer, job, night.folder / query.name)
        night.work.result_pages += max(1, len(files))
        rows = (row for file in files for row in read_rows(file))
        yield Answer(job.created_at, (found for row in rows for found in _found(row, query)))
        night.end_job(job_id)


def _found(row: dict[str, str], query: Query) -> Iterator[Found]:
    record_id, ticked = str(to_18(row["Id"])), query.name.startswith("ticked")
    dead = _dead_alias(row, record_id)
    live = row["IsDeleted"] == "false" and dead is None
    settled = live and all(row[column] == "true" for column in query.wanted)
    version = (record_id, to_text(from_text(row[_CHANGED]))) if ticked else ("", "")
    yield Found(record_id, ticked, settled, dead, version)
    contact = to_18(row.get("PersonContactId", ""))
    if contact:
        side = Alias(contact, record_id, AliasKind.PERSON_ACCOUNT)
        yield Found(contact, ticked, settled, side, version)


def _dead_alias(row: dict[str, str], record_id: str) -> Alias | None:
    person = row.get("ConvertedContact.IsPersonAccount") == "true"
    for kind, column, applies in (
        (AliasKind.MERGE, "MasterRecordId", True),
        (AliasKind.CONVERSION, "ConvertedAccountId", person),
        (AliasKind.CONVERSION, "ConvertedContactId", row.get("IsConverted") == "true"),
    ):
        live_id = to_18(row.get(column, ""))
        if applies and live_id:
            return Alias(record_id, live_id, kind)
    return None
