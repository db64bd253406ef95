"""Alerts: facts of the ledger -> what somebody must be told, each once until it changes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from sync.status import Need, StatusFacts, Word, last_success, to_status, unacknowledged


@dataclass(frozen=True, slots=True)
class Alert:
    """`code` is stable and names its entry in the runbook; it is told anew when `mark` changes."""

    code: str
    mark: str
    what: str
    next: str

    @property
    def document(self) -> dict[str, str]:
        """The alert as it is sent."""
        return asdict(self)


def alerts(facts: StatusFacts) -> list[Alert]:
    """Everything that is wrong at `facts.now`."""
    return [_from_need(need, facts) for need in to_status(facts).needs]


def news(now: Sequence[Alert], told: Mapping[str, str]) -> list[Alert]:
    """Those that nobody has been told of; `told` is code -> mark."""
    return [alert for alert in now if told.get(alert.code) != alert.mark]


def marks(now: Sequence[Alert]) -> dict[str, str]:
    """What has been told once these are: what is over may be told again."""
    return {alert.code: alert.mark for alert in now}


def _from_need(need: Need, facts: StatusFacts) -> Alert:
    mark = {
        Word.HELD: lambda: next((run.run_id for run in facts.runs if run.outcome == "held"), ""),
        # Cases are numbered as they come: only a new one makes it news.
        Word.QUARANTINE: lambda: str(max(c.id for c in unacknowledged(facts.cases, facts.now))),
        Word.NO_SUCCESS: lambda: last_success(facts).isoformat(),
    }.get(need.word, str)()
    return Alert(need.word.value, mark, need.what, need.next)
