"""`optout sync serve` under webhooks: how soon each is answered, how soon it is in the org."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benches.depth import Depth
from benches.house import KEY, House
from benches.row import Row, Side, row_within
from sqlalchemy import func, select

from deployer.clock import SystemClock
from sync.database.sqlite import open_database
from sync.database.views import reading
from sync.ledger.events import EventState
from sync.ledger.ledger import from_text
from sync.ledger.tables import EVENTS

A_SECOND = 50
SENDERS = 8
BURST = 1_000
ACK_GOAL_MS = 100.0
APPLIED_GOAL_S = 10.0
DRAIN_GOAL_S = BURST / 200
PATIENCE_S = 120.0
_CLOCK = SystemClock()


def rows(depth: Depth) -> Iterator[Row]:
    """Webhooks at a steady pace for some seconds, then a burst, to people whom nobody knows too.

    Half of them name a person with a Salesforce Id, a quarter a record, a quarter somebody new.
    """
    seconds = 5 if depth is Depth.QUICK else 30
    steady = A_SECOND * seconds
    with tempfile.TemporaryDirectory() as folder:
        # A tenth of the org's contacts are opted out to begin with.
        house = House(Path(folder), contacts=(steady + BURST) * 5 // 4)
        with house.org(), _serving(house) as server:
            acks = sorted(server.deliver(range(steady), A_SECOND))
            yield _ack_row(f"ack of a webhook, {A_SECOND}/s for {seconds} s", acks)
            server.wait_until_settled(steady)
            ages = server.applied_s(0)
            told = f"p50 {_percentile(ages, 50):.2f} s"
            yield _row("from commit to applied, p99", _percentile(ages, 99), told, APPLIED_GOAL_S)
            begun = time.monotonic()
            acks = sorted(server.deliver(range(steady, steady + BURST), None))
            took = time.monotonic() - begun
            yield _ack_row(f"ack in a burst of {BURST:,} ({BURST / took:,.0f}/s)", acks)
            server.wait_until_settled(steady + BURST)
            last = max(server.applied_s(steady))
            told = f"{BURST / last:,.0f} events/s"
            yield _row(f"a burst of {BURST:,} applied", last, told, DRAIN_GOAL_S)


def _percentile(figures: list[float], percent: int) -> float:
    return sorted(figures)[len(figures) * percent // 100]


def _ack_row(name: str, seconds: list[float]) -> Row:
    p99 = _percentile(seconds, 99) * 1000
    told = f"p50 {_percentile(seconds, 50) * 1000:.1f} ms, max {seconds[-1] * 1000:.0f} ms"
    return row_within(("i", f"{name}, p99"), Side("optout", "", (p99,), told), ACK_GOAL_MS, "ms")


def _row(name: str, held: float, told: str, goal: float) -> Row:
    return row_within(("i", name), Side("optout", "", (held,), told), goal, "s")


@dataclass(frozen=True, slots=True)
class _Server:
    """A running server, from the outside; its ledger is only read."""

    address: str
    ledger: Path
    contacts: list[str]

    def deliver(self, numbers: range, a_second: int | None) -> list[float]:
        """Deliver these at that pace (None: as fast as they are taken); seconds until each answer.

        An answer is late from when it was due to be asked for, not from when there was time to.
        """
        begun = time.monotonic()

        def sender(mine: range) -> list[float]:
            connection = http.client.HTTPConnection(self.address, timeout=60)
            took = []
            for number in mine:
                due = begun + (number - numbers.start) / a_second if a_second else 0.0
                _CLOCK.sleep(max(0.0, due - time.monotonic()))
                due = due or time.monotonic()
                self._post(connection, number)
                took.append(time.monotonic() - due)
            connection.close()
            return took

        crowd = [range(numbers.start + each, numbers.stop, SENDERS) for each in range(SENDERS)]
        with ThreadPoolExecutor(SENDERS) as threads:
            return [took for mine in threads.map(sender, crowd) for took in mine]

    def _post(self, connection: http.client.HTTPConnection, number: int) -> None:
        contact = self.contacts[number]
        named = (
            {"person_id": f"person-{number}"}, {"salesforce_id": contact},
            {"person_id": f"person-{number}"}, {"email": f"new-{number}@example.com"},
        )[number % 4]  # fmt: skip
        said = {"id": f"msg_{number}", "occurred_at": _CLOCK.now().isoformat(), **named}
        body = json.dumps(said).encode()
        connection.request("POST", "/unsubscribes", body, _signed(f"msg_{number}", body))
        answer = connection.getresponse()
        if answer.status != 202:
            raise SystemExit(f"bench: a webhook got {answer.status}: {answer.read()!r}")
        answer.read()

    def wait_until_settled(self, count: int) -> None:
        """Until every event is either through or waits for a Salesforce Id."""
        late = time.monotonic() + PATIENCE_S
        while self._settled() < count:
            if time.monotonic() > late:
                raise SystemExit(f"bench: {self._settled()} of {count} webhooks applied")
            _CLOCK.sleep(0.2)

    def _settled(self) -> int:
        """Those who are new have no Salesforce Id, so theirs is spread and waits."""
        ended = EVENTS.c.state == EventState.SETTLED.value
        new = (EVENTS.c.selector == "email") & (EVENTS.c.state == EventState.SPREAD.value)
        engine = open_database(self.ledger)
        try:
            with reading(engine) as db:
                return db.scalar(select(func.count()).select_from(EVENTS).where(ended | new)) or 0
        finally:
            engine.dispose()

    def applied_s(self, skipped: int) -> list[float]:
        """Seconds from taken to settled on both sides, of all events after the first so many."""
        engine = open_database(self.ledger)
        with reading(engine) as db:
            rows = db.execute(
                select(EVENTS.c.received_at, EVENTS.c.settled_at)
                .where(EVENTS.c.id > skipped, EVENTS.c.settled_at.is_not(None))
            ).all()  # fmt: skip
        engine.dispose()
        return [(from_text(end) - from_text(begin)).total_seconds() for begin, end in rows]


def _signed(webhook_id: str, body: bytes) -> dict[str, str]:
    seconds = str(int(time.time()))
    text = b".".join([webhook_id.encode(), seconds.encode(), body])
    proof = base64.b64encode(hmac.new(KEY, text, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": webhook_id, "webhook-timestamp": seconds, "webhook-signature": f"v1,{proof}",
    }  # fmt: skip


@contextmanager
def _serving(house: House) -> Iterator[_Server]:
    """A server, in a house where everybody holds a contact's id."""
    contacts = house.fetch_contacts()
    house.import_people(contacts)
    with house.serve() as said:
        yield _Server(urlsplit(said["url"]).netloc, house.ledger, contacts)
