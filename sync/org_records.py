"""The org's side of an opt-out: ticking records, and finding out what an id stands for now."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from deployer.salesforce.answers import rows, text
from deployer.salesforce.client import Connection, Writer
from deployer.salesforce.records import (
    ROWS_PER_CALL,
    RecordChange,
    RowOutcome,
    RowState,
    fetch_records,
    fetch_records_by,
    lots,
    send_lot,
)
from deployer.settings.record_ids import to_18
from sync.fields import name_on, object_of
from sync.ledger.aliases import Alias, AliasKind

_BINNED = ("IsDeleted", "MasterRecordId", "SystemModstamp")
_ACCOUNT = "its account"  # no column: put in by _add_accounts


class Fate(Enum):
    """What an id stands for now."""

    LIVE = "live"
    MOVED = "moved"  # merged, converted, or the Contact side of a person account
    GONE = "gone"  # shown as deleted, with nothing in its place
    NOT_FOUND = "not-found"  # invisible to us, or purged: no evidence either way
    NOBODY = "nobody"  # an Account, in an org without person accounts: nothing to write to


@dataclass(frozen=True, slots=True)
class Record:
    """What the org shows of one id; `ticked` when every field that is wanted of it is.

    `boxes` are those of them that are ticked, by their names on its object; `stamp` is its
    SystemModstamp as the org wrote it, `parent` the Account that a write of it locks too.
    """

    record_id: str
    fate: Fate
    ticked: bool = False
    alias: Alias | None = None
    boxes: tuple[str, ...] = ()
    stamp: str = ""
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides how records are read here.

    `parents` says whether this user sees which Account a Contact belongs to: field security may
    hide it, and it is no more than useful.
    """

    person_accounts: bool
    parents: bool = False

    def has(self, record_id: str) -> bool:
        """Whether such an id can stand for a person here: an Account only as person account."""
        return object_of(record_id) != "Account" or self.person_accounts


@dataclass(frozen=True, slots=True)
class OrgDoor:
    """A logged-in client, and what decides how records are read and written with it."""

    writer: Writer
    shape: Shape


def open_door(writer: Writer) -> OrgDoor:
    """Look at the org once before its records are read and written. Errors: as any read."""
    return OrgDoor(writer, fetch_shape(writer))


def fetch_shape(connection: Connection) -> Shape:
    """Whether the org has person accounts: only then has Contact the field IsPersonAccount."""
    fields = rows(connection.describe("Contact").get("fields"), "the fields of Contact")
    names = {text(field, "name") for field in fields}
    return Shape(person_accounts="IsPersonAccount" in names, parents="AccountId" in names)


def send_ticks(
    door: OrgDoor, fields: Mapping[str, Collection[str]], most: int = ROWS_PER_CALL
) -> Iterator[list[RowOutcome]]:
    """Tick each record's fields, at most `most` a call; one outcome for each record, in no order.

    What can stand for nobody here is not sent, and refused. Errors: as `send_lot`.
    """
    yield [refused_unsent(each) for each in fields if not door.shape.has(each)]
    changes = [
        RecordChange(
            object_of(each), each, {name_on(object_of(each), f): True for f in sorted(wanted)}
        )
        for each, wanted in fields.items()
        if door.shape.has(each)
    ]
    for lot in lots(changes, most):
        yield send_lot(door.writer, [changes[number] for number in lot])


def refused_unsent(record_id: str) -> RowOutcome:
    """The outcome of a row that was not sent; the record's fate says why."""
    return RowOutcome(record_id, RowState.REFUSED)


def fetch_fates(
    connection: Connection, shape: Shape, fields: Mapping[str, Collection[str]]
) -> dict[str, Record]:
    """What each id stands for now, the bin included, and whether its fields are ticked.

    Errors: as any query.
    """
    found: dict[str, Record] = {}
    for sobject, named in _by_object([each for each in fields if shape.has(each)]).items():
        asked = sorted({name_on(sobject, field) for each in named for field in fields[each]})
        columns = _columns(sobject, shape, asked)
        rows = fetch_records(connection, sobject, named, columns, deleted=True)
        _add_accounts(connection, rows)
        for row in rows:
            record_id = str(to_18(str(row["Id"])))
            wanted = [name_on(sobject, field) for field in fields[record_id]]
            found[record_id] = _record(record_id, row, wanted)
    return {each: found.get(each, Record(each, _absent(shape, each))) for each in fields}


def living(door: OrgDoor, ids: Collection[str]) -> set[str]:
    """Those of the ids that are live records. Errors: as any query."""
    fates = fetch_fates(door.writer, door.shape, dict.fromkeys(ids, ()))
    return {each for each in ids if fates[each].fate is Fate.LIVE}


def _absent(shape: Shape, record_id: str) -> Fate:
    return Fate.NOT_FOUND if shape.has(record_id) else Fate.NOBODY


def _add_accounts(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Give the Contact side of a person account its Account.

    Asked of the Account: field security may hide Contact.AccountId, and no one needs it to write.
    """
    sides = [str(row["Id"]) for row in rows if row.get("IsPersonAccount")]
    if sides:
        asked = fetch_records_by(connection, "Account", "PersonContactId", sides)
        accounts = {str(row["PersonContactId"]): row["Id"] for row in asked}
        for row in rows:
            row[_ACCOUNT] = accounts.get(str(row["Id"]), "")


def _by_object(ids: Collection[str]) -> dict[str, list[str]]:
    sorted_out: dict[str, list[str]] = {}
    for each in sorted(ids):
        sorted_out.setdefault(object_of(each), []).append(each)
    return sorted_out


def _columns(sobject: str, shape: Shape, fields: Sequence[str]) -> list[str]:
    more = {
        "Contact": [
            *(["IsPersonAccount"] if shape.person_accounts else []),
            *(["AccountId"] if shape.parents else []),
        ],
        "Lead": ["IsConverted", "ConvertedContactId"],
        "Account": [],
    }
    return [*_BINNED, *more[sobject], *fields]


def _record(record_id: str, row: Mapping[str, Any], fields: Sequence[str]) -> Record:
    boxes = tuple(field for field in fields if row.get(field) is True)
    shown = Record(
        record_id,
        Fate.GONE if row.get("IsDeleted") else Fate.LIVE,
        ticked=len(boxes) == len(fields),
        boxes=boxes,
        stamp=str(row.get("SystemModstamp") or ""),
        parent=str(row.get("AccountId") or ""),
    )
    for kind, column, applies in (
        (AliasKind.MERGE, "MasterRecordId", bool(row.get("MasterRecordId"))),
        (AliasKind.CONVERSION, "ConvertedContactId", bool(row.get("IsConverted"))),
        (AliasKind.PERSON_ACCOUNT, _ACCOUNT, bool(row.get("IsPersonAccount"))),
    ):
        live_id = to_18(str(row.get(column) or ""))
        if applies and live_id:
            return replace(shown, fate=Fate.MOVED, alias=Alias(record_id, live_id, kind))
    return shown
