"""The files whose every change must be seen, each with the few fast tests that must see it."""

from __future__ import annotations

_UNIT = "tests/unit/"


def _tests(*names: str) -> tuple[str, ...]:
    return tuple(f"{_UNIT}test_{name}.py" for name in names)


FILES = {
    "deployer/layouts/place.py": _tests("layouts_place"),
    "deployer/layouts/splice.py": _tests("layouts_place", "layouts_cases"),
    "deployer/layouts/edit.py": _tests("layouts_edits", "layouts_cases"),
    "sync/guard.py": _tests("guard"),
    "sync/reaction_table.py": _tests("reaction_table"),
    "sync/reactions.py": _tests("reactions"),
    "sync/reconcile.py": _tests("reconcile_sides", "reconcile"),
    "sync/ledger/lease.py": _tests("lease", "wrong_clocks"),
    "sync/ledger/events.py": _tests("ledger_events", "events"),
    "sync/ledger/fences.py": _tests("ledger_fences"),
    "sync/ledger/claims.py": _tests("ledger_targets", "ledger_fences"),
    "sync/ledger/targets.py": _tests("ledger_targets", "ledger_fences"),
    "sync/ledger/aliases.py": _tests("ledger_aliases"),
    "sync/ledger/again.py": _tests("records_come_to_again"),
}
