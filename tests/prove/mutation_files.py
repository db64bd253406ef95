"""The files whose every change must be seen, each with the few fast tests that must see it."""

from __future__ import annotations

_UNIT = "tests/unit/"


def _tests(*names: str) -> tuple[str, ...]:
    return tuple(f"{_UNIT}test_{name}.py" for name in names)


_LAYOUTS = _tests("layouts_cases", "layouts_place", "layouts_laws")
FILES = {
    "sync/guard.py": _tests("guard"),
    "sync/reactions.py": _tests("reactions"),
    "sync/ledger/lease.py": _tests("lease"),
    "deployer/layouts/place.py": _LAYOUTS,
    "deployer/layouts/splice.py": _LAYOUTS,
}
