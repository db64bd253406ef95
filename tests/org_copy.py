"""Copies of an org that was seeded once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from practice_org.org import Org, open_org
from practice_org.workbench.clock import put_ahead


def copy_of(org: Org, clock: Callable[[], datetime], seed: int) -> Org:
    """An org of its own in memory, in the state of the other; what it draws begins with `seed`.

    No table is made only to be written over by the copy.
    """
    copied = open_org(":memory:", clock, seed)
    org.db.backup(copied.db)
    put_ahead(copied, clock)
    return copied
