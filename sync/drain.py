"""Drain: bring every due target to its side, in lots, until none is left.

Any number of drains may run at once: each takes whole persons for a while. What a killed one had
taken comes free again, and doing it twice does no harm.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from deployer.errors import OptoutError
from sync.delivery import DAY_S, NOT_THERE, later
from sync.drain_org import OpenOrg, serve_org
from sync.handed import look_at_handed_over
from sync.ledger.claims import claim_due
from sync.ledger.ledger import Ledger, from_text
from sync.ledger.retrying import hasten_unbelievable
from sync.ledger.taken_back import take_back_deserted
from sync.ledger.targets import LOT, Outcome, Side, TargetState, tell
from sync.people.model import Mark, Marked
from sync.people.protocol import People
from sync.spread import look_at_waiting, spread_events

_OUTCOMES = {
    Marked.DONE: Outcome(TargetState.DONE),
    Marked.ALREADY: Outcome(TargetState.DONE),
    Marked.HANDED_OVER: Outcome(TargetState.HANDED_OVER),
    Marked.NOT_THERE: Outcome(TargetState.QUARANTINED, *NOT_THERE, DAY_S),
}


Going = Callable[[], bool]
Step = Callable[[], int]
# What comes in while a drain is under way is for the next one: a steady stream would have no end.
_ONCE = frozenset({"look", "spread"})


def _to_the_end() -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Drained:
    """What one drain did: targets told on each side, and what stopped a side."""

    people: int
    org: int
    problems: tuple[OptoutError, ...]


def drain(
    ledger: Ledger, people: People, open_org: OpenOrg, claim: str, going: Going = _to_the_end
) -> Drained:
    """Spread what was accepted and serve both sides, a lot of each in turn; neither waits.

    `open_org` logs in; it is called only when something is due there. `claim` is this drain's own
    random word. A side that is away stops that side only, and is in the report. `going` is asked
    before each lot; what it stops is left to the next drain, unclaimed.
    """
    take_back_deserted(ledger)
    hasten_unbelievable(ledger)
    steps: dict[str, Step] = {
        "look": lambda: _look_again(ledger, people),
        "spread": lambda: spread_events(ledger, people),
        "people": lambda: _mark_lot(ledger, people, claim),
        "org": serve_org(ledger, people, open_org, claim),
    }
    told, problems = _serve_in_turn(steps, going)
    return Drained(told["people"], told["org"], tuple(problems))


def _serve_in_turn(steps: dict[str, Step], going: Going) -> tuple[Counter[str], list[OptoutError]]:
    """A lot of each step in turn until none has anything to do; what each did, and what broke it.

    In turn, so that the oldest of a large backlog are through before the last is looked at. What
    the org leads to (a merged record) may hold more persons, so both sides are asked again.
    """
    told, problems, busy = Counter[str](), list[OptoutError](), True
    while busy:
        busy = False
        for name in tuple(steps):
            if not going():
                return told, problems
            try:
                done = steps[name]()
            except OptoutError as problem:
                problems.append(problem)
                del steps[name]
                continue
            told[name] += done
            busy = busy or done > 0
            if name in _ONCE and not done:
                del steps[name]
    return told, problems


def _look_again(ledger: Ledger, people: People) -> int:
    look_at_waiting(ledger, people)
    look_at_handed_over(ledger, people)
    return 0


def _mark_lot(ledger: Ledger, people: People, claim: str) -> int:
    targets = claim_due(ledger, Side.PEOPLE, claim, LOT)
    if not targets:
        return 0
    try:
        marked = people.mark(
            [Mark(t.key, from_text(t.occurred_at), t.source, t.reason) for t in targets]
        )
    except OptoutError as away:
        tell(ledger, claim, [(target, later(target.attempts, away)) for target in targets])
        raise
    tell(ledger, claim, [(t, _OUTCOMES[m]) for t, m in zip(targets, marked, strict=True)])
    return len(targets)
