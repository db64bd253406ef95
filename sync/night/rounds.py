"""Rounds: write what is to be written, learn from every answer, look at what is left.

A dead id leads to a live one, which is another write: so the work is done in rounds, until one
leaves nothing to do or nothing moves any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from deployer.salesforce.records import RowOutcome, RowState
from sync.delivery import NOT_THERE, Judged, backoff_s, judge, stopped_by
from sync.guard import Verdict
from sync.ledger.aliases import Alias, known_aliases, learn, note_gone
from sync.ledger.quarantine import close_case, open_case
from sync.ledger.targets import TargetState
from sync.night.comparing import close_over
from sync.night.means import Night
from sync.night.writing import mark_people, tick_records
from sync.org_records import fetch_fates
from sync.reconcile import Sides

ROUNDS = 8


@dataclass(slots=True)
class Tally:
    """What a run has done so far; `new_cases` are refusals that nobody has seen yet."""

    to_people: int = 0
    to_org: int = 0
    refused: set[tuple[str, str]] = field(default_factory=set)
    new_cases: int = 0
    unknown: int = 0


def write_rounds(night: Night, sides: Sides, verdicts: dict[str, Verdict]) -> Tally:
    """Write both ways, as far as the guard allows; `verdicts` by side ("people", "org").

    Errors: what stops the run whole; what was written until then is in the org and the ledger.
    """
    tally = Tally()
    for number in range(ROUNDS):
        moved = _mark_round(night, sides, tally, verdicts["people"])
        moved += _tick_round(night, sides, tally, verdicts["org"], number)
        if not moved:
            break
        close_over(night, sides)
    tally.unknown = sides.writes("org", shown_only=not verdicts["org"].unshown)
    return tally


def _mark_round(night: Night, sides: Sides, tally: Tally, verdict: Verdict) -> int:
    moved = 0
    wanted = list(sides.to_people(shown_only=not verdict.unshown))
    for lot in mark_people(night, wanted):
        sides.add_marked(lot.marked)
        sides.add_refused("people", lot.refused)
        with night.writing() as db:
            for person_id in lot.refused:
                tally.refused.add(("people", person_id))
                tally.new_cases += open_case(
                    db, ("people", person_id, person_id), NOT_THERE, night.ledger.now(),
                    night.run_id,
                )  # fmt: skip
        tally.to_people += len(lot.marked)
        moved += len(lot.marked)
    return moved


def _tick_round(night: Night, sides: Sides, tally: Tally, verdict: Verdict, number: int) -> int:
    """One round into the org: how many answers gave the next round something to do."""
    only = not verdict.unshown
    count = sides.writes("org", shown_only=only)
    outcomes = Counter[TargetState]()
    for rows in tick_records(night, sides.to_org(shown_only=only), count):
        outcomes.update(_take_lot(night, sides, tally, rows, number))
    if set(outcomes) == {TargetState.OPEN}:
        night.ledger.clock.sleep(backoff_s(number))
    return sum(outcomes.values()) - outcomes[TargetState.QUARANTINED]


def _take_lot(
    night: Night, sides: Sides, tally: Tally, rows: Sequence[RowOutcome], number: int
) -> Counter[TargetState]:
    """Learn from one lot of answers."""
    done = [row.record_id for row in rows if row.state is RowState.DONE]
    doubtful = {row.record_id: row for row in rows if row.state is not RowState.DONE}
    door = night.door
    fates = fetch_fates(door.writer, door.shape, dict.fromkeys(doubtful, night.fields))
    holders = sides.holder_of(doubtful)
    with night.writing() as db:
        known = known_aliases(db, doubtful)
        judged = {
            each: judge(row, fates[each], known.get(each), number) for each, row in doubtful.items()
        }
        _keep(night, db, tally, judged, holders)
        for each in done:
            close_case(db, "org", each)
    ticked = done + _in_state(judged, TargetState.DONE)
    sides.add_flagged((each, True) for each in ticked)
    sides.add_gone(_in_state(judged, TargetState.GONE))
    sides.add_refused("org", _in_state(judged, TargetState.QUARANTINED))
    sides.add_moved(_aliases(judged))
    tally.to_org += len(done)
    for row in rows:
        if stop := stopped_by(row):
            raise stop
    found = Counter(each.outcome.state for each in judged.values())
    found[TargetState.DONE] += len(done)
    return +found


def _keep(
    night: Night,
    db: Connection,
    tally: Tally,
    judged: dict[str, Judged],
    holders: dict[str, str],
) -> None:
    """Write down what was learnt: aliases, what is gone, who needs a person."""
    now = night.ledger.now()
    learn(db, _aliases(judged), now)
    note_gone(db, _in_state(judged, TargetState.GONE), now)
    for each, what in judged.items():
        if what.outcome.state is TargetState.QUARANTINED:
            tally.refused.add(("org", each))
            tally.new_cases += open_case(
                db, ("org", each, holders.get(each, "")),
                (what.outcome.code, what.outcome.detail), now, night.run_id,
            )  # fmt: skip
        elif what.outcome.state is not TargetState.OPEN:
            close_case(db, "org", each)


def _in_state(judged: dict[str, Judged], state: TargetState) -> list[str]:
    return [each for each, what in judged.items() if what.outcome.state is state]


def _aliases(judged: dict[str, Judged]) -> list[Alias]:
    return [what.alias for what in judged.values() if what.alias is not None]
