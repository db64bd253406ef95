"""What people, ledger and org say of one person; reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from deployer.salesforce.client import Connection
from sync.database.views import reading
from sync.ledger.aliases import last_ids
from sync.ledger.ledger import Ledger
from sync.ledger.open_rows import OpenRow, read_open_rows
from sync.ledger.resubscribes import Resubscribe, resubscribes_of
from sync.org_records import Record, fetch_fates, fetch_shape
from sync.people.model import Person, to_record_id
from sync.people.protocol import People
from sync.spread import close_over


@dataclass(frozen=True, slots=True)
class Known:
    """What is known on this machine: everybody joined by ids, and what is still to be applied.

    `record_ids` are all ids to ask the org for, aliases followed; `resubscribes` are those that
    cover any of this, the oldest first.
    """

    persons: Sequence[Person]
    record_ids: tuple[str, ...]
    open_rows: Sequence[OpenRow]
    resubscribes: Sequence[Resubscribe] = ()


def find_known(ledger: Ledger, people: People, who: str) -> Known:
    """Look up a person_id, a Salesforce Id (15 or 18 characters) or an e-mail address."""
    record_id = to_record_id(who)
    persons = people.find([who]) or (
        people.holders([record_id]) if record_id else people.find_email(who)
    )
    everybody = close_over(people, persons)
    ids = {i for person in everybody for i in person.salesforce_ids} | (
        {record_id} if record_id else set()
    )
    with reading(ledger.engine) as db:
        ids |= set(last_ids(db, ids).values())
        keys = ids | {person.person_id for person in everybody} | {who}
        return Known(
            everybody, tuple(sorted(ids)), read_open_rows(db, keys), resubscribes_of(db, keys)
        )


def fetch_checked(
    connection: Connection, ids: Collection[str], fields: Sequence[str]
) -> dict[str, Record]:
    """What the org says of each id. Errors: as any query."""
    if not ids:
        return {}
    return fetch_fates(connection, fetch_shape(connection), dict.fromkeys(ids, fields))


def to_document(known: Known, records: dict[str, Record] | None) -> dict[str, Any]:
    """The answer as --json shows it; `records` is None when the org could not be asked."""
    return {
        "people": [
            {
                "person_id": person.person_id,
                "salesforce_ids": list(person.salesforce_ids),
                "unsubscribed": person.unsubscribed,
                "unsubscribed_at": person.unsubscribed_at,
                "source": person.source,
            }
            for person in known.persons
        ],
        "org": None if records is None else [
            {
                "record_id": record.record_id,
                "is": record.fate.value,
                "opted_out": record.ticked,
                "lives_on_as": record.alias.live_id if record.alias else None,
            }
            for record in records.values()
        ],
        "ledger": [
            {
                "side": row.side,
                "key": row.key,
                "state": row.state,
                "received_at": row.received_at,
                "next_at": row.next_at,
                "code": row.code or None,
                "detail": row.detail,
            }
            for row in known.open_rows
        ],
        "resubscribes": [_resubscribe(one) for one in known.resubscribes],
    }  # fmt: skip


def _resubscribe(one: Resubscribe) -> dict[str, Any]:
    return {
        "id": one.id,
        "at": one.at,
        "by": one.by,
        "reason": one.reason,
        "state": one.state.value,
        "detail": one.detail or None,
    }
