"""The suite `kill` with ledger and people in PostgreSQL."""

from __future__ import annotations

from dataclasses import replace

from postgresql_house import NOT_THERE
from prove import kill
from prove.outcome import Outcome, Size
from prove.scenes import SCENES, Names
from prove.stores import in_postgresql

# A third of the points of these.
SHORT = ("a new ledger", "push", "serve", "nightly", "resubscribe")


def run(seed: int, size: Size) -> Outcome:
    """As `kill.run`; the short tier takes fewer scenes, and a third of their points."""
    few = [replace(scene, names=Names.SOME) for scene in SCENES if scene.name in SHORT]
    with in_postgresql() as there:
        if not there:
            return Outcome(0, (NOT_THERE,))
        return kill.run(seed, size, few if size is Size.SHORT else SCENES)
