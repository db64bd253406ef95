"""A running `optout sync serve` as senders see it, and its ledger, which is only read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benches.stage.house import KEY, House
from sqlalchemy import func, select

from deployer.clock import SystemClock
from sync.database.sqlite import open_database
from sync.database.views import reading
from sync.ledger.events import EventState
from sync.ledger.ledger import from_text
from sync.ledger.tables import EVENTS

SENDERS = 8
PATIENCE_S = 120.0
_CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Server:
    """Where it listens, its ledger, and the contacts whom the house's people hold."""

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

    def to_webhook(self, number: int) -> tuple[bytes, dict[str, str]]:
        """The body of a webhook and its headers."""
        contact = self.contacts[number]
        named = (
            {"person_id": f"person-{number}"}, {"salesforce_id": contact},
            {"person_id": f"person-{number}"}, {"email": f"new-{number}@example.com"},
        )[number % 4]  # fmt: skip
        said = {"id": f"msg_{number}", "occurred_at": _CLOCK.now().isoformat(), **named}
        body = json.dumps(said).encode()
        return body, _signed(f"msg_{number}", body)

    def _post(self, connection: http.client.HTTPConnection, number: int) -> None:
        connection.request("POST", "/unsubscribes", *self.to_webhook(number))
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
def serving(house: House) -> Iterator[Server]:
    """A server, in a house where everybody holds a contact's id."""
    contacts = house.fetch_contacts()
    house.import_people(contacts)
    with house.serve() as said:
        yield Server(urlsplit(said["url"]).netloc, house.ledger, contacts)
