"""Ledger and people store on a disk that fails: at every operation, in every way."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from prove.failing import Failing, Trouble
from prove.oracle import Sown
from prove.points import Points
from prove.recorder import standing_between
from prove.scenes import (
    ASKED,
    WHO,
    Scene,
    adopted_world,
    asked_of,
    drain,
    drain_and_night,
    night,
    opted_out_world,
    push,
    resubscribe,
)
from prove.stages import Place, Stage, open_house
from prove.worlds import look
from serve_house import facts_of, make_desk, said
from sqlalchemy.exc import SQLAlchemyError
from sync_house import House

from deployer.errors import OptoutError

ACT, RECOVER, END = Stage(2, 24), Stage(3, 25), Stage(5, 48)
# What each command turns into a sentence: sync/ledger/trouble.py, sync/people/sql_trouble.py.
TOLD = (OptoutError, OSError, SQLAlchemyError)


@dataclass(frozen=True, slots=True)
class Case:
    """`trouble` at operation `at` of the scene's act; None: no trouble."""

    scene: Scene
    trouble: Trouble = Trouble.EIO
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """What happened: the act's operations by name, and what is wrong."""

    case: Case
    names: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def title(self) -> str:
        """The scene, the trouble and where it began."""
        case = self.case
        if case.at is None:
            return case.scene.name
        where = self.names[case.at] if case.at < len(self.names) else "nowhere"
        return f"{case.scene.name}, {case.trouble.value} at {where} (operation {case.at})"


def deliver(house: House, place: Place) -> None:
    """Webhooks, alone and together; each is answered 202 or 503."""
    for some in ([0], [1], [2, 3, 4, 5]):
        _send(house, place, some)


def deliver_again(house: House, place: Place) -> None:
    """What senders do who were told to try again; the same server, without a new start.

    What was answered for is not sent again: nobody would know that it is lost.
    """
    told = dict(pair for lot in place.noted("answered") for pair in lot)
    for number in range(len(ASKED)):
        if told.get(number) != 202:
            _send(house, place, [number])
    _note_ready(house, place)
    house.drain()


def _send(house: House, place: Place, some: Sequence[int]) -> None:
    desk = make_desk(house.ledger, lambda: facts_of(house.ledger))
    bodies = [said(house.clock.now(), number, **ASKED[number]) for number in some]
    answers = desk.post(*bodies, number=some[0])
    place.note("answered", [(n, answer.status) for n, answer in zip(some, answers, strict=True)])
    taken = [WHO[n] for n, answer in zip(some, answers, strict=True) if answer.status == 202]
    place.note("acked", taken)
    _note_ready(house, place)


def _note_ready(house: House, place: Place) -> None:
    place.note("ready", make_desk(house.ledger, lambda: None).get("/readyz").status)


def asked_by_web(house: House) -> Sown:
    """As for a push."""
    return asked_of(house)


SCENES = (
    Scene("intake", asked_by_web, deliver, deliver_again),
    Scene("push", asked_of, push, drain),
    Scene("a new ledger", asked_of, push, push, without=("ledger.sqlite",)),
    Scene("nightly", adopted_world, night, night),
    Scene("resubscribe", opted_out_world, resubscribe, drain_and_night),
)


def run_case(root: Path, case: Case) -> Run:
    """One run, from a copy of its scene's world; the disk is mended after the act."""
    with tempfile.TemporaryDirectory(dir=root) as folder:
        place = Place(Path(folder) / "run")
        shutil.copytree(root / case.scene.name, place.path)
        disk = Failing(place.path, trouble=case.trouble, at=case.at)
        with standing_between(disk):
            wrong = list(_run(case, place, disk))
    return Run(case, tuple(disk.names), tuple(wrong))


def _run(case: Case, place: Place, disk: Failing) -> Iterator[str]:
    acted = list(_work(place, ACT, case.scene.act, disk, mended=case.scene.recover))
    names = list(disk.names)
    yield from acted
    yield from _work(place, RECOVER, case.scene.recover, disk)
    yield from _work(place, END, look, disk)
    del disk.names[:]
    disk.names += names
    yield from _answers(place)
    for sentences in place.noted("wrong"):
        yield from sentences


def _work(
    place: Place, stage: Stage, work: Callable[[House, Place], None], disk: Failing,
    mended: Callable[[House, Place], None] | None = None,
) -> Iterator[str]:  # fmt: skip
    """Work in a house; on a disk with trouble it may say that it cannot, and nothing else.

    `mended` is done in the same house once the disk is well again.
    """
    troubled = disk.at is not None
    try:
        with open_house(place, stage, Points(lambda _name: None)) as house:
            try:
                work(house, place)
            except TOLD as problem:
                if not troubled:
                    yield f"stage {stage.number}: {type(problem).__name__} {problem}"
            disk.mend()
            if mended and troubled:
                mended(house, place)
    except TOLD as problem:
        disk.mend()
        if not (troubled and mended):
            yield f"stage {stage.number}: {type(problem).__name__} {problem}"
    except Exception as problem:  # noqa: BLE001 - whatever else escapes is a traceback to somebody
        disk.mend()
        yield f"stage {stage.number}: {type(problem).__name__} {problem}"


def _answers(place: Place) -> Iterator[str]:
    """A sender hears 202 or 503, nothing else, and in the end 202.

    It is ready, or it says that it is not.
    """
    told = [pair for lot in place.noted("answered") for pair in lot]
    if others := sorted({status for _, status in told} - {202, 503}):
        yield f"senders were answered {others}"
    if put_off := [number for number, status in dict(told).items() if status != 202]:
        yield f"the disk is well, and {len(put_off)} senders are still told to wait"
    ready = place.noted("ready")
    if {*ready} - {200, 503} or ready[-1:] not in ([], [200]):
        yield f"whether it is ready was answered by {ready}"


def cases_at(names: Sequence[str], scene: Scene) -> list[Case]:
    """Every trouble at every operation."""
    return [Case(scene, trouble, at) for at in range(len(names)) for trouble in Trouble]
