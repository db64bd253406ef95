"""From what the org answered about a row to what becomes of its target.

A row that did not go through is always looked at in the org before it is judged: an id may have
died, live on under another, or be ticked already.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace

from deployer.errors import OptoutError, OrgSaidNo
from deployer.salesforce.records import RowOutcome, RowState
from sync.ledger.aliases import Alias
from sync.ledger.targets import Outcome, TargetState
from sync.org_records import Fate, Record
from sync.reactions import Level, Pace, Reaction, Row, reaction_to, reaction_to_error

# A little less than a day, so that every nightly tries again.
DAY_S = 20 * 3_600.0
# What asks for a longer pause is left to the next night.
LONGEST_REST_S = 300.0
# Of fewer rows a share says nothing about the org.
SHARE_OF_AT_LEAST = 10
_USUAL = Pace(0, 2.0, 300.0)
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
    """What becomes of a target, and where its record lives on when it has moved.

    `shown` is whether the org says so now, and not the ledger alone, of what it has purged.
    """

    outcome: Outcome
    alias: Alias | None = None
    shown: bool = False


def judge(
    row: RowOutcome,
    record: Record | None,
    known: Alias | None,
    attempts: int,
    level: Level = Level.ROW,
) -> Judged:
    """What becomes of a target whose row was answered so, after so many attempts before.

    `record` is what the org shows of the id now, None when it could not be asked; `known` is the
    alias the ledger has kept for it.
    """
    reaction = reaction_to(row.code, row.message, level)
    if row.state is RowState.DONE:
        return Judged(Outcome(TargetState.DONE))
    if record is None:
        return Judged(_again(row, reaction, attempts))
    if record.fate is Fate.MOVED or (record.fate is not Fate.LIVE and known is not None):
        shown = record.alias is not None
        return Judged(Outcome(TargetState.MOVED), record.alias or known, shown)
    if record.fate is Fate.GONE:
        return Judged(Outcome(TargetState.GONE))
    if record.fate in _NO_RECORD:
        return Judged(Outcome(TargetState.QUARANTINED, *_NO_RECORD[record.fate], DAY_S))
    if record.ticked:
        return Judged(Outcome(TargetState.DONE))
    return Judged(_refused(row, reaction, attempts))


def _refused(row: RowOutcome, reaction: Row, attempts: int) -> Outcome:
    """A live, unticked record: again soon where that helps, else to a person."""
    if row.state is RowState.UNKNOWN or reaction.after(attempts + 1) in _SOON:
        return _again(row, reaction, attempts)
    return Outcome(TargetState.QUARANTINED, row.code, row.message, DAY_S)


# After STOP the rows stay open: nothing is wrong with them, but with what we may do.
_SOON = frozenset({Reaction.RETRY, Reaction.THROTTLE, Reaction.RELOGIN, Reaction.VERIFY,
                   Reaction.STOP})  # fmt: skip


def _again(row: RowOutcome, reaction: Row, attempts: int) -> Outcome:
    wait = pause_s(reaction, attempts, row.record_id)
    return Outcome(TargetState.OPEN, row.code, row.message, wait)


def stopped_by(row: RowOutcome) -> OrgSaidNo | None:
    """The error to stop with when a row's refusal says that every other would fare the same."""
    if row.state is not RowState.REFUSED:
        return None
    known = reaction_to(row.code, row.message, Level.ROW)
    if known.reaction is not Reaction.STOP:
        return None
    return OrgSaidNo(known.sentence, hint=known.hint, where=row.record_id, org_code=row.code)


def stopped_by_share(refused: Mapping[str, int], sent: int) -> OrgSaidNo | None:
    """The error to stop with when so many were refused that the fault is the org's.

    `refused` counts, by code, those of the `sent` rows for which nothing is left to try.
    """
    for code, count in refused.items():
        known = reaction_to(code, "", Level.ROW)
        if known.stop_share and count >= max(SHARE_OF_AT_LEAST, known.stop_share * sent):
            return OrgSaidNo(
                f"{known.sentence}, and {count:,} of {sent:,} were refused so",
                hint=known.hint,
                where="the org",
                org_code=code,
            )
    return None


def is_suspect(outcome: Outcome) -> bool:
    """Whether a refusal may turn out to be the org's fault, by how many fare the same."""
    is_refused = outcome.state is TargetState.QUARANTINED
    return is_refused and reaction_to(outcome.code, outcome.detail, Level.ROW).stop_share > 0


def later(attempts: int, away: OptoutError) -> Outcome:
    """Nothing is known to be wrong with a target whose side did not answer."""
    code = away.org_code or away.code
    wait = pause_s(reaction_to_error(away), attempts, code)
    return Outcome(TargetState.OPEN, code, away.message, wait)


def spared(judged: Judged) -> Judged:
    """A refusal that is the org's fault is no case: tried again when that may be over."""
    if is_suspect(judged.outcome):
        away = replace(judged.outcome, state=TargetState.OPEN, again_s=LONGEST_REST_S)
        return replace(judged, outcome=away)
    return judged


def rest_s(away: OptoutError, attempts: int) -> float:
    """How long no call may be made after this refusal; 0 when others may be made at once."""
    known = reaction_to_error(away)
    if known.reaction is not Reaction.THROTTLE:
        return 0.0
    return pause_s(known, attempts, away.org_code or away.code)


def not_tonight(judged: Judged) -> Judged:
    """A night does not wait for hours: what asks for that is kept apart until the next one."""
    outcome = judged.outcome
    if outcome.state is TargetState.OPEN and outcome.again_s > LONGEST_REST_S:
        return replace(judged, outcome=replace(outcome, state=TargetState.QUARANTINED))
    return judged


def pause_s(reaction: Row, attempts: int, key: str) -> float:
    """How long to wait after so many attempts; `key` spreads those who wait for the same.

    In whole seconds, so that what fared alike can be told and sent together.
    """
    pace = reaction.pace if reaction.pace.longest_s else _USUAL
    draw = zlib.crc32(f"{key}:{attempts}".encode()) / 2**32
    return float(math.ceil(pace.pause_s(attempts + 1, draw)))
