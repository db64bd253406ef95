"""The org's half of a drain: claimed targets -> writes -> what became of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import Connection

from deployer.errors import OptoutError, TryLater
from deployer.salesforce.records import RowOutcome, RowState
from sync.database.views import reading
from sync.delivery import (
    Judged,
    is_suspect,
    judge,
    later,
    rest_s,
    spared,
    stopped_by,
    stopped_by_share,
)
from sync.ledger.again import open_again
from sync.ledger.aliases import known_aliases, learn, note_gone, sources
from sync.ledger.claims import claim_due
from sync.ledger.fences import reopen_before
from sync.ledger.ledger import Ledger, from_text, read_meta, write_meta
from sync.ledger.targets import (
    LOT,
    Outcome,
    Side,
    Target,
    TargetState,
    Want,
    tell,
    want_more,
)
from sync.org_records import OrgDoor, fetch_fates, living, send_ticks
from sync.people.protocol import People
from sync.spread import wants_from_records

OpenOrg = Callable[[], OrgDoor]
_RESTS = "org_rests_until"


def serve_org(ledger: Ledger, people: People, open_org: OpenOrg, claim: str) -> Callable[[], int]:
    """A step that serves one lot and says how many targets that were, 0 when none is due."""
    doors: list[OrgDoor] = []

    def step() -> int:
        targets = claim_due(ledger, Side.ORG, claim, LOT)
        if not targets:
            return 0
        _let_rest(ledger, claim, targets)
        try:
            if not doors:
                doors.append(open_org())
            fields = _wanted(targets)
            rows = {row.record_id: row for lot in send_ticks(doors[0], fields) for row in lot}
            judged = _judge(ledger, doors[0], targets, rows)
        except OptoutError as away:
            tell(ledger, claim, [(target, later(target.attempts, away)) for target in targets])
            _note_rest(ledger, rest_s(away, targets[0].attempts))
            raise
        suspects = Counter(e.outcome.code for _, e in judged if is_suspect(e.outcome))
        if stop := stopped_by_share(suspects, len(rows)):
            judged = [(target, spared(each)) for target, each in judged]
        _follow(ledger, people, doors[0], judged)
        tell(ledger, claim, [(target, each.outcome) for target, each in judged])
        if stop := stop or next(filter(None, map(stopped_by, rows.values())), None):
            raise stop
        return len(targets)

    return step


def _note_rest(ledger: Ledger, seconds: float) -> None:
    """The org asked for fewer calls: no drain makes any until then."""
    if seconds:
        with ledger.engine.begin() as db:
            write_meta(db, _RESTS, ledger.later(seconds))


def _let_rest(ledger: Ledger, claim: str, targets: Sequence[Target]) -> None:
    """Errors: TryLater while the org rests; the targets wait as long, and nothing was sent."""
    with reading(ledger.engine) as db:
        until = read_meta(db, _RESTS)
    if until <= ledger.now():
        return
    rest = TryLater(
        f"the org asked for fewer calls, so none is made until {from_text(until):%H:%M:%S} UTC",
        where="the org",
        hint="nothing to do: what was accepted is kept, and sent then",
    )
    seconds = (from_text(until) - ledger.clock.now()).total_seconds()
    wait = Outcome(TargetState.OPEN, rest.code, rest.message, seconds)
    tell(ledger, claim, [(target, wait) for target in targets])
    raise rest


def _wanted(targets: Sequence[Target]) -> dict[str, set[str]]:
    """The fields of each record: the union of what its targets want, for one write."""
    fields: dict[str, set[str]] = {}
    for target in targets:
        fields.setdefault(target.key, set()).update(target.fields)
    return fields


def _judge(
    ledger: Ledger, door: OrgDoor, targets: Sequence[Target], rows: Mapping[str, RowOutcome]
) -> list[tuple[Target, Judged]]:
    """What becomes of each target; the ids whose row did not go through are looked at first."""
    doubtful = _wanted([t for t in targets if rows[t.key].state is not RowState.DONE])
    records = fetch_fates(door.writer, door.shape, doubtful)
    with reading(ledger.engine) as db:
        known = known_aliases(db, doubtful)
    return [
        (t, judge(rows[t.key], records.get(t.key), known.get(t.key), _before(t, rows[t.key])))
        for t in targets
    ]


def _before(target: Target, row: RowOutcome) -> int:
    """How often it has come to the same before: an outage uses up no attempt at a lock."""
    return target.attempts if target.code == row.code else 0


def _follow(
    ledger: Ledger, people: People, door: OrgDoor, judged: Sequence[tuple[Target, Judged]]
) -> None:
    """Before a target is told: keep what was learnt, and write down where it leads."""
    moved = [(target, each.alias, each.shown) for target, each in judged if each.alias is not None]
    gone = [t.key for t, each in judged if each.outcome.state is TargetState.GONE]
    now = ledger.now()
    if moved or gone:
        with ledger.engine.begin() as db:
            learn(db, [alias for _, alias, _ in moved], now)
            note_gone(db, gone, now)
    for target, alias, shown in moved:
        here = Want(Side.ORG, alias.live_id, target.person_id)
        wants = [here, *wants_from_records(people, [alias.live_id])]
        with ledger.engine.begin() as db:
            event = (target.event_id, target.person_id)
            reopen_before(db, event, {want.key for want in wants}, now)
            if shown or not _leads_back(db, target.key, alias.live_id):
                open_again(db, target.event_id, [alias.live_id], now)
        want_more(ledger, {target.event_id: wants})
    _reach_back(ledger, people, door, [t for t, e in judged if e.outcome.state is TargetState.DONE])


def _leads_back(db: Connection, old_id: str, live_id: str) -> bool:
    """Whether the aliases make a loop, round which a drain would go for ever."""
    return live_id in sources(db, [old_id]).get(old_id, ())


def _reach_back(ledger: Ledger, people: People, door: OrgDoor, written: Sequence[Target]) -> None:
    """Who holds only the dead old id of a record that was written is the same person: reach them.

    An old id that lives again is another record.
    """
    with reading(ledger.engine) as db:
        olds = sources(db, {target.key for target in written})
    if not olds:
        return
    every = {old for ids in olds.values() for old in ids}
    dead = every - living(door, every)
    for target in written:
        if ids := sorted(olds.get(target.key, set()) & dead):
            want_more(ledger, {target.event_id: wants_from_records(people, ids)})
