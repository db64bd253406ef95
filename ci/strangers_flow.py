"""A row of the table of flows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from strangers_stage import Practice, Stage


class Part(Enum):
    """Whether every change runs the flow, or only whoever runs them all."""

    CORE = auto()
    REST = auto()


@dataclass(frozen=True, slots=True)
class Flow:
    """What a client does, the function that makes it do so, and the org it does so in."""

    client: str
    name: str
    play: Callable[[Stage], None]
    part: Part = Part.REST
    practice: Practice = field(default_factory=Practice)

    @property
    def title(self) -> str:
        return f"{self.client}: {self.name}"
