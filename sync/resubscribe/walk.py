"""The walk of a resubscribe: see it whole, ask, fence, clear both sides, confirm or take back."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from deployer.errors import OptoutError, TryLater
from deployer.salesforce.bulk import JobGone, JobKind, fetch_job
from sync.database.views import reading
from sync.ledger.fences import ResubscribeState
from sync.ledger.handed_over import is_handed_over
from sync.ledger.lease import Lease, release, take
from sync.ledger.open_rows import read_open_rows
from sync.ledger.resubscribes import Wish, begin, finish
from sync.ledger.runs import open_jobs
from sync.ledger.taken_back import take_back, take_back_deserted
from sync.resubscribe.clearing import Clearing, clear
from sync.resubscribe.component import Component, Sources, find_component
from sync.resubscribe.deciding import asserts, ties

_RUNNING = ("UploadComplete", "InProgress")


@dataclass(frozen=True, slots=True)
class Asked:
    """What was typed; `agree` shows what is covered and raises unless somebody says yes."""

    who: str
    by: str
    reason: str
    agree: Callable[[Component], None]


@dataclass(frozen=True, slots=True)
class Resubscribed:
    """How it ended: `state` is None when nothing had to be done; `problem` is what refused."""

    component: Component
    state: ResubscribeState | None
    detail: str = ""
    problem: OptoutError | None = None


def resubscribe(from_: Sources, asked: Asked, word: str) -> Resubscribed:
    """Clear the whole component of one person, or leave it opted out; `word` is this process's own.

    Errors: UsageError; Busy while a night, a drain of this person or another resubscribe is under
    way; TryLater when something was changed since it was shown; as any read of either side.
    """
    shown = find_component(from_, asked.who)
    if not _is_out(from_, shown):
        return Resubscribed(shown, None)
    _refuse_handed_over(from_, shown)
    asked.agree(shown)
    lease = take(from_.ledger, from_.door.writer.org.org_id, word)
    try:
        take_back_deserted(from_.ledger)
        _refuse_running_jobs(from_)
        return _carry_out(from_, asked, lease, shown)
    finally:
        release(from_.ledger, lease)


def _refuse_handed_over(from_: Sources, component: Component) -> None:
    """The people side would take their opt-out in later, and all be opted out again."""
    with reading(from_.ledger.engine) as db:
        if is_handed_over(db, component.members):
            raise TryLater(
                "their opt-out was handed over to the people side, which does not show it yet",
                hint="nothing was changed; once its export shows them unsubscribed, take that back "
                "there first, then run the same command again",
            )


def _refuse_running_jobs(from_: Sources) -> None:
    """A job that a dead night left behind ticks boxes until it ends."""
    for job_id, _ in open_jobs(from_.ledger, "ingest"):
        with suppress(JobGone):
            if fetch_job(from_.door.writer, JobKind.INGEST, job_id).state in _RUNNING:
                raise _later("a bulk job that a night has left behind is still at work")


def _is_out(from_: Sources, component: Component) -> bool:
    """Whether anything asserts an opt-out, or still waits to."""
    if any(asserts(member) for member in component.members.values()):
        return True
    with reading(from_.ledger.engine) as db:
        return bool(read_open_rows(db, component.members))


def _carry_out(from_: Sources, asked: Asked, lease: Lease, shown: Component) -> Resubscribed:
    before = find_component(from_, asked.who)
    if set(before.members) != set(shown.members):
        raise _later("who and what it covers has changed since it was shown")
    if ties(before.members.values(), before.org_at):
        raise _later("a record was changed in this very second, which counts as opted out")
    person_id = next(iter(before.members.values())).person_id
    wish = Wish(person_id, asked.by, asked.reason, from_.fields)
    one = begin(from_.ledger, lease, wish, before.org_at, list(before.members.values()))
    try:
        changed = clear(Clearing(from_, lease, one), before)
        if not changed:
            finish(from_.ledger, lease, one)
    except OptoutError as problem:
        why = problem.org_code or problem.code
        take_back(from_.ledger, one, ResubscribeState.SET_BACK, f"{why}: {problem.message}")
        return Resubscribed(before, ResubscribeState.SET_BACK, str(problem), problem)
    if changed:
        take_back(from_.ledger, one, ResubscribeState.REOPENED, changed)
        return Resubscribed(before, ResubscribeState.REOPENED, changed)
    return Resubscribed(before, ResubscribeState.CLEARED)


def _later(what: str) -> TryLater:
    return TryLater(what, hint="nothing was changed; run the same command again")
