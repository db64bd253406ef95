"""The worlds that scenes begin in, and the look at what has become of one."""

from __future__ import annotations

import gc
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from org_clock import OrgClock
from prove.oracle import Acknowledged, Sown, verdict
from prove.points import Points
from prove.scenes import Scene
from prove.stages import Place, Stage, be_silent, open_house
from prove.stores import prepare, take_away
from sync_house import House

from practice_org.app import open_practice_org
from practice_org.seed.org_seed import Wish, seed_org
from practice_org.seed.people import Size as OrgSize

SOW = Stage(1, 0)
MEMORY = Path("/dev/shm")  # noqa: S108 - a kill loses nothing that a disk would keep


@contextmanager
def memory_folder() -> Iterator[Path]:
    """A folder that is gone after the block, in memory where there is a file system for that."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def collect_seldom() -> None:
    """Let this process look for garbage seldom: it takes a twelfth of the time of many worlds.

    Nearly all of theirs is freed without a look.
    """
    gc.set_threshold(50_000, 20, 50)


def sow_all(root: Path, scenes: Sequence[Scene]) -> None:
    """A folder for each scene with its world in it, which every run begins from.

    It is done in this process, whose children then find everything loaded.
    """
    be_silent()
    for scene in scenes:
        place = Place(root / scene.name)
        place.path.mkdir()
        prepare(place.path)
        org = open_practice_org(place.path / "org.sqlite", OrgClock(), seed=SOW.number)
        seed_org(org, Wish(OrgSize(contacts=0, leads=0, users=3)))
        org.db.close()
        with open_house(place, SOW, Points(lambda _name: None)) as house:
            sown = scene.sow(house)
        place.note("sown", astuple(sown))
        for name in scene.without:
            take_away(place.path, name)


def look(house: House, place: Place) -> None:
    """Nobody is harmed any more: what is due is drained, and a night finds nothing to write."""
    house.clear_faults()
    house.drain()
    writes = house.night(approve_all=True).writes
    out = {each for lot in place.noted("acked") for each in lot}
    # Killed between the commit and the answer, an opt-out may stand that nobody was told of.
    asking = out | {each for lot in place.noted("asking") for each in lot}
    resubscribed = {each for lot in place.noted("resubscribed") for each in lot} - asking
    wrong = verdict(house, Sown(*place.noted("sown")[0]), Acknowledged(out, resubscribed))
    if any(writes.values()):
        wrong.append(f"the night after the recovery still wrote {writes}")
    place.note("wrong", wrong)
