"""Worlds in which people, administrators and faults do as they like; the laws must hold."""

from __future__ import annotations

from org_clock import OrgClock
from prove.outcome import Outcome, Size, digest
from prove.stages import be_silent
from sync_machines import NightsToo, PushesAlone, run_machine
from sync_resubscribing import NightsAndResubscribes, PushesAndResubscribes
from sync_world import World

from practice_org.app import open_practice_org
from practice_org.org import Org
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size as OrgSize

# The examples of each machine in a short run; ci/test has some of its own.
EXAMPLES: dict[type[World], int] = {
    PushesAlone: 20,
    NightsToo: 5,
    PushesAndResubscribes: 6,
    NightsAndResubscribes: 3,
}
LONGER = 100


def run(seed: int, size: Size) -> Outcome:
    """Every machine's examples; a breach of a law is told with the shortest way to it."""
    be_silent()
    org = small_org()
    many = LONGER if size is Size.LONG else 1
    count, failures, asked = 0, [], []
    for machine, examples in EXAMPLES.items():
        try:
            traces = run_machine(machine, org, examples=examples * many, number=seed)
        except AssertionError as breach:
            way = " ".join("\n".join(getattr(breach, "__notes__", ())).split())
            failures.append(f"{machine.__name__}: {breach} {way}")
        else:
            count += len(traces)
            asked += [call for trace in traces for call in trace]
    org.db.close()
    return Outcome(count, tuple(failures), digest(asked))


def small_org() -> Org:
    """The org that every example gets a copy of."""
    org = open_practice_org(":memory:", OrgClock(), seed=1)
    seed_org(org, Wish(OrgSize(contacts=0, leads=0, users=3)))
    return org
