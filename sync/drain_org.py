"""The org's half of a drain: claimed targets -> writes -> what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from deployer.errors import OptoutError
from deployer.salesforce.client import Writer
from deployer.salesforce.records import RowOutcome, RowState, lots, send_lot
from sync.delivery import Judged, judge, later, stopped_by
from sync.ledger.aliases import known_aliases, learn, note_gone, sources
from sync.ledger.ledger import Ledger
from sync.ledger.targets import LOT, Side, Target, TargetState, Want, claim_due, tell, want_more
from sync.org_records import Fate, Record, Shape, fetch_fates, fetch_shape, to_changes
from sync.people.protocol import People
from sync.spread import wants_from_records

_NO_PERSON = ("NOT_A_PERSON", "the org has no person accounts, so an Account is nobody to write to")


@dataclass(frozen=True, slots=True)
class OrgDoor:
    """A logged-in client, and what decides how records are read with it."""

    writer: Writer
    shape: Shape


OpenOrg = Callable[[], OrgDoor]


def open_door(writer: Writer) -> OrgDoor:
    """Look at the org once before its records are read and written. Errors: as any read."""
    return OrgDoor(writer, fetch_shape(writer))


def serve_org(ledger: Ledger, people: People, open_org: OpenOrg, claim: str) -> Callable[[], int]:
    """A step that serves one lot and says how many targets that were, 0 when none is due."""
    doors: list[OrgDoor] = []

    def step() -> int:
        targets = claim_due(ledger, Side.ORG, claim, LOT)
        if not targets:
            return 0
        try:
            if not doors:
                doors.append(open_org())
            rows = _write(doors[0], targets)
            judged = _judge(ledger, doors[0], targets, rows)
        except OptoutError as away:
            tell(ledger, claim, [(target, later(target.attempts, away)) for target in targets])
            raise
        _follow(ledger, people, doors[0], judged)
        tell(ledger, claim, [(target, each.outcome) for target, each in judged])
        for row in rows.values():
            if stop := stopped_by(row):
                raise stop
        return len(targets)

    return step


def _write(door: OrgDoor, targets: Sequence[Target]) -> dict[str, RowOutcome]:
    """One write for each record, for the union of what its targets want; outcomes by id."""
    fields: dict[str, set[str]] = {}
    for target in targets:
        fields.setdefault(target.key, set()).update(target.fields)
    rows = {
        each: RowOutcome(each, RowState.REFUSED, *_NO_PERSON)
        for each in fields
        if not door.shape.has(each)
    }
    changes = to_changes([each for each in fields if each not in rows], fields)
    for lot in lots(changes):
        for row in send_lot(door.writer, [changes[number] for number in lot]):
            rows[row.record_id] = row
    return rows


def _judge(
    ledger: Ledger, door: OrgDoor, targets: Sequence[Target], rows: dict[str, RowOutcome]
) -> list[tuple[Target, Judged]]:
    """What becomes of each target; the ids whose row did not go through are looked at first."""
    doubtful = {t.key: t.fields for t in targets if rows[t.key].state is not RowState.DONE}
    records: dict[str, Record] = {}
    for fields in set(doubtful.values()):
        ids = [key for key, wanted in doubtful.items() if wanted == fields]
        records |= fetch_fates(door.writer, door.shape, ids, fields)
    with ledger.engine.begin() as db:
        known = known_aliases(db, doubtful)
    return [
        (t, judge(rows[t.key], records.get(t.key), known.get(t.key), t.attempts)) for t in targets
    ]


def _follow(
    ledger: Ledger, people: People, door: OrgDoor, judged: Sequence[tuple[Target, Judged]]
) -> None:
    """Before a target is told: keep what was learnt, and write down where it leads."""
    moved = [(target, each.alias) for target, each in judged if each.alias is not None]
    gone = [t.key for t, each in judged if each.outcome.state is TargetState.GONE]
    now = ledger.now()
    with ledger.engine.begin() as db:
        learn(db, [alias for _, alias in moved], now)
        note_gone(db, gone, now)
    for target, alias in moved:
        here = Want(Side.ORG, alias.live_id, target.person_id)
        want_more(ledger, target.event_id, [here, *wants_from_records(people, [alias.live_id])])
    _reach_back(ledger, people, door, [t for t, e in judged if e.outcome.state is TargetState.DONE])


def _reach_back(ledger: Ledger, people: People, door: OrgDoor, written: Sequence[Target]) -> None:
    """Who holds only the dead old id of a record that was written is the same person: reach them.

    An old id that lives again is another record.
    """
    with ledger.engine.begin() as db:
        olds = sources(db, {target.key for target in written})
    if not olds:
        return
    every = {old for ids in olds.values() for old in ids}
    fates = fetch_fates(door.writer, door.shape, every, ())
    dead = {old for old in every if fates[old].fate is not Fate.LIVE}
    for target in written:
        if ids := sorted(olds.get(target.key, set()) & dead):
            want_more(ledger, target.event_id, wants_from_records(people, ids))
