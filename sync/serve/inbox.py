"""Many deliveries, one commit: whoever arrives while one is being written shares the next.

One thread writes, so intake never waits for itself; each delivery is answered after its commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError

from deployer.errors import TryLater
from sync.intake import fields_now, to_event
from sync.ledger.events import Accepted, add_events
from sync.ledger.ledger import Ledger, write_meta
from sync.webhooks.event import Unsubscribe

MOST_AT_ONCE = 200
_Done = TypeVar("_Done")


class NotDurable(TryLater):
    """The ledger cannot keep anything just now (a full disk, read-only, held by another)."""

    code = "not-durable"

    def __init__(self) -> None:
        super().__init__(
            "the ledger cannot be written, so this was not taken",
            where="ledger",
            hint="send it again later; the operator's guide names the causes",
        )


@dataclass(frozen=True, slots=True)
class Given:
    """One delivery that was understood; `sender` vouched for it."""

    unsubscribe: Unsubscribe
    body: bytes
    sender: str


@dataclass(slots=True)
class Inbox:
    """The way into the ledger; `chosen` are the admin's fields, `wake` tells of something new.

    Belongs to one event loop. `ledger` is best a connection of its own that waits for others only
    as long as a sender waits for an answer.
    """

    ledger: Ledger
    chosen: tuple[str, ...]
    wake: Callable[[], None]
    _pending: list[tuple[Given, asyncio.Future[Accepted]]] = field(default_factory=list)
    _flushing: asyncio.Task[None] | None = None
    _thread: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(1, thread_name_prefix="inbox")
    )

    async def commit(self, given: Given) -> Accepted:
        """Write it down; on disk when this returns. Errors: NotDurable."""
        answer: asyncio.Future[Accepted] = asyncio.get_running_loop().create_future()
        self._pending.append((given, answer))
        if self._flushing is None or self._flushing.done():
            self._flushing = asyncio.create_task(self._flush())
        return await answer

    async def probe(self) -> None:
        """Commit something that means nothing. Errors: NotDurable."""
        await self._write(lambda: _probe(self.ledger))

    def close(self) -> None:
        """Finish what is being written."""
        self._thread.shutdown()

    async def _flush(self) -> None:
        while self._pending:
            lot = self._pending[:MOST_AT_ONCE]
            del self._pending[:MOST_AT_ONCE]
            givens = [given for given, _ in lot]
            written = asyncio.ensure_future(self._write(lambda g=givens: self._accept(g)))  # type: ignore[misc]
            await asyncio.wait([written])
            _answer([answer for _, answer in lot], written)

    def _accept(self, givens: list[Given]) -> list[Accepted]:
        # The switch is read in the same transaction: what is accepted is as decided at its commit.
        with self.ledger.engine.begin() as db:
            fields = fields_now(db, self.chosen)
            events = [to_event(g.unsubscribe, g.body, g.sender, fields) for g in givens]
            return add_events(db, events, self.ledger.now())

    async def _write(self, work: Callable[[], _Done]) -> _Done:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except (SQLAlchemyError, TryLater, OSError):
            # The cause may quote what was to be written: an address must not get into a log.
            raise NotDurable from None


def _answer(
    waiting: list[asyncio.Future[Accepted]], written: asyncio.Future[list[Accepted]]
) -> None:
    """Tell each who still waits; a sender may have hung up meanwhile."""
    problem = written.exception()
    told = [None] * len(waiting) if problem else written.result()
    for answer, accepted in zip(waiting, told, strict=True):
        if answer.done():
            continue
        if accepted is None:
            answer.set_exception(problem or NotDurable())
        else:
            answer.set_result(accepted)


def _probe(ledger: Ledger) -> None:
    with ledger.engine.begin() as db:
        write_meta(db, "probed_at", ledger.now())
