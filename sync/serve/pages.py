"""The status page: live numbers, the last nights as a picture, quarantine with its reasons.

No e-mail address is on it, and no script: the browser fetches it again by itself.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from sync.ledger.ledger import from_text
from sync.ledger.runs import Run
from sync.status import DRY_RUN, StatusFacts, to_status, unacknowledged

EVERY_S = 10
"""So often the browser fetches the page again, unless it is asked to hold still."""
NEVER = 0
STILL = "/still"
NIGHTS = 14
MOST_CASES = 50
_HEIGHT = 96
_STEP = 44
# From a word's beginning alone, else a long one takes a time that grows by its square.
_ADDRESS = re.compile(r"(?<![^\s\"'<>])[^\s\"'<>]*@[^\s\"'<>]*")


@dataclass(frozen=True, slots=True)
class Bar:
    """One night in the picture, in the picture's units; `total` is what it wrote."""

    x: int
    y: float
    height: float
    day: str
    outcome: str
    total: int
    title: str


def _read(name: str) -> str:
    return files("sync.serve").joinpath(name).read_text("utf-8")


STYLE = _read("page.css")


def to_plain(text: str) -> str:
    """The org's words, or an id, with whatever looks like an address taken out."""
    return _ADDRESS.sub("(an address)", text)


@cache
def _environment() -> Environment:
    return Environment(
        loader=FunctionLoader(_read), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip


def render_page(org: str, facts: StatusFacts, every_s: int = EVERY_S) -> str:
    """The whole page as of these facts; NEVER is for readers whom a new page would interrupt."""
    status = to_status(facts)
    return _environment().get_template("page.html.j2").render(
        every_s=every_s, still=STILL, org=org, org_id=facts.org_id, now=_when(facts.now),
        status=status,
        overdue=status.next_run is not None and status.next_run <= facts.now,
        switch=facts.switch, when=_when, age=to_age, plain=to_plain,
        since=lambda text: _when(from_text(text)),
        bars=to_bars(facts.runs), width=NIGHTS * _STEP, height=_HEIGHT, step=_STEP,
        cases=facts.cases[:MOST_CASES], more=max(0, len(facts.cases) - MOST_CASES),
        unseen={case.id for case in unacknowledged(facts.cases, facts.now)},
    )  # fmt: skip


def to_bars(runs: Sequence[Run]) -> list[Bar]:
    """The last nights, the oldest first; heights grow with the square root of the writes."""
    last = [run for run in runs if run.kind != DRY_RUN][:NIGHTS][::-1]
    totals = [sum(_writes(run).values()) for run in last]
    highest = max([1, *totals])
    return [
        _bar(place, run, total, math.sqrt(total / highest) * (_HEIGHT - 20))
        for place, (run, total) in enumerate(zip(last, totals, strict=True))
    ]


def _bar(place: int, run: Run, total: int, tall: float) -> Bar:
    height = round(max(4.0, tall), 1)
    sides = ", ".join(f"{count:,} to {side}" for side, count in _writes(run).items())
    outcome = run.outcome or "running"
    return Bar(
        x=place * _STEP, y=_HEIGHT - height, height=height,
        day=f"{from_text(run.started_at):%d %b}", outcome=outcome, total=total,
        title=f"{run.kind} {run.run_id}, {outcome}: {sides or 'nothing written'}",
    )  # fmt: skip


def _writes(run: Run) -> dict[str, int]:
    return {side: int(count) for side, count in run.facts.get("writes", {}).items()}


def _when(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def to_age(seconds: int | None) -> str:
    """How long, in the two largest units; "none" for no opt-out at all."""
    if seconds is None:
        return "none"
    for size, unit, less, small in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"),
                                    (60, "min", 1, "s")):  # fmt: skip
        if seconds >= size:
            return f"{seconds // size} {unit} {seconds % size // less} {small}"
    return f"{seconds} s"
