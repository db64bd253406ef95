"""What one round of the loop does: drain, look whether a night is due, tell of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from threading import Event

from deployer.errors import OptoutError
from sync.database.views import reading
from sync.desk import Desk
from sync.drain import drain
from sync.ledger.ledger import read_meta, write_meta
from sync.night.due import Owed, owed
from sync.night.night import Asked, Mode, Room, run_night
from sync.org_records import OrgDoor
from sync.people.protocol import People
from sync.retention import forget
from sync.serve.alerts import Alert, alerts, marks, news
from sync.serve.loop import Round
from sync.serve.metrics import Meters
from sync.status import StatusFacts

_TOLD = "alerts_told"
NIGHT_AGAIN_S = 900.0


@dataclass(slots=True)
class Sides:
    """Both sides, opened when they are first needed and again after they failed."""

    desk: Desk
    _opened: ExitStack = field(default_factory=ExitStack)
    _people: People | None = None
    _door: OrgDoor | None = None

    def people(self) -> People:
        """The people side. Errors: as Desk.open_people."""
        if self._people is None:
            self._people = self._own_desk().open_people()
        return self._people

    def door(self) -> OrgDoor:
        """A session with the org. Errors: as Desk.open_door."""
        if self._door is None:
            self._door = self._own_desk().open_door(self.people())
        return self._door

    def forget(self) -> None:
        """Close both; the next use opens them anew, which is how a dead session is renewed."""
        self._opened.close()
        self._people = self._door = None

    def _own_desk(self) -> Desk:
        # as_json: a login that is repeated every minute has nothing to say on the terminal.
        return replace(self.desk, opened=self._opened, ask=replace(self.desk.ask, as_json=True))


def drain_round(sides: Sides, meters: Meters, make_word: Callable[[], str], ending: Event) -> Round:
    """Bring what is due to both sides; once it is `ending`, the lot under way is the last."""

    def going() -> bool:
        return not ending.is_set()

    def work() -> tuple[OptoutError, ...]:
        with meters.drain_seconds.time():
            try:
                drained = drain(sides.desk.ledger, sides.people(), sides.door, make_word(), going)
            except OptoutError as away:
                sides.forget()
                return _counted(meters, (away,))
        meters.applied.labels("people").inc(drained.people)
        meters.applied.labels("org").inc(drained.org)
        if drained.problems:
            sides.forget()
        return _counted(meters, drained.problems)

    return work


def _counted(meters: Meters, problems: tuple[OptoutError, ...]) -> tuple[OptoutError, ...]:
    for problem in problems:
        meters.problems.labels(problem.org_code or problem.code).inc()
    return problems


@dataclass(slots=True)
class NightRound:
    """Runs the night when it is owed; one that failed is tried again after a while."""

    sides: Sides
    make_word: Callable[[], str]
    _again_s: float = 0.0

    def __call__(self) -> tuple[OptoutError, ...]:
        """Look at the clock and the switch, and run the night. Errors: as run_night."""
        desk = self.sides.desk
        now_s = desk.clock.monotonic_s()
        if now_s < self._again_s or owed(desk.ledger, desk.sync.schedule) is not Owed.NOW:
            return ()
        self._again_s = now_s + NIGHT_AGAIN_S
        asked = Asked(Mode.NIGHTLY, budget_percent=desk.sync.api_budget_percent)
        try:
            people, door = self.sides.people(), self.sides.door
            room = Room(desk.ledger, people, door, desk.runs, self.make_word)
            run_night(room, desk.sync.fields, asked)
        finally:
            self.sides.forget()
        return ()


def forget_round(desk: Desk) -> Round:
    """Empty and remove what need not be kept any longer."""

    def work() -> tuple[OptoutError, ...]:
        forget(desk.ledger, desk.runs, desk.sync.keep_days)
        return ()

    return work


def alert_round(
    desk: Desk, read_facts: Callable[[], StatusFacts], send: Callable[[list[Alert]], None]
) -> Round:
    """Tell of what is newly wrong; what could not be sent is sent again next time."""

    def work() -> tuple[OptoutError, ...]:
        now = alerts(read_facts())
        with reading(desk.ledger.engine) as db:
            told = json.loads(read_meta(db, _TOLD) or "{}")
        send(news(now, told))
        if marks(now) != told:
            with desk.ledger.engine.begin() as db:
                write_meta(db, _TOLD, json.dumps(marks(now)))
        return ()

    return work
