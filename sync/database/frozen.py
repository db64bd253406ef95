"""A store that has moved is never written again, by whichever program still has it open.

Two that are both written would each hold opt-outs that the other never hears of. So the old one
refuses by triggers, which older programs and those that opened it before obey, too; and the new
one is refused until the old one is known to be frozen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, insert, select, update

from deployer.errors import OrgSaidNo

_MOVED = "moved_to"
_ARRIVING = "arriving_from"
_ARRIVED = "arrived_from"
_FORMAT_BEFORE = "format_before"
# Older programs know no other reason to leave a store alone than that a newer one wrote it.
_FORMAT_OF_NO_PROGRAM = "999999999"
SAID = "this store has moved to "
WHAT_NOW = (
    "point the settings there: ledger_url under [sync] and url under [people], or their variables; "
    "then start again what has it open"
)


@dataclass(frozen=True, slots=True)
class Marks:
    """Where a store has gone, where it is coming from, and where it has come from; "" for none."""

    moved_to: str
    arriving_from: str
    arrived_from: str


def refuse_elsewhere(db: Connection, meta: Table, place: str) -> None:
    """Refuse a store that has moved, or has not arrived yet; `meta` has names and values.

    Errors: OrgSaidNo.
    """
    found = read_marks(db, meta)
    if found.moved_to:
        raise OrgSaidNo(f"{SAID}{found.moved_to}", where=place, hint=WHAT_NOW)
    if found.arriving_from:
        raise OrgSaidNo(
            f"what is being moved here from {found.arriving_from} has not all arrived",
            where=place,
            hint="with the settings as they were, run the same optout sync move: it finishes that",
        )


def read_marks(db: Connection, meta: Table) -> Marks:
    """What a move has left in this store."""
    names = (_MOVED, _ARRIVING, _ARRIVED)
    wanted = select(meta.c.name, meta.c.value).where(meta.c.name.in_(names))
    found = {row.name: row.value for row in db.execute(wanted)}
    return Marks(*(found.get(name, "") for name in names))


def note_arriving(db: Connection, meta: Table, source: str) -> None:
    """What is here is no store yet: it may turn out that the old one is still written.

    The rows may come from a store that an earlier try has frozen already.
    """
    kept = db.scalar(select(meta.c.value).where(meta.c.name == _FORMAT_BEFORE))
    if kept is not None:
        db.execute(update(meta).where(meta.c.name == "format").values(value=kept))
    db.execute(delete(meta).where(meta.c.name.in_([_MOVED, _FORMAT_BEFORE, _ARRIVED])))
    db.execute(insert(meta).values(name=_ARRIVING, value=source))


def note_arrived(db: Connection, meta: Table) -> None:
    """The old one is frozen: from here on this is the store."""
    db.execute(update(meta).where(meta.c.name == _ARRIVING).values(name=_ARRIVED))


def freeze(db: Connection, tables: Iterable[Table], meta: Table, to: str) -> None:
    """Let nobody write to these tables again, and say where they went."""
    kept = db.scalar(select(meta.c.value).where(meta.c.name == "format"))
    db.execute(update(meta).where(meta.c.name == "format").values(value=_FORMAT_OF_NO_PROGRAM))
    marks = {_MOVED: to, _FORMAT_BEFORE: kept}
    db.execute(insert(meta), [{"name": name, "value": value} for name, value in marks.items()])
    said = f"{SAID}{to}".replace("'", "''")
    make = _sqlite if db.dialect.name == "sqlite" else _postgresql
    for statement in make(said, [table.name for table in tables]):
        db.exec_driver_sql(statement)


def _sqlite(said: str, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for event in ("INSERT", "UPDATE", "DELETE"):
            yield (
                f"CREATE TRIGGER optout_moved_{name}_{event} BEFORE {event} ON {name} "
                f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            )


def _postgresql(said: str, names: Iterable[str]) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION optout_moved() RETURNS trigger LANGUAGE plpgsql AS "
        f"$moved$ BEGIN RAISE EXCEPTION USING MESSAGE = '{said}'; END $moved$"
    )
    for name in names:
        yield (
            f"CREATE TRIGGER optout_moved BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {name} "
            "FOR EACH STATEMENT EXECUTE FUNCTION optout_moved()"
        )
