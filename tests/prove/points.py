"""Failpoints: places the product passes, found from outside; the product knows nothing of them.

Before and after every commit of every database of ours, before every request to the org is carried
out and before its answer is used, before and after every fsync and every rename. A point is named
by what happens there and by the function of the product that does it.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from sqlalchemy.engine.default import DefaultDialect

from practice_org.wire import Request, Response

_OURS = ("sync.", "deployer.")
# Wrappers around every transaction: who opened it says more.
_WRAPPERS = frozenset({"held", "_writing"})
_ID = re.compile(r"\b[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?\b")
_VERSION = re.compile(r"^/services/data/v\d+\.\d/")
Act = Callable[[], None]


@dataclass(slots=True)
class Points:
    """Passes points: `tell` hears the name of each, and `act` is done at number `at` (from 0)."""

    tell: Callable[[str], None]
    at: int | None = None
    act: Act = lambda: None
    passed: int = 0

    def __call__(self, name: str) -> None:
        number, self.passed = self.passed, self.passed + 1
        self.tell(name)
        if number == self.at:
            self.act()


def watch(points: Points) -> None:
    """Have this process pass every commit, fsync and rename; there is no way back.

    Only for a child process that ends with its work.
    """
    DefaultDialect.do_commit = _around(DefaultDialect.do_commit, "commit", points)  # type: ignore[method-assign]
    os.fsync = _around(os.fsync, "fsync", points)
    os.replace = _around(os.replace, "rename", points)


def watched(answer: Callable[[Request], Response], points: Points) -> Callable[..., Response]:
    """The org's answers, with a point before and after each."""

    def answered(asked: Request) -> Response:
        name = f"{asked.method} {_ID.sub('*', _VERSION.sub('', asked.path))}"
        points(f"org.before {name}")
        told = answer(asked)
        points(f"org.after {name}")
        return told

    return answered


def _around(does: Callable, kind: str, points: Points) -> Callable:
    @wraps(does)
    def doing(*given: object, **named: object) -> object:
        who = caller()
        points(f"{kind}.before {who}")
        done = does(*given, **named)
        points(f"{kind}.after {who}")
        return done

    return doing


def caller() -> str:
    """The function of the product that is at work."""
    frame = sys._getframe(1)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(_OURS) and frame.f_code.co_name not in _WRAPPERS:
            return f"{module}.{frame.f_code.co_name}"
        frame = frame.f_back
    return "?"
