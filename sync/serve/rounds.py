"""What one round of the loop does: drain, look whether a night is due, tell of what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from threading import Event

from sqlalchemy.exc import SQLAlchemyError

from deployer.errors import OptoutError
from sync.database.views import reading
from sync.desk import Desk
from sync.drain import Drained, drain
from sync.ledger.lease import Busy, is_held
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
_NIGHT_AGAIN = "night_again_at"
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


def drain_once(sides: Sides, word: str, ending: Event) -> Drained:
    """Bring what is due to both sides; once it is `ending`, the lot under way is the last.

    `word` is this drain's own random one. What stopped a side is in what it returns.
    """

    def going() -> bool:
        return not ending.is_set()

    try:
        drained = drain(sides.desk.ledger, sides.people(), sides.door, word, going)
    except OptoutError as away:
        drained = Drained(0, 0, (away,))
    if drained.problems:
        sides.forget()
    return drained


def drain_round(sides: Sides, meters: Meters, make_word: Callable[[], str], ending: Event) -> Round:
    """A drain, counted."""

    def work() -> tuple[OptoutError, ...]:
        with meters.drain_seconds.time():
            drained = drain_once(sides, make_word(), ending)
        meters.applied.labels("people").inc(drained.people)
        meters.applied.labels("org").inc(drained.org)
        return _counted(meters, drained.problems)

    return work


def _counted(meters: Meters, problems: tuple[OptoutError, ...]) -> tuple[OptoutError, ...]:
    for problem in problems:
        meters.problems.labels(problem.org_code or problem.code).inc()
    return problems


@dataclass(slots=True)
class NightRound:
    """Runs the night when it is owed and nobody else does; a failed one is tried again later.

    When that is stands in the ledger, too: each of many workers would try it otherwise.
    """

    sides: Sides
    make_word: Callable[[], str]
    _again_s: float = 0.0

    def __call__(self) -> tuple[OptoutError, ...]:
        """Look at the clock and the switch, and run the night. Errors: as run_night."""
        desk = self.sides.desk
        if desk.clock.monotonic_s() < self._again_s or not _may_begin(desk):
            return ()
        asked = Asked(Mode.NIGHTLY, budget_percent=desk.sync.api_budget_percent)
        try:
            people, door = self.sides.people(), self.sides.door
            room = Room(desk.ledger, people, door, desk.runs, self.make_word)
            run_night(room, desk.sync.fields, asked)
        except Busy:
            return ()  # another one was quicker
        except Exception:
            self._again_s = desk.clock.monotonic_s() + NIGHT_AGAIN_S
            with suppress(SQLAlchemyError, OptoutError):
                _put_off(desk)
            raise
        finally:
            self.sides.forget()
        return ()


def _may_begin(desk: Desk) -> bool:
    """Whether a night is owed that nobody is at, and that has not failed just now.

    A runner that died is at it until its lease runs out.
    """
    if owed(desk.ledger, desk.sync.schedule) is not Owed.NOW:
        return False
    with reading(desk.ledger.engine) as db:
        put_off = read_meta(db, _NIGHT_AGAIN) > desk.ledger.now()
    return not put_off and not is_held(desk.ledger, desk.bound().org_id)


def _put_off(desk: Desk) -> None:
    with desk.ledger.engine.begin() as db:
        write_meta(db, _NIGHT_AGAIN, desk.ledger.later(NIGHT_AGAIN_S))


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
