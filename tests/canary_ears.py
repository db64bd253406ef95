"""Hear what a test has typed, read and caught: by the names that pytest, subprocess and click have.

Not heard is what a test reads line by line from the pipe of a child process.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from typing import Protocol

import pytest

from deployer.cli import optout

_NOBODYS_ERRORS = (SystemExit, AssertionError, KeyboardInterrupt)
_STARTS = ("main()", "optout", "deployer.cli", "practice_org")
_WITH_VALUE = "--log-file"


class Listener(Protocol):
    """Whoever wants to know."""

    def typed(self, words: str) -> None: ...
    def said(self, text: str | bytes | None, where: str) -> None: ...
    def read(self, out: str | bytes, err: str | bytes) -> None: ...


def open_ears(patch: pytest.MonkeyPatch, now: Callable[[], Listener]) -> None:
    """Tell whoever listens now, until the patch is undone."""
    _hear_commands(patch, now)
    _hear_captured(patch, now)
    _hear_children(patch, now)
    _hear_errors(patch, now)


def _hear_commands(patch: pytest.MonkeyPatch, now: Callable[[], Listener]) -> None:
    really = optout.main

    def main(args: Sequence[str], **named):
        now().typed(verb_first(args))
        return really(args=args, **named)

    patch.setattr(optout, "main", main)


def _hear_captured(patch: pytest.MonkeyPatch, now: Callable[[], Listener]) -> None:
    really = pytest.CaptureFixture.readouterr

    def readouterr(self):
        said = really(self)
        now().read(said.out, said.err)
        return said

    patch.setattr(pytest.CaptureFixture, "readouterr", readouterr)


def _hear_children(patch: pytest.MonkeyPatch, now: Callable[[], Listener]) -> None:
    really = subprocess.Popen.communicate

    def communicate(self, *args, **named):
        out, err = really(self, *args, **named)
        words = [self.args] if isinstance(self.args, str | bytes | os.PathLike) else self.args
        now().typed(verb_first(command_of([os.fsdecode(each) for each in words])))
        now().read(out, err)
        return out, err

    patch.setattr(subprocess.Popen, "communicate", communicate)


def _hear_errors(patch: pytest.MonkeyPatch, now: Callable[[], Listener]) -> None:
    really = pytest.RaisesExc.__exit__

    def left(self, kind, error, trace):
        if error is not None and not isinstance(error, _NOBODYS_ERRORS):
            # What led to it is never shown.
            now().said(str(error), f"the error {type(error).__name__}")
        return really(self, kind, error, trace)

    patch.setattr(pytest.RaisesExc, "__exit__", left)


def command_of(words: Sequence[str]) -> Sequence[str]:
    """What our own program is told, of a child's words; all of them when it is another program."""
    for number, word in enumerate(words):
        if word.endswith(_STARTS):
            return words[number + 1 :]
    return words


def verb_first(words: Sequence[str]) -> str:
    """As typed, without the options that stand before the verb."""
    left = [str(word) for word in words]
    while left and left[0].startswith("-"):
        del left[: 2 if left[0] == _WITH_VALUE else 1]
    return " ".join(left)
