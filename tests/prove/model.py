"""Worlds in which people, administrators and faults do as they like; the laws must hold."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from org_clock import OrgClock
from prove.outcome import Outcome, Size, digest
from prove.stages import be_silent
from prove.worlds import collect_seldom
from sync_machines import NightsToo, PushesAlone, run_machine
from sync_resubscribing import NightsAndResubscribes, PushesAndResubscribes
from sync_world import World

from practice_org.app import open_practice_org
from practice_org.org import Org
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size as OrgSize

# The examples of each machine in one lot, 34 in all; ci/test has some of its own.
EXAMPLES: dict[type[World], int] = {
    PushesAlone: 20,
    NightsToo: 5,
    PushesAndResubscribes: 6,
    NightsAndResubscribes: 3,
}
LOTS = {Size.SHORT: 1, Size.LONG: 100}  # 3,400 examples, in some seven minutes on two cores
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Lot:
    """So many examples of one machine: a digest of all they asked, and how a law was broken."""

    n: int
    trace: str
    failure: str = ""


def run(seed: int, size: Size) -> Outcome:
    """A lot of every machine for each seed from this one on: a long run is many short ones."""
    seeds = range(seed, seed + LOTS[size])
    works = [(machine, number) for number in seeds for machine in EXAMPLES]
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=fresh) as pool:
        lots = list(pool.map(run_lot, *zip(*works, strict=True)))
    return Outcome(
        sum(lot.n for lot in lots),
        tuple(lot.failure for lot in lots if lot.failure),
        digest(lot.trace for lot in lots),
    )


def run_lot(machine: type[World], seed: int) -> Lot:
    """One machine's examples; a breach of a law is told with the shortest way to it."""
    be_silent()
    collect_seldom()
    org = small_org()
    try:
        traces = run_machine(machine, org, examples=EXAMPLES[machine], number=seed)
    except AssertionError as breach:
        way = " ".join("\n".join(getattr(breach, "__notes__", ())).split())
        return Lot(1, "", f"seed {seed}, {machine.__name__}: {breach} {way}")
    finally:
        org.db.close()
    return Lot(len(traces), digest(call for trace in traces for call in trace))


def small_org() -> Org:
    """The org that every example gets a copy of."""
    org = open_practice_org(":memory:", OrgClock(), seed=1)
    seed_org(org, Wish(OrgSize(contacts=0, leads=0, users=3)))
    return org
