"""A long while of a real server: a million webhooks, kills and outages, and nothing is lost.

A practice org and `optout sync serve` are processes of their own. Deliveries come twice, late,
forged and broken; the server is killed; the org is away, throttles, revokes its tokens and cannot
be written. In between persons resubscribe. Then the server ends, and what it put off for later is
drained as it would be then: whoever was answered 202 is opted out on both sides, once.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from postgresql_house import Cluster
from prove.outcome import Outcome, Size, digest
from prove.soak_end import drain_the_rest, look
from prove.soak_house import Sample, Soaked, free_port
from prove.soak_load import Load
from prove.soak_plan import Act, Mark, Plan
from prove.soak_resubscribes import Resubscribes
from prove.soak_store import Files, make_database
from prove.stages import be_silent

from deployer.clock import SystemClock

EVENTS = {Size.SHORT: 20_000, Size.LONG: 1_000_000}
PEOPLE = {Size.SHORT: 2_000, Size.LONG: 20_000}
KILLS = {Size.SHORT: 3, Size.LONG: 20}
LOOKS = 50
# How long the server may work on after the last delivery, and without getting any further: what it
# has put off takes longer.
DRAIN_S, STUCK_S = 300, 5
# Ten times what is promised: a busy machine is slow, and no sentence here is about speed.
ACK_MOST_MS, GROWTH_MOST_MB, FILES_MOST = 1_000, 10, 100
_CLOCK = SystemClock()


def run(seed: int, size: Size) -> Outcome:
    """The whole plan of this seed, once."""
    return carry_out(Plan(seed, EVENTS[size], PEOPLE[size], KILLS[size]))


def carry_out(plan: Plan, server: Cluster | None = None) -> Outcome:
    """This plan, from beginning to end; `server` has the database, if there is to be one."""
    be_silent()
    with soak(plan, server=server) as soaked:
        wrong = [*soaked.wrong, *_beyond(soaked.figures)]
    told = (f"{each}" for each in chain(plan.deliveries(), plan.marks()))
    return Outcome(soaked.sent, tuple(wrong), digest(told), soaked.figures)


@dataclass
class Told:
    """How a soak ended."""

    sent: int = 0
    wrong: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)


@contextmanager
def soak(
    plan: Plan,
    drain_s: float = DRAIN_S,
    spoil: Callable[[Soaked], None] = lambda _: None,
    server: Cluster | None = None,
) -> Iterator[Told]:
    """Everything, from an empty folder; `spoil` may do harm before it is looked at the end."""
    told = Told()
    with tempfile.TemporaryDirectory(prefix="optout-soak-") as name:
        home = Path(name) / "home"
        store = make_database(server) if server else Files(home)
        house = Soaked(Path(name), free_port(), store)
        before = os.environ.get("OPTOUT_HOME")
        os.environ["OPTOUT_HOME"] = str(home)
        try:
            _soak(house, plan, drain_s, spoil, told)
        finally:
            if house.server and house.server.poll() is None:
                house.server.kill()
                house.server.wait()
            os.environ.pop("OPTOUT_HOME")
            if before is not None:
                os.environ["OPTOUT_HOME"] = before
        yield told


def _soak(
    house: Soaked, plan: Plan, drain_s: float, spoil: Callable[[Soaked], None], told: Told
) -> None:
    # A tenth of a new org's contacts are opted out to begin with.
    with house.org(plan.people * 5 // 4):
        records = house.fetch_contacts()[: plan.people]
        _people(house, records)
        house.serve()
        load = Load(plan, house.port, records)
        again = Resubscribes(house, plan)
        begun, before = time.monotonic(), house.cpu_s()
        _through(house, load, plan, again)
        took, after = time.monotonic() - begun, house.cpu_s()
        told.wrong += load.wrong
        left = _wait(house, drain_s)
        if code := house.stop():
            told.wrong.append(f"the server ended with {code} after SIGTERM")
        drain_the_rest(house)
    spoil(house)
    told.sent = load.sent
    told.wrong += look(house, load, again)
    told.figures |= {
        "per_s": round(load.sent / took), "left_for_later": left, "kills": plan.kills,
        "outages": len(plan.outages), "put_off": load.later, "resubscribed": len(again.cleared),
        **_acks(load), **_growth(house.samples), **_shares(before, after, load.sent),
    }  # fmt: skip


def _people(house: Soaked, records: list[str]) -> None:
    rows = [
        f"person-{number},person-{number}@example.com,{each},false"
        for number, each in enumerate(records)
    ]
    file = house.folder / "people.csv"
    file.write_text("\n".join(["person_id,email,salesforce_id,unsubscribed", *rows]) + "\n")
    house.run("people", "import", str(file))


def _through(house: Soaked, load: Load, plan: Plan, again: Resubscribes) -> None:
    """Deliver everything while the marks are kept; then nothing is wrong any more."""
    marks, late, looks = plan.marks(), 0, 0
    threads = load.begin()
    while any(thread.is_alive() for thread in threads):
        while marks and marks[0].after + late <= load.sent:
            # What begins late ends late: on a slow machine nothing is over before it is noticed.
            late = load.sent - marks[0].after
            _keep(house, marks.pop(0))
        if load.sent >= plan.events * looks // LOOKS:
            house.look(load.sent)
            looks += 1
        again.some(load.sent, is_last=False)
        _CLOCK.sleep(0.1)
    for mark in marks:
        _keep(house, mark)
    house.calm()
    again.some(load.sent, is_last=True)


def _keep(house: Soaked, mark: Mark) -> None:
    match mark.act:
        case Act.KILL:
            house.kill()
        case Act.RESTART:
            house.store.restart("fast")
        case Act.CRASH:
            house.store.restart("immediate")
        case Act.BEGIN:
            house.upset(mark.upset.value)
        case Act.END:
            house.calm()


def _wait(house: Soaked, drain_s: float) -> int:
    """Let the server work on while it gets on; how many events it has not settled by then."""
    until = time.monotonic() + drain_s
    left, stuck = house.open_events(), time.monotonic() + STUCK_S
    while left and time.monotonic() < min(until, stuck):
        _CLOCK.sleep(0.5)
        if (now := house.open_events()) < left:
            left, stuck = now, time.monotonic() + STUCK_S
    return left


def _acks(load: Load) -> Mapping[str, float]:
    ordered = sorted(load.acks_s) or [0.0]
    return {
        "ack_p50_ms": round(statistics.median(ordered) * 1000, 1),
        "ack_p99_ms": round(ordered[len(ordered) * 99 // 100] * 1000, 1),
    }


def _shares(
    before: Mapping[str, float], after: Mapping[str, float], sent: int
) -> Mapping[str, float]:
    """Seconds of the CPU for 1,000 deliveries, by process."""
    return {
        f"{name}_s_per_1k": round((after[name] - before[name]) / max(sent, 1) * 1000, 2)
        for name in after
    }


def _growth(samples: list[Sample]) -> Mapping[str, float]:
    """Of the longest life: megabytes for 100,000 deliveries after its first fifth; files."""
    lives = Counter(sample.life for sample in samples)
    longest = [each for each in samples if each.life == lives.most_common(1)[0][0]]
    later = longest[len(longest) // 5 :]
    first, last = later[0], later[-1]
    answered = max(last.answered - first.answered, 1)
    return {
        "rss_mb": round(max(each.rss_mb for each in samples)),
        "mb_per_100k": round((last.rss_mb - first.rss_mb) / answered * 100_000, 2),
        "answered_in_it": answered,
        "files_least": min(each.files for each in later),
        "files_most": max(each.files for each in samples),
    }


def _beyond(figures: Mapping[str, float]) -> Iterator[str]:
    if figures["ack_p99_ms"] > ACK_MOST_MS:
        yield f"a sender in a hundred waits {figures['ack_p99_ms']} ms"
    if figures["answered_in_it"] >= 100_000 and figures["mb_per_100k"] > GROWTH_MOST_MB:
        yield f"memory grows by {figures['mb_per_100k']} MB for 100,000 deliveries"
    if figures["outages"] and not figures["put_off"]:
        yield "no sender noticed that the database was away"
    if figures["files_most"] > FILES_MOST:
        yield f"{figures['files_most']:g} files are open"
