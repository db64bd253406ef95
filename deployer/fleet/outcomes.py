"""How a child ended -> what a person reads of its org, and what the fleet exits with. Pure."""

from __future__ import annotations

import json
import shlex
import signal
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any

from deployer.errors import Exit
from deployer.fleet.last_words import last_words
from deployer.fleet.telling import Document, Told, fails, told_error
from deployer.fleet.verbs import Verb

SCHEMA = 1
# The first of these that an org came to is the fleet's. A person is needed before waiting helps.
WORST_FIRST = (
    Exit.INTERRUPTED,
    Exit.OUR_BUG,
    Exit.SAID_NO,
    Exit.USAGE,
    Exit.COULD_NOT_TELL,
    Exit.TRY_LATER,
    Exit.STILL_RUNNING,
    Exit.CHANGES_PENDING,
    Exit.DONE,
)
WORDS = {
    Exit.DONE: "done",
    Exit.SAID_NO: "said no",
    Exit.USAGE: "refused",
    Exit.OUR_BUG: "bug",
    Exit.COULD_NOT_TELL: "could not tell",
    Exit.CHANGES_PENDING: "changes pending",
    Exit.STILL_RUNNING: "still running",
    Exit.TRY_LATER: "try later",
    Exit.INTERRUPTED: "interrupted",
}


class End(Enum):
    """Who ended a child."""

    ITSELF = "itself"
    TOO_LONG = "too long"  # we did, at its deadline
    STOPPED = "stopped"  # we did, when we were asked to stop
    NOT_BEGUN = "not begun"  # nobody: we were asked to stop first
    NOT_STARTED = "not started"  # nobody: the machine would not; `err` says why


@dataclass(frozen=True, slots=True)
class Ended:
    """What is left of a child: `code` is negative for a signal, None where there was no child."""

    org: str
    end: End
    code: int | None = None
    out: bytes = b""
    err: bytes = b""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One org of the report; `alone` is what to type for this org by itself."""

    org: str
    exit: Exit
    result: str
    why: str
    next: str
    alone: str
    seconds: float = 0.0
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What every child was asked: the verb, the options as typed, and how long it had."""

    verb: Verb
    options: tuple[str, ...]
    minutes: int

    def alone(self, org: str) -> str:
        """What to type for one org by itself."""
        return shlex.join(["optout", *self.words(org)])

    def words(self, org: str) -> tuple[str, ...]:
        """The command line of one org, as its child gets it."""
        options = (word.replace("{org}", org) for word in self.options)
        return (*self.verb.words, *options, f"--org={org}")


def to_row(ended: Ended, asked: Asked) -> Row:
    """What a child came to. One that told its own end is believed, whoever asked it to stop."""
    document = read_document(ended)
    code = Exit.SAID_NO if document is None else Exit(document["exit"])
    if document is not None and (code is not Exit.INTERRUPTED or ended.end is End.ITSELF):
        told = _told(document, code, asked, ended.org)
    else:
        told, code = _untold(ended, asked)
    alone = asked.alone(ended.org)
    why, then = _on_one_line(told.why), _on_one_line(told.next) or alone
    return Row(ended.org, code, told.result, why, then, alone, ended.seconds, document)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def read_document(ended: Ended) -> Document | None:
    """The document that a child printed; None where it printed none, or one of another end."""
    with suppress(ValueError):  # UnicodeDecodeError is one
        document: Any = json.loads(ended.out)
        if isinstance(document, Mapping) and document.get("schema") == SCHEMA:
            ours = document.get("exit") == ended.code and ended.code in set(Exit)
            return document if ours else None
    return None


def _told(document: Document, code: Exit, asked: Asked, org: str) -> Told:
    if error := document.get("error"):
        return told_error(error, WORDS[code])
    told = asked.verb.tell(document, org)
    if not fails(code):
        return Told(told.result or WORDS[code], told.why, "-")
    return Told(told.result or WORDS[code], told.why, told.next)


def _untold(ended: Ended, asked: Asked) -> tuple[Told, Exit]:
    """A child that did not say what it came to."""
    resume = asked.verb.stopped.format(org=ended.org)
    if ended.end is End.TOO_LONG:
        why = f"it had not ended after {asked.minutes} minutes, and was stopped"
        return Told("too long", f"{why}{_forced(ended)}", resume), Exit.SAID_NO
    if ended.end is End.STOPPED:
        why = f"stopped with the fleet{_forced(ended)}"
        return Told("interrupted", why, resume), Exit.INTERRUPTED
    if ended.end is End.NOT_BEGUN:
        return Told("not begun", "the fleet was stopped first"), Exit.INTERRUPTED
    if ended.end is End.NOT_STARTED:
        return Told("not begun", f"no process could be started: {_line(ended)}"), Exit.TRY_LATER
    return Told("died", f"it {_how(ended.code)}; {_line(ended)}", resume), Exit.SAID_NO


def _forced(ended: Ended) -> str:
    return "; it did not heed that and was killed" if ended.code == -signal.SIGKILL else ""


def _how(code: int | None) -> str:
    """How a process ended that left no answer."""
    number = code or 0
    if number < 0:
        with suppress(ValueError):
            return f"was killed by {signal.Signals(-number).name}"
    return f"ended with exit code {number} and no answer"


def _line(ended: Ended) -> str:
    said = last_words(ended.err)
    return f"its last line: {said}" if said else "it said nothing"


def exit_of(codes: Iterable[Exit]) -> Exit:
    """The worst of them; 0 for none.

    2 says that nothing was sent, so it is the fleet's only where every org said it: else 1.
    """
    found = set(codes)
    worst = next((code for code in WORST_FIRST if code in found), Exit.DONE)
    return Exit.SAID_NO if worst is Exit.USAGE and len(found) > 1 else worst


def in_order(ended: Iterable[Ended], orgs: Sequence[str]) -> list[Ended]:
    """What is left of the children, in the order of the orgs, whoever ended first."""
    return sorted(ended, key=lambda each: orgs.index(each.org))
