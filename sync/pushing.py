"""Push: lines in, accepted in lots on disk, drained, and told how far each one came."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection

from deployer.errors import Exit, OptoutError
from sync.batches import batches
from sync.database.views import reading
from sync.intake import to_event
from sync.ledger.backlog import Standing, claimed_events, count_standing
from sync.ledger.events import NewEvent, accept
from sync.ledger.ledger import Ledger
from sync.webhooks.event import Unsubscribe
from sync.webhooks.refusals import Malformed

SENDER = "stdin"
_LOT = 500
# Several lots of an org that is well.
OTHERS_S = 15.0
LOOK_AGAIN_S = 0.25

Line = tuple[int, bytes, Unsubscribe | Malformed]


@dataclass(frozen=True, slots=True)
class Refused:
    """A line that was not taken; what stood on it is never repeated."""

    line: int
    where: str
    why: str


@dataclass(slots=True)
class Taken:
    """What came of the lines: events on disk by id, and lines that were refused."""

    new: set[int] = field(default_factory=set)
    duplicates: int = 0
    known: set[int] = field(default_factory=set)
    malformed: list[Refused] = field(default_factory=list)

    @property
    def events(self) -> set[int]:
        """Every event these lines are about, new or not."""
        return self.new | self.known


def take_lines(ledger: Ledger, lines: Iterable[Line], fields: tuple[str, ...]) -> Taken:
    """Accept every line that can be read, in lots; on disk when this returns.

    Errors: TryLater and OSError when the ledger cannot be written; lots before are kept.
    """
    taken = Taken()
    for lot in batches(lines, _LOT):
        accept_lot(ledger, lot, fields, taken)
    return taken


def accept_lot(ledger: Ledger, lot: Sequence[Line], fields: tuple[str, ...], taken: Taken) -> None:
    """Accept one lot in one commit."""
    events: list[NewEvent] = []
    for number, body, read in lot:
        if isinstance(read, Malformed):
            taken.malformed.append(Refused(number, read.where, read.message))
        else:
            events.append(to_event(read, body, SENDER, fields))
    for accepted in accept(ledger, events):
        if accepted.new:
            taken.new.add(accepted.id)
        else:
            taken.duplicates += 1
            taken.known.add(accepted.id)


def wait_for_others(ledger: Ledger, events: Collection[int]) -> bool:
    """Let another drain finish what it has claimed of these events; whether there was any.

    Only for a while: an org that takes its time, or a drain that died, holds nobody up for long.
    """
    clock = ledger.clock
    begun, waited = clock.monotonic_s(), False
    while clock.monotonic_s() < begun + OTHERS_S and not _claimed(ledger).isdisjoint(events):
        clock.sleep(LOOK_AGAIN_S)
        waited = True
    return waited


def _claimed(ledger: Ledger) -> set[int]:
    with reading(ledger.engine) as db:
        return claimed_events(db, ledger.now())


@dataclass(frozen=True, slots=True)
class Pushed:
    """One push, told: how far its events came, and what stopped a side."""

    taken: Taken
    standing: dict[Standing, int]
    problems: tuple[OptoutError, ...] = ()

    @property
    def exit(self) -> Exit:
        """A refusal needs a person; what is merely open is tried again by itself."""
        if self.taken.malformed or self.standing[Standing.QUARANTINED]:
            return Exit.SAID_NO
        return Exit.TRY_LATER if self.standing[Standing.OPEN] else Exit.DONE


def tell_push(db: Connection, taken: Taken, problems: Sequence[OptoutError]) -> Pushed:
    """How far the events of these lines have come."""
    return Pushed(taken, count_standing(db, taken.events), tuple(problems))


def to_document(pushed: Pushed) -> dict[str, Any]:
    """The push as --json shows it."""
    return {
        "accepted": len(pushed.taken.new),
        "duplicates": pushed.taken.duplicates,
        **{standing.value: count for standing, count in pushed.standing.items()},
        "malformed": [
            {"line": each.line, "where": each.where, "why": each.why}
            for each in pushed.taken.malformed
        ],
        "problems": [to_problem(problem) for problem in pushed.problems],
    }


def to_problem(problem: OptoutError) -> dict[str, str]:
    """What stopped a side, in the words every --json error has."""
    return {
        "code": problem.org_code or problem.code,
        "message": problem.message,
        "where": problem.where,
        "next": problem.hint,
    }
