"""Workers that share one ledger in PostgreSQL: how much faster two and four are than one.

The org takes half a second for each call, as a real one does; machines are processes here.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from benches.depth import Depth
from benches.rounds import rounds
from benches.row import Row, Side, row_beside
from benches.stage.house import House
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

CREWS = (1, 2, 4)
GOALS = {2: 1.8, 4: 3.2}
MORE_CALLS = 1.1
CALL_S = 0.5
PATIENCE_S = 300.0
_LOT = 500
_WARMING = 100
_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Drained:
    """So many seconds from the call to the last event settled, and API calls meanwhile."""

    seconds: float
    calls: int


def rows(depth: Depth) -> Iterator[Row]:
    """Each crew's time and calls beside one worker's; none where there is no PostgreSQL."""
    events, count = (1_600, 1) if depth is Depth.QUICK else (4_000, 5)
    with running() as cluster:
        if cluster is None:
            print("w workers: left out, there is no PostgreSQL here")
            return
        told = rounds(
            {
                str(crew): lambda crew=crew: _drain(
                    cluster.url(cluster.make_database()), crew, events
                )
                for crew in CREWS
            },
            count,
            warm=False,
        )
    for crew, times in GOALS.items():
        yield from _crew_rows(crew, times, told, events)


def _crew_rows(
    crew: int, times: float, told: Mapping[str, Sequence[Drained]], events: int
) -> Iterator[Row]:
    one, many = told["1"], told[str(crew)]
    name = f"{events:,} events by {crew} workers on one ledger"
    seconds = tuple(each.seconds for each in one), tuple(each.seconds for each in many)
    faster = statistics.median(seconds[0]) / statistics.median(seconds[1])
    ours = Side("optout", "", seconds[1], f"{faster:.2f} times as fast")
    beside = Side("one worker", "", seconds[0])
    # What is wanted is so many times as fast, which is that share of one worker's time.
    yield row_beside(("w", f"{name}, wall"), ours, [beside], 1 / times, "s")
    ours = Side("optout", "", tuple(each.calls for each in many))
    beside = Side("one worker", "", tuple(each.calls for each in one))
    yield row_beside(("w", f"{name}, API calls"), ours, [beside], MORE_CALLS, "calls")


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
        return Drained(seconds, house.fetch_calls() - before - 1)


def _warm_up(ledger: Ledger, call: Callable[[], object], contacts: Sequence[str], crew: int) -> int:
    """One opt-out after the other, until each of the crew has logged in; how many that took."""
    for number in range(_WARMING):
        _take(ledger, contacts[number : number + 1])
        call()
        _wait(lambda done=number + 1: _settled(ledger) == done)
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
