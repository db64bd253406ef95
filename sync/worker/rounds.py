"""What a worker does when it is called, what it says of it, and what it writes of itself."""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import Event

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.exc import SQLAlchemyError

from deployer.errors import OptoutError, TryLater
from sync.database.views import reading
from sync.desk import Desk
from sync.drain import Drained
from sync.ledger.events import EventState
from sync.ledger.ledger import Ledger
from sync.ledger.tables import EVENTS, TARGETS
from sync.ledger.targets import LOT, TargetState
from sync.ledger.workers import Worker, forget_silent, note_gone, note_heard
from sync.serve.loop import Round
from sync.serve.rounds import Sides, drain_once, forget_round

HEARD_EVERY_S = 20.0
FORGOTTEN_S = 86_400.0


@dataclass(slots=True)
class Log:
    """What this worker has done since it started; `tell` shows a line to whoever watches."""

    ledger: Ledger
    tell: Callable[[str], None]
    mine: Worker = field(init=False)

    def __post_init__(self) -> None:
        now = self.ledger.now()
        self.mine = Worker(f"{platform.node()}/{os.getpid()}", now, now, 0, 0, 0)

    def drained(self, done: Drained, seconds: float) -> None:
        """Count a round, and say what it did if it did anything."""
        mine = self.mine
        self.mine = replace(
            mine, rounds=mine.rounds + 1, people=mine.people + done.people, org=mine.org + done.org
        )
        if done.people or done.org:
            with suppress(SQLAlchemyError, TryLater):
                self.heard()
            structlog.get_logger().info(
                "drained", worker=mine.name, people=done.people, org=done.org, seconds=seconds
            )
            self.tell(f"drained: {done.people:,} to people, {done.org:,} to the org, {seconds} s")

    def heard(self) -> tuple[OptoutError, ...]:
        """Write down that this worker is alive: a round."""
        self.mine = replace(self.mine, heard_at=self.ledger.now())
        with self.ledger.engine.begin() as db:
            note_heard(db, self.mine)
        return ()

    def ended(self) -> None:
        """Nobody needs to miss this worker. Errors: as `Engine.begin`."""
        with self.ledger.engine.begin() as db:
            note_gone(db, self.mine.name)


def worker_round(sides: Sides, log: Log, ending: Event) -> Round:
    """A drain, told; once it is `ending`, the lot under way is the last."""
    clock = sides.desk.clock

    def work() -> tuple[OptoutError, ...]:
        begun = clock.monotonic_s()
        done = drain_once(sides, secrets.token_hex(8), ending)
        log.drained(done, round(clock.monotonic_s() - begun, 2))
        return done.problems

    return work


def tidy_round(desk: Desk) -> Round:
    """As `forget_round`; and forget workers that have been silent for a day."""
    forget = forget_round(desk)

    def work() -> tuple[OptoutError, ...]:
        with desk.ledger.engine.begin() as db:
            forget_silent(db, desk.ledger.later(-FORGOTTEN_S))
        return forget()

    return work


def is_much(ledger: Ledger) -> bool:
    """Whether more is due than one worker does in one lot: then another one is worth calling."""
    now = ledger.now()
    unspread = select(EVENTS.c.id).where(EVENTS.c.state == EventState.ACCEPTED.value)
    free = or_(TARGETS.c.claimed_until.is_(None), TARGETS.c.claimed_until <= now)
    states = (TargetState.OPEN.value, TargetState.QUARANTINED.value)
    due = select(TARGETS.c.id).where(TARGETS.c.state.in_(states), TARGETS.c.next_at <= now, free)
    try:
        with reading(ledger.engine) as db:
            return any(
                (db.scalar(select(func.count()).select_from(some.limit(LOT + 1).subquery())) or 0)
                > LOT
                for some in (unspread, due)
            )
    except SQLAlchemyError:
        return False  # the drain that follows tells what is wrong
