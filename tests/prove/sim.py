"""A seed is a schedule: what people, administrators, runners and faults do, one after the other.

Everything is in one process and in one thread, and time is the schedule's own, so a seed is one
run. Every law that may never be broken is looked at after each move; what must come about is
looked at once, at the end: after one night, or after drains alone.
"""

from __future__ import annotations

import multiprocessing
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from random import Random

import stamina
from prove.outcome import Outcome, Size, digest
from prove.sim_moves import FAULTS, MOVES, WAIVED, Move, after_failure
from prove.sim_world import ANEW, DrainsAlone, NightAtLast, Template, make_template
from prove.stages import be_silent
from prove.worlds import collect_seldom, memory_folder

PROCESSES = 2
SEEDS = {Size.SHORT: 300, Size.LONG: 20_000}
AGAIN = 100  # every so manyth seed is run twice
# What breaks a law is most often a few moves, and what must come about is looked for at each end.
# With bugs planted, a schedule of these finds half as many as one of 10 to 40 moves, in less than a
# third of the time; what takes many moves is left to the long ones.
STEPS, LONG_STEPS = (4, 8), (10, 40)
LONG = 24  # one in so many is long
# A seed in so many has nights, which cost several times as much as all the rest. Of a long run
# that is 690 seeds of three nights or more, one of which goes wrong. An odd number, so that both
# processes have their share.
NIGHTLY = 29


@dataclass(frozen=True, slots=True)
class Ran:
    """One seed's run: a digest of all that was done and asked, what is wrong, what has fired."""

    seed: int
    trace: str
    wrong: tuple[str, ...]
    fired: frozenset[str]


def run(seed: int, size: Size) -> Outcome:
    """So many seeds, some of them twice."""
    first = seed * 1_000_000
    seeds = range(first, first + SEEDS[size])
    shares = [seeds[at::PROCESSES] for at in range(PROCESSES)]
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=fresh) as pool:
        runs = [ran for share in pool.map(run_seeds, shares) for ran in share]
    failures = [f"seed {ran.seed}: {each}" for ran in runs for each in ran.wrong]
    failures += unequal(runs)
    fired = Counter(name for ran in runs for name in ran.fired)
    failures += [f"{name} was to be waived, and fired" for name in spelled(WAIVED) & fired.keys()]
    if size is Size.LONG:
        meant = spelled(set(FAULTS) - WAIVED)
        failures += [f"no {name} has ever fired" for name in sorted(meant - fired.keys())]
    told = sorted(f"{ran.seed} {ran.trace}" for ran in runs)
    return Outcome(len(runs), tuple(failures), digest(told), {"faults": len(fired)})


def spelled(faults: Collection[tuple[str, str]]) -> set[str]:
    """Faults as a schedule notes those that have fired."""
    return {f"{code} at {place}" for place, code in faults}


def unequal(runs: Sequence[Ran]) -> list[str]:
    """Seeds that were run twice, and were not the same run."""
    traces: dict[int, set[str]] = {}
    for ran in runs:
        traces.setdefault(ran.seed, set()).add(ran.trace)
    return [f"seed {seed} gave two runs" for seed, found in traces.items() if len(found) > 1]


def run_seeds(seeds: Sequence[int]) -> list[Ran]:
    """Run these, in a process of their own."""
    be_silent()
    with memory_folder() as folder, stamina.set_testing(True, attempts=2, cap=True):
        template = make_template(folder)
        collect_seldom()
        again = [seed for seed in seeds if seed % AGAIN < PROCESSES]
        return [run_seed(seed, template) for seed in (*seeds, *again)]


def run_seed(seed: int, template: Template, moves: Sequence[Move] = MOVES) -> Ran:
    """One schedule from its beginning to its end."""
    draw = Random(seed)  # noqa: S311 - repeatable on purpose
    kind = NightAtLast if seed % NIGHTLY == 0 else DrainsAlone
    own = {"template": template, "traces": [], "stays": seed % ANEW > 0, "turn": seed // NIGHTLY}
    world = type(kind.__name__, (kind,), own)()
    done: list[str] = []
    wrong = list(_unfold(world, moves, draw, done))
    fired = frozenset(world.fired)
    return Ran(seed, digest([*done, *world.house.heard]), tuple(wrong), fired)


def draw_length(draw: Random) -> int:
    """How many moves a schedule has."""
    return draw.randint(*(STEPS if draw.randrange(LONG) else LONG_STEPS))


def _unfold(world, moves: Sequence[Move], draw: Random, done: list[str]) -> Iterator[str]:
    """Move after move; what breaks a law, and after which moves."""
    failed = ""
    # Whatever escapes is what the suite is after.
    try:
        world.people_hold_records(draw.randrange(2**32))
        able = [move for move in moves if hasattr(world, move.name)]
        for _ in range(draw_length(draw)):
            move = draw.choices(able, [move.weight for move in able])[0]
            if move.can(world):
                given = {name: pick(draw) for name, pick in move.draws.items()}
                done.append(f"{move.name} {given}")
                getattr(world, move.name)(**given)
                world.look()
        world.last_move()
        world.look()
    except Exception as problem:  # noqa: BLE001
        failed = after_failure(problem, done)
        world.oracle.joined.clear()  # then its end is not looked at
    try:
        world.teardown()
    except Exception as problem:  # noqa: BLE001
        failed = failed or after_failure(problem, [*done, "the end"])
    if failed:
        yield failed
