"""A store moves into another database whole, and the one it leaves is never written again.

The rows are copied while nobody can write to the old store, into a new one that nobody accepts
yet; then the old one is frozen; then the new one is accepted. Whatever stops this in between
leaves one store in use or none, never two, and the same move finishes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Table, func, select

from deployer.errors import UsageError
from sync.database.copying import copy_tables, empty_tables
from sync.database.frozen import SAID, freeze, note_arrived, note_arriving, read_marks
from sync.database.telling import called
from sync.database.views import reading
from sync.ledger.fences import count_held
from sync.ledger.lease import LEASE_S, Busy
from sync.ledger.ledger import Ledger, note, refuse_newer
from sync.ledger.tables import LEASES, META, METADATA, TARGETS, WORKERS
from sync.people.tables import own_tables


@dataclass(frozen=True, slots=True)
class Moving:
    """One store on its way: from where, to where, and its tables as `copy_tables` wants them."""

    source: Engine
    target: Engine
    tables: Sequence[Table]
    meta: Table


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows of each table went; `finished` says that an earlier move only had to end."""

    rows: dict[str, int]
    finished: bool = False


def ledger_moving(source: Engine, target: Engine) -> Moving:
    """The ledger on its way."""
    return Moving(source, target, METADATA.sorted_tables, META)


def people_moving(source: Engine, target: Engine) -> Moving:
    """People in tables of our own, on their way."""
    tables = own_tables()
    return Moving(source, target, tables.ours, tables.meta)


def move(ledger: Moving, others: Sequence[Moving], time: Ledger, by: str) -> Moved:
    """Move the ledger, and what moves with it; again after it was stopped, which finishes it.

    `time` says what time it is as a ledger writes it. Errors: Busy while somebody is at work;
    UsageError for a target that holds anything; nothing is moved then.
    """
    stores = [ledger, *others]
    for store in stores:
        for engine in (store.source, store.target):
            store.tables[0].metadata.create_all(engine, tables=list(store.tables))
    _refuse_newer(ledger.source)
    rows: dict[str, int] = {}
    finished = _is_left(stores)
    if not finished:
        with _all_held(stores) as held:
            refuse_busy(held[0][0], time)
            for store, (source, target) in zip(stores, held, strict=True):
                rows |= _copy(store, source, target)
            detail = f"{called(ledger.source)} -> {called(ledger.target)}"
            note(held[0][1], time.now(), by, "move", detail)
            _change_over(stores, held)
    for store in reversed(stores):  # the ledger last: with it the new stores begin to be used
        with store.target.begin() as target:
            note_arrived(target, store.meta)
    return Moved(rows, finished)


def _refuse_newer(source: Engine) -> None:
    with reading(source) as db:
        if not read_marks(db, META).moved_to:
            refuse_newer(db, called(source))


def _change_over(stores: Sequence[Moving], held: Sequence[tuple[Connection, Connection]]) -> None:
    """First what was copied is kept, then what it was copied from is frozen, the ledger last."""
    for _, target in held:
        target.commit()
    for store, (source, _) in reversed(list(zip(stores, held, strict=True))):
        if not read_marks(source, store.meta).moved_to:
            freeze(source, store.tables, store.meta, called(store.target))
        source.commit()


@contextmanager
def _all_held(stores: Sequence[Moving]) -> Iterator[list[tuple[Connection, Connection]]]:
    """Every source and target, in a writing transaction each: nobody else writes meanwhile."""
    with ExitStack() as opened:
        pairs = []
        for store in stores:
            source, target = (
                opened.enter_context(engine.connect()) for engine in (store.source, store.target)
            )
            for connection in (source, target):
                connection.begin()
                _be_patient(connection)
            pairs.append((source, target))
        yield pairs


def _be_patient(connection: Connection) -> None:
    """One of them is silent while the other is copied, for as long as that takes."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL idle_in_transaction_session_timeout = 0")


def _is_left(stores: Sequence[Moving]) -> bool:
    """Whether an earlier move froze them all, and stopped before the new ones were accepted."""
    for store in stores:
        with store.source.begin() as source, store.target.begin() as target:
            gone, come = read_marks(source, store.meta), read_marks(target, store.meta)
        # Where neither is noted, what had arrived is gone: then it is copied again.
        from_here = called(store.source) in {come.arriving_from, come.arrived_from}
        if gone.moved_to != called(store.target) or not from_here:
            return False
    return True


def _copy(store: Moving, source: Connection, target: Connection) -> dict[str, int]:
    _refuse_gone(store, source)
    _refuse_used(store, target)
    empty_tables(target, store.tables)
    rows = copy_tables(source, target, store.tables)
    note_arriving(target, store.meta, called(store.source))
    return rows


def refuse_busy(db: Connection, time: Ledger) -> None:
    """Errors: Busy while a night, a drain, a resubscribe or a worker is at work in this ledger."""
    now = time.now()
    leases = select(func.count()).select_from(LEASES).where(LEASES.c.expires_at > now)
    claims = select(func.count()).select_from(TARGETS).where(TARGETS.c.claimed_until > now)
    heard = (
        select(func.count()).select_from(WORKERS).where(WORKERS.c.heard_at > time.later(-LEASE_S))
    )
    at_work = {
        "a nightly is under way": db.scalar(leases),
        "opt-outs are on their way to one of the sides": db.scalar(claims),
        "a resubscribe is under way": count_held(db),
        "a worker is up": db.scalar(heard),
    }
    for what, count in at_work.items():
        if count:
            raise Busy(
                f"{what}, so nothing was moved",
                hint="stop optout sync serve and what else runs, and run the same command again "
                "in two minutes",
            )


def _refuse_gone(store: Moving, source: Connection) -> None:
    gone = read_marks(source, store.meta).moved_to
    if gone not in {"", called(store.target)}:
        raise UsageError(
            f"{SAID}{gone} already, and goes on there",
            where=called(store.source),
            hint="move it on from there: set ledger_url under [sync] to it first",
        )


def _refuse_used(store: Moving, target: Connection) -> None:
    """Only what is empty, or what the same move left half done, may be written over."""
    marks = read_marks(target, store.meta)
    if marks.arriving_from == called(store.source):
        return
    rows = [each for each in store.tables if each is not store.meta]
    used = [each.name for each in rows if target.execute(select(each).limit(1)).first()]
    if used or marks.moved_to or marks.arriving_from:
        raise UsageError(
            f"there is something there already: {', '.join(used) or 'another move'}",
            where=called(store.target),
            hint="name an empty database, or another schema or file; nothing was moved",
        )
