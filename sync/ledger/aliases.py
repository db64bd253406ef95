"""Aliases: the id under which a merged, converted or person-account record lives on.

Kept for ever, since the org forgets the link when it empties the bin; they apply only while the
old id is not live.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum

from sqlalchemy import Connection, delete, insert, select

from sync.batches import batches
from sync.ledger.tables import ALIASES, GONE


class AliasKind(StrEnum):
    """Why a record lives on under another id."""

    MERGE = "merge"
    CONVERSION = "conversion"
    PERSON_ACCOUNT = "person-account"


@dataclass(frozen=True, slots=True)
class Alias:
    """`old_id` lives on as `live_id`; both have 18 characters."""

    old_id: str
    live_id: str
    kind: AliasKind


def learn(db: Connection, aliases: Iterable[Alias], now: str) -> None:
    """Keep these aliases; a newer one for the same old id replaces the former."""
    newest = {alias.old_id: alias for alias in aliases}
    for lot in batches(newest.values()):
        db.execute(delete(ALIASES).where(ALIASES.c.old_id.in_([alias.old_id for alias in lot])))
        db.execute(
            insert(ALIASES),
            [{**asdict(alias), "kind": alias.kind.value, "seen_at": now} for alias in lot],
        )


def known_aliases(db: Connection, ids: Collection[str]) -> dict[str, Alias]:
    """The alias kept for each of these ids, where there is one."""
    return {
        row.old_id: Alias(row.old_id, row.live_id, AliasKind(row.kind))
        for lot in batches(sorted(ids))
        for row in db.execute(select(ALIASES).where(ALIASES.c.old_id.in_(lot)))
    }


def last_ids(db: Connection, ids: Collection[str]) -> dict[str, str]:
    """Where each of these ids leads at last; those with no alias are left out.

    A loop, which an undelete and a merge the other way round can make, ends where it began.
    """
    step = _links(db, ids)
    found = dict(step)
    seen = {old: {old, live} for old, live in step.items()}
    while step:
        onward = _links(db, set(step.values()))
        step = {}
        for old, live in found.items():
            further = onward.get(live)
            if further is not None and further not in seen[old]:
                seen[old].add(further)
                step[old] = found[old] = further
    return found


def _links(db: Connection, ids: Collection[str]) -> dict[str, str]:
    return {old: alias.live_id for old, alias in known_aliases(db, ids).items()}


def all_aliases(db: Connection) -> list[Alias]:
    """Every alias there is."""
    return [
        Alias(row.old_id, row.live_id, AliasKind(row.kind)) for row in db.execute(select(ALIASES))
    ]


def to_last(aliases: Iterable[Alias]) -> Iterator[tuple[str, str]]:
    """Each old id with the id it leads to at last, over any number of steps; loops end."""
    step = {alias.old_id: alias.live_id for alias in aliases}
    for old, live in step.items():
        seen, here = {old}, live
        while here in step and here not in seen:
            seen.add(here)
            here = step[here]
        if here != old:
            yield old, here


def sources(db: Connection, ids: Collection[str]) -> Mapping[str, set[str]]:
    """Every old id that leads to each of these, over any number of steps."""
    found: dict[str, set[str]] = {each: set() for each in ids}
    frontier = {each: each for each in ids}
    while frontier:
        rows = [
            row
            for lot in batches(sorted(frontier))
            for row in db.execute(select(ALIASES).where(ALIASES.c.live_id.in_(lot)))
        ]
        onward = {}
        for row in rows:
            root = frontier[row.live_id]
            if row.old_id not in found[root] and row.old_id != root:
                found[root].add(row.old_id)
                onward[row.old_id] = root
        frontier = onward
    return {each: olds for each, olds in found.items() if olds}


def note_gone(db: Connection, ids: Iterable[str], now: str) -> None:
    """The org showed these deleted, with nothing in their place."""
    for record_id in ids:
        db.execute(delete(GONE).where(GONE.c.record_id == record_id))
        db.execute(insert(GONE).values(record_id=record_id, since=now, read_at=now))


def forget_gone(db: Connection, ids: Iterable[str]) -> None:
    """These live again."""
    for lot in batches(sorted(set(ids))):
        db.execute(delete(GONE).where(GONE.c.record_id.in_(lot)))


def gone_ids(db: Connection) -> list[str]:
    """Every id that the org last showed as deleted for good."""
    return list(db.scalars(select(GONE.c.record_id).order_by(GONE.c.record_id)))
