"""Rounds: write what is to be written, learn from every answer, look at what is left.

A dead id leads to a live one, which is another write: so the work is done in rounds, until one
leaves nothing to do or nothing moves any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from deployer.errors import OptoutError, StillRunning
from deployer.salesforce.records import RowOutcome, RowState
from sync.delivery import (
    LONGEST_REST_S,
    NOT_THERE,
    Judged,
    is_suspect,
    judge,
    not_tonight,
    pause_s,
    stopped_by,
    stopped_by_share,
)
from sync.guard import Verdict
from sync.ledger.aliases import Alias, known_aliases, learn, note_gone
from sync.ledger.handed_over import note_handed_over
from sync.ledger.quarantine import close_cases, open_case
from sync.ledger.targets import Outcome, TargetState
from sync.night.comparing import close_over
from sync.night.means import Night
from sync.night.writing import ToTick, mark_people, tick_records
from sync.org_records import fetch_fates
from sync.reactions import Level, Reaction, reaction_to_error
from sync.reconcile import Sides

ROUNDS = 8
_NO_CASE = (TargetState.DONE, TargetState.MOVED, TargetState.GONE)
# A call that was refused so is made again in the next round.
_FOR_NOW = frozenset({Reaction.RETRY, Reaction.THROTTLE, Reaction.VERIFY})


@dataclass(slots=True)
class Tally:
    """What a run has done so far; `new_cases` are refusals that nobody has seen yet."""

    to_people: int = 0
    to_org: int = 0
    refused: set[tuple[str, str]] = field(default_factory=set)
    new_cases: int = 0
    unknown: int = 0


@dataclass(slots=True)
class Heard:
    """What one round into the org has heard: how many stand how, and what follows from it.

    `suspects` were refused with a code that may turn out to be the org's fault: holder and
    outcome by record id. `pause_s` is how long to rest before the next round.
    """

    number: int
    states: Counter[TargetState] = field(default_factory=Counter)
    suspects: dict[str, tuple[str, Outcome]] = field(default_factory=dict)
    pause_s: float = 0.0

    @property
    def moved(self) -> int:
        """How many answers gave the next round something to do."""
        return sum(self.states.values()) - self.states[TargetState.QUARANTINED]


def write_rounds(night: Night, sides: Sides, verdicts: dict[str, Verdict], tally: Tally) -> None:
    """Write both ways, as far as the guard allows; `verdicts` by side ("people", "org").

    Errors: what stops the run whole; what was written until then is in the org and the ledger.
    """
    only = not verdicts["org"].unshown
    pause_s = 0.0
    for number in range(ROUNDS):
        night.rest(pause_s)
        moved = _mark_round(night, sides, tally, verdicts["people"])
        heard = Heard(number)
        _tick_round(night, sides, tally, heard, shown_only=only)
        _settle_suspects(night, tally, heard)
        if not moved + heard.moved:
            break
        pause_s = heard.pause_s
        close_over(night, sides)
    tally.unknown = sides.writes("org", shown_only=only)


def _mark_round(night: Night, sides: Sides, tally: Tally, verdict: Verdict) -> int:
    moved = 0
    wanted = list(sides.to_people(shown_only=not verdict.unshown))
    for lot in mark_people(night, wanted):
        sides.add_marked(lot.marked)
        sides.add_refused("people", lot.refused)
        with night.writing() as db:
            note_handed_over(db, lot.handed_over, night.ledger.now())
            for person_id in lot.refused:
                tally.refused.add(("people", person_id))
                tally.new_cases += open_case(
                    db, ("people", person_id, person_id), NOT_THERE, night.ledger.now(),
                    night.run_id,
                )  # fmt: skip
        tally.to_people += len(lot.marked)
        night.tell(f"marking people: {tally.to_people:,} marked")
        moved += len(lot.marked)
    return moved


def _tick_round(
    night: Night, sides: Sides, tally: Tally, heard: Heard, *, shown_only: bool
) -> None:
    """Send all of it once. A call that was refused for now ends the round, and the next goes on."""
    wanted = ToTick(
        sides.to_org(shown_only=shown_only),
        sides.writes("org", shown_only=shown_only),
        heard.number,
    )
    try:
        for level, rows in tick_records(night, wanted):
            _take_lot(night, sides, tally, heard, (level, rows))
            night.tell(f"writing to the org: {tally.to_org:,} written")
    except OptoutError as refused:
        known = reaction_to_error(refused)
        heard.pause_s = pause_s(known, heard.number, refused.code)
        is_over = known.after(heard.number + 1) not in _FOR_NOW
        if is_over or heard.pause_s > LONGEST_REST_S or isinstance(refused, StillRunning):
            raise
        heard.states[TargetState.OPEN] += 1


def _take_lot(
    night: Night, sides: Sides, tally: Tally, heard: Heard, lot: tuple[Level, Sequence[RowOutcome]]
) -> None:
    """Learn from one lot of answers."""
    level, rows = lot
    done = [row.record_id for row in rows if row.state is RowState.DONE]
    doubtful = {row.record_id: row for row in rows if row.state is not RowState.DONE}
    door = night.door
    fates = fetch_fates(door.writer, door.shape, dict.fromkeys(doubtful, night.fields))
    holders = sides.holder_of(doubtful)
    with night.writing() as db:
        known = known_aliases(db, doubtful)
        judged = {
            each: not_tonight(judge(row, fates[each], known.get(each), heard.number, level))
            for each, row in doubtful.items()
        }
        _keep(night, db, judged)
        _open_cases(night, db, tally, _refused(judged, holders, heard))
        close_cases(db, "org", done)
    sides.add_flagged((each, True) for each in done + _in_state(judged, TargetState.DONE))
    sides.add_gone(_in_state(judged, TargetState.GONE))
    sides.add_refused("org", _in_state(judged, TargetState.QUARANTINED))
    sides.add_moved(_aliases(judged))
    waiting = _in_state(judged, TargetState.OPEN)
    sides.add_parents((each, fates[each].parent) for each in waiting if fates[each].parent)
    tally.to_org += len(done)
    heard.states += Counter(each.outcome.state for each in judged.values())
    heard.states[TargetState.DONE] += len(done)
    heard.pause_s = max([heard.pause_s, *(judged[each].outcome.again_s for each in waiting)])
    for row in rows:
        if stop := stopped_by(row):
            raise stop


def _refused(
    judged: dict[str, Judged], holders: dict[str, str], heard: Heard
) -> dict[str, tuple[str, Outcome]]:
    """Who needs a person now; who may be no case of their own is kept until all were heard."""
    refused = {
        each: (holders.get(each, ""), judged[each].outcome)
        for each in _in_state(judged, TargetState.QUARANTINED)
    }
    heard.suspects |= {each: what for each, what in refused.items() if is_suspect(what[1])}
    return {each: what for each, what in refused.items() if each not in heard.suspects}


def _settle_suspects(night: Night, tally: Tally, heard: Heard) -> None:
    """Stop when so many fare the same that it is the org; else each of them needs a person."""
    by_code = Counter(outcome.code for _, outcome in heard.suspects.values())
    if stop := stopped_by_share(by_code, sum(heard.states.values())):
        raise stop
    with night.writing() as db:
        _open_cases(night, db, tally, heard.suspects)


def _open_cases(
    night: Night, db: Connection, tally: Tally, refused: dict[str, tuple[str, Outcome]]
) -> None:
    now = night.ledger.now()
    for each, (holder, what) in refused.items():
        tally.refused.add(("org", each))
        tally.new_cases += open_case(
            db, ("org", each, holder), (what.code, what.detail), now, night.run_id
        )


def _keep(night: Night, db: Connection, judged: dict[str, Judged]) -> None:
    """Write down what was learnt: aliases, what is gone, what is no case any more."""
    now = night.ledger.now()
    learn(db, _aliases(judged), now)
    note_gone(db, _in_state(judged, TargetState.GONE), now)
    close_cases(db, "org", [each for state in _NO_CASE for each in _in_state(judged, state)])


def _in_state(judged: dict[str, Judged], state: TargetState) -> list[str]:
    return [each for each, what in judged.items() if what.outcome.state is state]


def _aliases(judged: dict[str, Judged]) -> list[Alias]:
    return [what.alias for what in judged.values() if what.alias is not None]
