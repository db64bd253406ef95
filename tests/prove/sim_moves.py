"""What can happen in a simulated schedule, and how likely each is."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from prove.fault_cells import Act, every_cell
from sync_world import ADDRESSES, NOBODYS, PEOPLE

Draw = Callable[[Random], object]
# Of what goes wrong: writes that were carried out and nobody heard of it, refused records, all.
_SHARES = (0.3, 0.3, 0.4)
LOST = tuple(
    ("collections.update", code)
    for code in ("DROP_AFTER", "HTML_200_AFTER", "UNKNOWN_EXCEPTION_AFTER", "TRUNCATED", "SLOW:600")
)


def _faults(*acts: Act, rows_alone: bool = False) -> tuple[tuple[str, str], ...]:
    """Place and code of every fault of the catalogue at the calls of these acts."""
    cells = [cell for cell in every_cell() if cell.site.act in acts]
    meant = [cell for cell in cells if not (rows_alone and cell.of_a_call)]
    return tuple(dict.fromkeys((cell.site.place, cell.typed) for cell in meant))


FAULTS = _faults(Act.DRAIN, Act.NIGHT)
# Those that befall single records of a write.
ROWS = _faults(Act.DRAIN, Act.NIGHT, rows_alone=True)
# Those that a drain can meet, and those that no drain can.
BY_DAY = _faults(Act.DRAIN)
AT_NIGHT = tuple(each for each in FAULTS if each not in BY_DAY)
WAIVED = {(cell.site.place, cell.typed) for cell in every_cell() if cell.is_waived}
_CALLS = ("PATCH", *range(11, 20))


@dataclass(frozen=True, slots=True)
class Move:
    """A method of the world, how often it is taken among all, and what is drawn for it."""

    name: str
    weight: int
    draws: Mapping[str, Draw] = field(default_factory=dict)
    can: Callable[[object], object] = lambda _world: True


def draw_fault(draw: Random) -> tuple[str, str]:
    """Place and code of something that goes wrong, by day or by night."""
    (among,) = draw.choices((LOST, ROWS, BY_DAY), _SHARES)
    return draw.choice(among)


def draw_when(draw: Random) -> dict[str, int]:
    """The first few times, or now and then, from the call after some on."""
    every = draw.choice((1, 1, 1, 2, 3))
    return {"times": draw.randint(1, 3), "every": every, "after": draw.choice((0, 0, 0, 1, 2))}


def _one_of(*among: object) -> Draw:
    return lambda draw: draw.choice(among)


_person, _number, _heard = _one_of(*PEOPLE), _one_of(*range(12)), _one_of(False, True)
MOVES: Sequence[Move] = (
    Move("a_person_unsubscribes", 6, {"person": _person}),
    Move("an_address_unsubscribes", 5, {"address": _one_of(*ADDRESSES, NOBODYS)}),
    Move("a_record_is_named", 4, {"number": _number}),
    Move("the_people_side_marks_somebody", 3, {"person": _person}),
    Move("somebody_clears_a_person_by_hand", 2, {"person": _person}),
    Move("somebody_edits_the_box", 4, {"number": _number, "value": _one_of(True, True, False)}),
    Move("a_person_gets_another_address", 2, {"person": _person, "address": _one_of(*ADDRESSES)}),
    Move("a_person_gets_another_record", 3, {"person": _person, "number": _number}),
    Move("who_waited_gets_a_record", 3, {"number": _number}, lambda world: world.oracle.waiting),
    Move("two_contacts_are_merged", 3, {"winner": _number, "loser": _number}),
    Move("a_lead_is_converted", 2, {"lead": _number, "contact": _number, "into": _heard}),
    Move("a_record_is_deleted", 2, {"number": _number}),
    Move("a_record_is_undeleted", 2, {"number": _number}, lambda world: world.oracle.binned()),
    Move("something_goes_wrong", 4, {"fault": draw_fault, "when": draw_when}),
    Move("a_push_goes_wrong", 12, {"number": _number, "fault": draw_fault, "when": draw_when}),
    Move("all_is_well_again", 3),
    Move("a_drain", 8, {"minutes": _one_of(0, 1, 10, 100)}),
    Move("a_drain_while_the_people_side_is_away", 1),
    Move("a_drain_dies_as_it_writes", 2, {"is_heard": _heard}),
    Move("a_night", 1),
    Move("a_night_dies", 1, {"calls": lambda draw: draw.randint(0, 30), "is_heard": _heard}),
    Move("a_night_goes_wrong", 4, {"fault": _one_of(*AT_NIGHT), "when": draw_when}),
    Move("a_person_is_resubscribed", 2, {"number": _number}),
    Move("a_resubscribe_dies", 1,
         {"number": _number, "call": _one_of(*_CALLS), "is_heard": _heard}),
    Move("who_opted_out_is_merged_into_another", 1, {"winner": _number, "loser": _number}),
)  # fmt: skip


def after_failure(problem: Exception, done: Sequence[str]) -> str:
    """What went wrong, and the moves up to there."""
    where = traceback.extract_tb(problem.__traceback__)[-1].name
    said = " ".join(f"{type(problem).__name__} {problem}".split())
    return f"{said} in {where}, after {len(done)} moves: {'; '.join(done)}"
