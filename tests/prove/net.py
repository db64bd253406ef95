"""Every harm of the wire at every call of push, night, deploy, restore, readiness and login.

A proxy in this process stands between the product's own client and the practice org's own server,
with TLS on both sides. Whatever it does: no traceback and no hang, the exit code says done or try
later, nothing is opted in or half deployed, and on a wire that is well again all is done, once.
"""

from __future__ import annotations

import multiprocessing
import signal
import tempfile
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from random import Random

import stamina
from prove.disk_files import seeded_org
from prove.fault_house import make_template
from prove.net_house import open_wire
from prove.net_sites import Kit, Site, every_site, make_kit
from prove.outcome import Outcome, Size, digest
from prove.stages import be_silent
from prove.toxic_proxy import Toxic

PROCESSES = 2
# Of each harm a short run shows so many calls, drawn; a long one every call.
CALLS = 12
# Far longer than any case takes, whose clients give up within a second: one that hangs has failed.
PATIENCE_S = 300


def run(seed: int, size: Size) -> Outcome:
    """A row of calls for each harm; every call at least once."""
    cases = draw_cases(Random(seed), size)  # noqa: S311 - repeatable on purpose
    shares = [cases[at::PROCESSES] for at in range(PROCESSES)]
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(PROCESSES, mp_context=fresh) as pool:
        told = [each for share in pool.map(try_cases, shares) for each in share]
    failures = tuple(sorted(each for wrong in told for each in wrong))
    names = [f"{every_site()[site].name} {toxic.name}" for site, toxic in cases]
    return Outcome(len(told), failures, digest([*names, *failures]))


Case = tuple[int, Toxic]


def draw_cases(draw: Random, size: Size) -> list[Case]:
    """Sites by number with what befalls each."""
    sites = list(range(len(every_site())))
    if size is Size.LONG:
        return [(site, toxic) for toxic in Toxic for site in sites]
    draw.shuffle(sites)
    row = sites * len(Toxic)  # each harm goes on where the last one ended
    return [
        (row[at * CALLS + number], toxic)
        for at, toxic in enumerate(Toxic)
        for number in range(CALLS)
    ]


def try_cases(cases: Sequence[Case]) -> list[list[str]]:
    """What was wrong in each, in a process of their own."""
    with opened() as kit:
        sites = every_site()
        return [list(try_case(kit, sites[number], toxic)) for number, toxic in cases]


@contextmanager
def opened() -> Iterator[Kit]:
    """Everything that a case begins from."""
    be_silent()
    with (
        tempfile.TemporaryDirectory(prefix="optout-net-") as name,
        stamina.set_testing(True, attempts=2, cap=True),
    ):
        (folder := Path(name, "sync")).mkdir()
        sync = make_template(folder)
        with open_wire(Path(name)) as wire:
            yield make_kit(wire, sync, seeded_org())


class Hangs(BaseException):
    """It took longer than any of our own deadlines lets it."""


def try_case(kit: Kit, site: Site, toxic: Toxic | None) -> Iterator[str]:
    """What is wrong in one case, each a sentence that names it."""
    title = f"{site.name}, {toxic.value if toxic else 'unharmed'}"
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(PATIENCE_S)
    try:
        yield from (f"{title}: {each}" for each in site.work(kit, site, toxic))
    except (Hangs, Exception) as problem:  # noqa: BLE001 - whatever escapes is a traceback
        where = traceback.extract_tb(problem.__traceback__)[-1]
        yield f"{title}: {type(problem).__name__}: {problem} in {where.name}"
    finally:
        signal.alarm(0)


def _give_up(*_given: object) -> None:
    raise Hangs(f"no end after {PATIENCE_S} s")
