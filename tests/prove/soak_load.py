"""Senders: each delivery is sent until it is answered for good, whoever dies meanwhile."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from prove.soak_line import Line
from prove.soak_plan import Delivery, Kind, Plan, Selected
from serve_house import said
from webhook_signing import KEY, delivery

from deployer.clock import SystemClock

# So many wait at once for the server's commits, which take them together.
SENDERS = 16
# A server that was killed is there again in seconds; one that is not is a failure.
PATIENCE_S = 120.0
# Of what was taken lately one is sent again.
KEPT = 50
_CLOCK = SystemClock()


@dataclass
class Load:
    """What was sent and heard: `acked` are persons, `status` answers by kind, `acks_s` how late.

    `later` counts those that were told to come again. `records` are the persons' Salesforce Ids, by
    number.
    """

    plan: Plan
    port: int
    records: Sequence[str]
    acked: set[int] = field(default_factory=set)
    status: Counter[tuple[str, int]] = field(default_factory=Counter)
    acks_s: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    sent: int = 0
    later: int = 0
    _kept: list[tuple[int, bytes]] = field(default_factory=list)
    _turn: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> list[threading.Thread]:
        """Senders that share the plan's deliveries between them."""
        rest = iter(self.plan.deliveries())
        threads = [threading.Thread(target=self._send_all, args=(rest,)) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        return threads

    def _send_all(self, rest) -> None:
        line = Line(self.port)
        while not self.wrong:
            with self._turn:
                mine = next(islice(rest, 1), None)
            if mine is None:
                break
            self._send(line, mine)
        line.close()

    def _send(self, line: Line, mine: Delivery) -> None:
        number, body, key = self._letter(mine)
        headers = delivery(body, key, f"msg_{number}", _CLOCK.now())
        begun = time.monotonic()
        status, tried = self._until_answered(line, body, headers, begun)
        with self._turn:
            self.sent += 1
            self.status[mine.kind.value, status] += 1
            if mine.kind is Kind.NEW and status == 202:
                self.acked.add(mine.person)
                self._kept = [*self._kept[-KEPT:], (number, body)]
            if tried == 1:
                self.acks_s.append(time.monotonic() - begun)
            if (status == 202) is mine.kind.is_poison:
                self.wrong.append(f"a delivery ({mine.kind.value}) was answered {status}")

    def _letter(self, mine: Delivery) -> tuple[int, bytes, bytes]:
        """The webhook's id, the body and the key it is signed with."""
        if mine.kind is Kind.DUPLICATE and self._kept:
            return (*self._kept[0], KEY)
        names = {
            Selected.PERSON: f"person-{mine.person}",
            Selected.EMAIL: f"person-{mine.person}@example.com",
            Selected.RECORD: self.records[mine.person],
        }
        at = _CLOCK.now() - mine.age
        body = said(at, mine.number, **{mine.selected.value: names[mine.selected]})
        if mine.kind is Kind.BROKEN:
            body = body[:-7]
        if mine.kind is Kind.NOBODY:
            body = said(at, mine.number, colour="blue")
        return mine.number, body, b"x" * 32 if mine.kind is Kind.FORGED else KEY

    def _until_answered(
        self, line: Line, body: bytes, headers: Mapping[str, str], begun: float
    ) -> tuple[int, int]:
        """The first answer that is no "later", and how often it was sent."""
        tried = 0
        while time.monotonic() - begun < PATIENCE_S:
            tried += 1
            try:
                status = line.post("/unsubscribes", body, headers)
            except OSError:
                line.close()
                _CLOCK.sleep(0.05)
                continue
            if status != 503:
                return status, tried
            with self._turn:
                self.later += 1
            _CLOCK.sleep(0.2)
        return 0, tried
