"""Workers that share one ledger in PostgreSQL: how much faster two and four are than one.

The org takes half a second for each call, as a real one does; machines are processes here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bench_rows import Row
from benches.house import House
from postgresql_house import running
from sqlalchemy import URL, func, select

from deployer.clock import SystemClock
from sync.database.views import reading
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.ledger import Ledger, from_text, open_ledger
from sync.ledger.tables import EVENTS
from sync.ledger.workers import workers
from sync.worker.calling import calling
from sync.worker.queue import open_queue

EVENTS_EACH = 4_000
CREWS = (1, 2, 4)
GOALS = {2: 1.8, 4: 3.2}
MORE_CALLS = 1.1
# Four workers, a database and an org have one machine here: where that is busy, they wait for it
# and not for the org. Four that are no faster than one fail all the same.
SLACK = 2.5
CALL_S = 0.5
PATIENCE_S = 300.0
_LOT = 500
_WARMING = 100
_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Drained:
    """So many workers took so long, and made so many calls."""

    crew: int
    seconds: float
    calls: int


def worker_rows(events: int = EVENTS_EACH) -> Iterator[Row]:
    """A row for each crew's speed, and one for its calls; none where there is no PostgreSQL."""
    with running() as cluster:
        if cluster is None:
            print("workers: left out, there is no PostgreSQL here")
            return
        told = [_drain(cluster.url(cluster.make_database()), crew, events) for crew in CREWS]
    one = told[0]
    for each in told[1:]:
        yield _speed_row(one, each, events)
        yield _calls_row(one, each)


def _speed_row(one: Drained, crew: Drained, events: int) -> Row:
    times = one.seconds / crew.seconds
    # Held against its goal from below, so turned over: a share of one worker's time.
    share, goal = crew.seconds / one.seconds, 1 / GOALS[crew.crew]
    ours = f"{times:.2f}x"
    beside = f"one: {events / one.seconds:,.0f} events/s"
    name = f"drain by {crew.crew} workers, its share"
    return Row(name, ours, beside, share, share, share, "", round(goal, 4), SLACK)


def _calls_row(one: Drained, crew: Drained) -> Row:
    more = crew.calls / one.calls
    name = f"calls of {crew.crew} workers"
    return Row(name, str(crew.calls), f"one: {one.calls}", more, more, more, "x", MORE_CALLS, 1)


def _drain(database: URL, crew: int, events: int) -> Drained:
    """A crew of so many, idle until it is called, brings so many opt-outs to both sides."""
    address = database.render_as_string()
    more = {
        "OPTOUT_SYNC_LEDGER_URL": address, "OPTOUT_PEOPLE_URL": address,
        "OPTOUT_PEOPLE_ORG": "practice",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder, ExitStack() as opened:
        # A tenth of the org's contacts are opted out to begin with.
        house = House(Path(folder), (events + _WARMING) * 5 // 4, more)
        opened.enter_context(house.org())
        contacts = house.fetch_contacts()[: events + _WARMING]
        house.import_people(contacts)
        ledger = opened.enter_context(closing(open_ledger(database, _CLOCK)))
        call = opened.enter_context(calling(open_queue(ledger)))
        for _ in range(crew):
            opened.enter_context(house.worker())
        warmed = _warm_up(ledger, call, contacts, crew)
        house.slow(CALL_S)
        _take(ledger, contacts[-events:])
        before, begun = house.fetch_calls(), _CLOCK.now()
        call()
        _wait(lambda: _settled(ledger) == events + warmed)
        seconds = (_last_settled(ledger) - begun).total_seconds()
        return Drained(crew, seconds, house.fetch_calls() - before - 1)


def _warm_up(ledger: Ledger, call: Callable[[], object], contacts: Sequence[str], crew: int) -> int:
    """One opt-out after the other, until each of the crew has logged in; how many that took."""
    for number in range(_WARMING):
        _take(ledger, contacts[number : number + 1])
        call()
        _wait(lambda done=number + 1: _settled(ledger) == done)  # type: ignore[misc]
        if _at_work(ledger) == crew:
            return number + 1
    raise SystemExit("bench: not every worker got something to do")


def _take(ledger: Ledger, contacts: Sequence[str]) -> None:
    """An event for each contact, of somebody who is known."""
    for start in range(0, len(contacts), _LOT):
        now = _CLOCK.now()
        lot = [
            NewEvent("bench", each, each, now, Selector.SALESFORCE, each, ("HasOptedOutOfEmail",))
            for each in contacts[start : start + _LOT]
        ]
        accept(ledger, lot)


def _at_work(ledger: Ledger) -> int:
    with reading(ledger.engine) as db:
        return sum(each.org > 0 for each in workers(db))


def _settled(ledger: Ledger) -> int:
    ended = select(func.count()).select_from(EVENTS).where(EVENTS.c.settled_at.is_not(None))
    with reading(ledger.engine) as db:
        return db.scalar(ended) or 0


def _last_settled(ledger: Ledger) -> datetime:
    with reading(ledger.engine) as db:
        return from_text(db.scalar(select(func.max(EVENTS.c.settled_at))) or "")


def _wait(holds: Callable[[], bool]) -> None:
    late = _CLOCK.monotonic_s() + PATIENCE_S
    while not holds():
        if _CLOCK.monotonic_s() > late:
            raise SystemExit("bench: the workers did not come to their end")
        _CLOCK.sleep(0.2)
