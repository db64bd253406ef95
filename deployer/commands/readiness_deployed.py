"""What this machine deployed last, for readiness to look whether it still stands."""

from __future__ import annotations

from pathlib import PurePosixPath

from deployer.errors import BadInput
from deployer.model.layouts import layout_name_of
from deployer.model.plans import Aim
from deployer.planning.snapshot import from_bytes
from deployer.readiness.facts.asked import Deployed
from deployer.rollout.journal import Entry, Journal, Step

_LANDED = frozenset({Step.APPLIED, Step.DONE})


def last_deploy(journal: Journal, field: str) -> Deployed | None:
    """The newest deploy of this field that landed; None without one, or without its snapshot."""
    landed = (e for e in journal.entries() if e.step in _LANDED and e.field == field)
    entry = next(landed, None)
    if entry is None or entry.aim != Aim.PUT.value:
        return None
    layouts = _layouts(journal, entry)
    return Deployed(entry.deploy_id, entry.asked_at, layouts) if layouts else None


def _layouts(journal: Journal, entry: Entry) -> tuple[str, ...]:
    """A snapshot that is gone or damaged is restore's to tell; here it is no deploy to look at."""
    try:
        data = journal.read_snapshot(entry.key)
        after = from_bytes(data, str(journal.snapshot_path(entry.key))).after
    except BadInput:
        return ()
    names = (layout_name_of(PurePosixPath(path).name) for path in after)
    return tuple(sorted(name.decoded for name in names if name))
