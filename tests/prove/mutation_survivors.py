"""Mutants that no test can see, each with its reason, by file and change."""

from __future__ import annotations

from collections.abc import Mapping

_GUARD = "sync/guard.py"

SURVIVORS: Mapping[tuple[str, str], str] = {}
