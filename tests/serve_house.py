"""`optout sync serve` in one process: its ASGI application, asked without a socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from webhook_signing import KEY, delivery, secret

from sync.ledger.ledger import Ledger
from sync.schedule import to_schedule
from sync.serve.app import Shown, make_app
from sync.serve.inbox import Inbox
from sync.serve.intake import Intake
from sync.serve.metrics import Meters, make_meters
from sync.serve.throttle import Throttle
from sync.status import StatusFacts
from sync.webhooks.door import Keyring
from sync.webhooks.mapping import OWN_SHAPE
from sync.webhooks.senders import Sender, SenderKind

SENDER = Sender("shop", SenderKind.STANDARD_WEBHOOKS, "", OWN_SHAPE, ())


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def said(self) -> Mapping[str, object]:
        return json.loads(self.body)


@dataclass(slots=True)
class Desk:
    """One server; `read_facts` is how the pages read the ledger.

    `hear` is called with a request's body and the status at the moment its answer leaves.
    """

    ledger: Ledger
    read_facts: object
    meters: Meters
    chosen: tuple[str, ...] = ("HasOptedOutOfEmail",)
    woken: int = 0
    hear: Callable[[bytes, int], object] = lambda _body, _status: None

    def wake(self) -> None:
        self.woken += 1

    async def ask(self, asked: list[tuple[str, str, Mapping[str, str], bytes]]) -> list[Answer]:
        """All at once; the answers in the order of the requests."""
        inbox = Inbox(self.ledger, self.chosen, self.wake)
        keyring = Keyring({"shop": SENDER}, [secret("shop")], [])
        intake = Intake(inbox, keyring, Throttle(), self.meters, self.ledger.clock)
        app = make_app(intake, Shown("acme", self.read_facts))
        try:
            return await asyncio.gather(*(_call(app, self.hear, each) for each in asked))
        finally:
            inbox.close()

    def get(self, path: str) -> Answer:
        return asyncio.run(self.ask([("GET", path, {}, b"")]))[0]

    def post(
        self, *bodies: bytes, key: bytes = KEY, number: int = 0, age: timedelta = timedelta()
    ) -> list[Answer]:
        """Deliveries signed that long ago, msg_0, msg_1 and so on from `number`, all at once."""
        now = self.ledger.clock.now() - age
        sent = enumerate(bodies, number)
        return asyncio.run(
            self.ask([
                ("POST", "/unsubscribes", delivery(body, key, f"msg_{n}", now), body)
                for n, body in sent
            ])
        )  # fmt: skip


def make_desk(ledger: Ledger, read_facts: object) -> Desk:
    return Desk(ledger, read_facts, make_meters())


def said(at: datetime, number: int = 0, **fields: str) -> bytes:
    """One unsubscribe's body."""
    named = fields or {"person_id": f"person-{number}"}
    return json.dumps({"id": f"msg_{number}", "occurred_at": at.isoformat(), **named}).encode()


def schedule():
    return to_schedule("20:00", "UTC+00:00")


def facts_of(ledger: Ledger) -> StatusFacts:
    """What the server's pages show, read as the command does."""
    from sync.database.views import reading
    from sync.ledger.backlog import read_backlog
    from sync.ledger.quarantine import cases
    from sync.ledger.runs import recent_runs
    from sync.ledger.switch import read_switch

    runs = recent_runs(ledger)
    with reading(ledger.engine) as db:
        return StatusFacts(
            ledger.clock.now(), "00D000000000001AAA", read_switch(db), schedule(),
            read_backlog(db), cases(db), runs,
        )  # fmt: skip


async def _call(app, hear, asked: tuple[str, str, Mapping[str, str], bytes]) -> Answer:
    method, path, headers, body = asked
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "scheme": "http",
        "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": [(k.lower().encode(), v.encode()) for k, v in headers.items()],
        "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 2),
    }  # fmt: skip
    pieces = [{"type": "http.request", "body": body, "more_body": False}]
    got: list[dict] = []

    async def receive():
        return pieces.pop() if pieces else {"type": "http.disconnect"}

    async def send(message):
        if message["type"] == "http.response.start":
            hear(body, message["status"])
        got.append(message)

    # Starlette raises a bug again once it has answered.
    with contextlib.suppress(ValueError):
        await app(scope, receive, send)
    start = got[0]
    text = b"".join(m.get("body", b"") for m in got[1:])
    named = {k.decode(): v.decode() for k, v in start["headers"]}
    return Answer(start["status"], named, text)
