"""How many writes are too many: each direction judged on its own, before any of it is written."""

from __future__ import annotations

from dataclasses import dataclass

LEAST_LIMIT = 500
PER_CENT_OF_PEOPLE = 1
SHRUNK_PER_CENT = 20
SHRUNK_IDS = 50


@dataclass(frozen=True, slots=True)
class Direction:
    """What a night would do to one side.

    `writes` into it, of them `shown` that a person was shown and said yes to; `flagged` is how
    many opt-outs it holds now, `flagged_before` at the last run that was not held (None: never).
    """

    writes: int
    flagged: int
    flagged_before: int | None = None
    shown: int = 0


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be written: all of it, only what was shown, or nothing; and why not the rest."""

    unshown: bool
    reason: str = ""


def judge(direction: Direction, people_with_id: int) -> Verdict:
    """Whether the writes that no person was shown may be made as well.

    Source: Entra Connect's accidental-deletion guard, which skips the dangerous phase only.
    """
    unshown = direction.writes - direction.shown
    limit = max(LEAST_LIMIT, people_with_id * PER_CENT_OF_PEOPLE // 100)
    if unshown > limit:
        return Verdict(
            unshown=False,
            reason=f"{unshown:,} writes are more than the {limit:,} a night may do by itself",
        )
    lost = (direction.flagged_before or 0) - direction.flagged
    if unshown and _is_shrunk(lost, direction.flagged_before or 0):
        return Verdict(
            unshown=False,
            reason=f"this side holds {direction.flagged:,} opt-outs, {lost:,} fewer than at the "
            "last run; was it restored or emptied?",
        )
    return Verdict(unshown=True)


def _is_shrunk(lost: int, before: int) -> bool:
    return lost >= SHRUNK_IDS and lost * 100 >= before * SHRUNK_PER_CENT
