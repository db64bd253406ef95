"""From what the org answered about a row to what becomes of its target.

A row that did not go through is always looked at in the org before it is judged: an id may have
died, live on under another, or be ticked already.
"""

from __future__ import annotations

from dataclasses import dataclass

from deployer.errors import OptoutError, OrgSaidNo
from deployer.salesforce.records import RowOutcome, RowState
from sync.ledger.aliases import Alias
from sync.ledger.targets import Outcome, TargetState
from sync.org_records import Fate, Record
from sync.reactions import Level, Reaction, reaction_to

# A little less than a day, so that every nightly tries again.
DAY_S = 20 * 3_600.0
SLOWEST_S = 300.0
NOT_FOUND = "NOT_FOUND"
NOT_THERE = ("NOT_THERE", "the people side has no such person")
_NO_RECORD = {
    Fate.NOT_FOUND: (
        NOT_FOUND, "the org shows this user no such record: it is invisible to them, or purged",
    ),
    Fate.NOBODY: (
        "NOT_A_PERSON", "the org has no person accounts, so an Account is nobody to write to",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Judged:
    """What becomes of a target, and where its record lives on when it has moved."""

    outcome: Outcome
    alias: Alias | None = None


def judge(row: RowOutcome, record: Record | None, known: Alias | None, attempts: int) -> Judged:
    """What becomes of a target whose row was answered so.

    `record` is what the org shows of the id now, None when it could not be asked; `known` is the
    alias the ledger has kept for it.
    """
    if row.state is RowState.DONE:
        return Judged(Outcome(TargetState.DONE))
    if record is None:
        return Judged(_again(row, attempts))
    if record.fate is Fate.MOVED or (record.fate is not Fate.LIVE and known is not None):
        return Judged(Outcome(TargetState.MOVED), record.alias or known)
    if record.fate is Fate.GONE:
        return Judged(Outcome(TargetState.GONE))
    if record.fate in _NO_RECORD:
        return Judged(Outcome(TargetState.QUARANTINED, *_NO_RECORD[record.fate], DAY_S))
    if record.ticked:
        return Judged(Outcome(TargetState.DONE))
    return Judged(_refused(row, attempts))


def _refused(row: RowOutcome, attempts: int) -> Outcome:
    """A live, unticked record: again soon where that helps, else to a person."""
    if row.state is RowState.UNKNOWN:
        return _again(row, attempts)
    reaction = reaction_to(row.code, row.message, Level.ROW).after(attempts + 1)
    if reaction in _SOON:
        return _again(row, attempts)
    return Outcome(TargetState.QUARANTINED, row.code, row.message, DAY_S)


# After STOP the rows stay open: nothing is wrong with them, but with what we may do.
_SOON = frozenset({Reaction.RETRY, Reaction.THROTTLE, Reaction.RELOGIN, Reaction.VERIFY,
                   Reaction.STOP})  # fmt: skip


def _again(row: RowOutcome, attempts: int) -> Outcome:
    return Outcome(TargetState.OPEN, row.code, row.message, backoff_s(attempts))


def stopped_by(row: RowOutcome) -> OrgSaidNo | None:
    """The error to stop with when a row's refusal says that every other would fare the same."""
    if row.state is not RowState.REFUSED:
        return None
    known = reaction_to(row.code, row.message, Level.ROW)
    if known.reaction is not Reaction.STOP:
        return None
    return OrgSaidNo(known.sentence, hint=known.hint, where=row.record_id, org_code=row.code)


def later(attempts: int, away: OptoutError) -> Outcome:
    """Nothing is known to be wrong with a target whose side did not answer."""
    code = away.org_code or away.code
    return Outcome(TargetState.OPEN, code, away.message, backoff_s(attempts))


def backoff_s(attempts: int) -> float:
    """How long to wait after so many attempts: 2 s, 4 s, ... at most five minutes."""
    return float(min(2.0 ** min(attempts + 1, 10), SLOWEST_S))
