"""How two runners meet; each function yields a sentence for everything that is wrong.

A runner is stopped at a point outside transactions: inside one it holds SQLite's own lock, and
whoever comes waits for it.
"""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from prove.naive import naive_take
from prove.races import Race, Work, gate, note_ledger
from prove.scenes import Scene
from prove.stages import Blow, Stage, Started, wait_for
from sync_house import House

from sync.ledger.lease import LEASE_S, Lease, take

ONE, OTHER, LATER, NOTES = (Stage(number, 0) for number in range(2, 6))
RACES = 6


@dataclass(frozen=True, slots=True)
class Case:
    """Two runners of a scene, one that acts and one that recovers, and `how` they meet.

    `at` is the point at which the first one is stopped or killed.
    """

    title: str
    scene: Scene
    how: Callable[[Race, Case], Iterator[str]]
    at: int | None = None


def expect(race: Race, stage: Stage, started: Started, *words: str) -> Iterator[str]:
    """Wait for a runner, which must end in one of these ways."""
    told, word = wait_for(started), race.ended(stage)
    said = told.error or (signal.Signals(told.signal).name if told.signal else word)
    if said not in words:
        yield f"runner {stage.number} ended with {said!r}, not with {' or '.join(words)}"


def together(race: Race, case: Case) -> Iterator[str]:
    """Both begin at once: each is done, or finds the other at work."""
    with gate() as behind:
        one = race.begin(ONE, behind(case.scene.act))
        other = race.begin(OTHER, behind(case.scene.recover))
    yield from expect(race, ONE, one, "done", "busy")
    yield from expect(race, OTHER, other, "done", "busy")
    if {race.ended(ONE), race.ended(OTHER)} == {"busy"}:
        yield "each found the other at work, and nobody was"
    if case.scene.act is case.scene.recover and not _in_turn(race):
        yield "two nights wrote at the same time"


def _in_turn(race: Race) -> bool:
    """Whether the first who wrote was through before the other began; drains may mix."""
    order = [number for number, name in race.place.noted("order") if "PATCH" in name]
    return not order or order == sorted(order, key=lambda number: number != order[0])


def stopped(race: Race, case: Case) -> Iterator[str]:
    """One is stopped, the other runs to its end, and the first goes on."""
    one = race.begin(ONE, case.scene.act, Blow(case.at, signal.SIGSTOP))
    if not one.is_stopped():
        yield "it never came to its point"
    other = race.begin(OTHER, case.scene.recover)
    yield from expect(race, OTHER, other, "done", "busy")
    one.go_on()
    yield from expect(race, ONE, one, "done", "busy")


def taken_over(race: Race, case: Case) -> Iterator[str]:
    """A night sleeps past its lease: another does its work, and nothing of it lands any more."""
    one = race.begin(ONE, case.scene.act, Blow(case.at, signal.SIGSTOP))
    if not one.is_stopped():
        yield "it never came to its point"
    race.move(LEASE_S)
    yield from expect(race, OTHER, race.begin(OTHER, case.scene.recover), "done")
    yield from expect(race, NOTES, race.begin(NOTES, note_ledger), "done")
    before = race.place.noted("ledger")
    one.go_on()
    yield from expect(race, ONE, one, "busy")
    yield from expect(race, NOTES, race.begin(NOTES, note_ledger), "done")
    after = race.place.noted("ledger")[len(before) :]
    known = [row for lot in before for row in lot]
    yield from (
        f"it wrote {row} into the ledger" for lot in after for row in lot if row not in known
    )
    sent = [name for name in race.trace(ONE)[case.at :] if name.startswith("org.after PATCH")]
    if len(sent) > 1:
        yield f"it went on writing: {len(sent)} calls"


def overtaken(race: Race, case: Case) -> Iterator[str]:
    """A resubscribe sleeps past its lease: another takes it back, whatever it sends on waking."""
    one = race.begin(ONE, case.scene.act, Blow(case.at, signal.SIGSTOP))
    if not one.is_stopped():
        yield "it never came to its point"
    race.move(LEASE_S)
    yield from expect(race, OTHER, race.begin(OTHER, case.scene.recover), "done")
    one.go_on()
    yield from expect(race, ONE, one, "done", "busy")


def killed(race: Race, case: Case) -> Iterator[str]:
    """A night is killed: while its lease lasts nobody runs, and then somebody does."""
    one = race.begin(ONE, case.scene.act, Blow(case.at, signal.SIGKILL))
    yield from expect(race, ONE, one, "SIGKILL")
    yield from expect(race, OTHER, race.begin(OTHER, case.scene.recover), "busy")
    race.move(LEASE_S)
    yield from expect(race, LATER, race.begin(LATER, case.scene.recover), "done")


def copied(race: Race, case: Case) -> Iterator[str]:
    """A ledger and a copy of it, each with a runner that knows nothing of the other."""
    folder = race.place.path / "copy"
    folder.mkdir(mode=0o700)
    for file in race.place.path.glob("ledger.sqlite*"):
        shutil.copy(file, folder)
    copy = replace(race.place, ledger="copy/ledger.sqlite")
    with gate() as behind:
        one = race.begin(ONE, behind(case.scene.act))
        other = race.begin(OTHER, behind(case.scene.act), place=copy)
    yield from expect(race, ONE, one, "done")
    yield from expect(race, OTHER, other, "done")


Take = Callable[[House, str, str], Lease]


def real(house: House, org_id: str, owner: str) -> Lease:
    """The lease of the product."""
    return take(house.ledger, org_id, owner)


def naive(house: House, org_id: str, owner: str) -> Lease:
    """A lease that is looked at and then taken."""
    return naive_take(house.ledger, org_id, owner, house.points)


def leases(race: Race, _case: Case) -> Iterator[str]:
    """Two take the same lease, one stopped at every point in turn, and both at once."""
    both = most_holders(race, real)
    if both != 1:
        yield f"{both} hold one lease"


def naive_leases(race: Race, _case: Case) -> Iterator[str]:
    """The same with a lease as it must not be made: if that is not found out, nothing is shown."""
    if most_holders(race, naive) != 2:
        yield "two that look first and take then were not found to hold one lease both"


def most_holders(race: Race, take_it: Take) -> int:
    """How many at most have come to hold one lease, in all meetings."""
    wait_for(race.begin(ONE, _holding(take_it, "alone")))
    points = [n for n, name in enumerate(race.trace(ONE)) if not name.startswith("commit.before")]
    for at in points:
        one = race.begin(ONE, _holding(take_it, f"stopped-{at}"), Blow(at, signal.SIGSTOP))
        one.is_stopped()
        wait_for(race.begin(OTHER, _holding(take_it, f"stopped-{at}")))
        one.go_on()
        wait_for(one)
    for number in range(RACES):
        with gate() as behind:
            both = [race.begin(stage, behind(_holding(take_it, f"race-{number}")))
                    for stage in (ONE, OTHER)]  # fmt: skip
        for each in both:
            wait_for(each)
    holders = race.place.noted("holds")
    return max(holders.count(each) for each in holders)


def _holding(take_it: Take, org_id: str) -> Work:
    def work(house: House, place: object) -> None:
        take_it(house, org_id, f"owner-{next(house.numbers)}")
        place.note("holds", org_id)

    return work
