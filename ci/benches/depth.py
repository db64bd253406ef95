"""How much a bench measures."""

from __future__ import annotations

from enum import Enum


class Depth(Enum):
    """Few rounds of small things, for every change; or all of it, for the figures that are told."""

    QUICK = "quick"
    FULL = "full"
