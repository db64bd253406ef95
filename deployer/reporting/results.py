"""A plan and what came of it: what a report is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deployer.model.findings import Finding
from deployer.model.plans import Plan


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, when something was; `status` is Salesforce's own word.

    `done` says that the org has the change and it was read back.
    """

    status: str = "nothing-to-do"
    deploy_id: str | None = None
    snapshot: str | None = None
    done: bool = False


NOTHING_SENT = Sent()


class OrgCall(Protocol):
    """A call as the connection keeps it."""

    @property
    def path(self) -> str: ...
    @property
    def purpose(self) -> str: ...


@dataclass(frozen=True, slots=True)
class CallCount:
    """What was spent: calls that count towards the org's daily limit, polls apart."""

    calls: int
    polls: int


def count_calls(calls: Sequence[OrgCall]) -> CallCount:
    """Count what the org counts: logins and the list of versions are free.

    Source: Salesforce help, "API Request Limits": calls to /services/oauth2 do not count.
    """
    counted = [c for c in calls if c.path.startswith(("/services/data/v", "/services/Soap"))]
    polls = sum(c.purpose in POLL_PURPOSES for c in counted)
    return CallCount(len(counted) - polls, polls)


POLL_PURPOSES = frozenset({"poll deploy", "checkRetrieveStatus"})


@dataclass(frozen=True, slots=True)
class Taken:
    """Of which org a picture of the plan is, by its own name, and when it was taken, in UTC."""

    org: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Result:
    """A plan and what came of it: what was sent, what a person should know, what it cost.

    There is a picture of it only when it is said which org and time it is of.
    """

    plan: Plan
    sent: Sent = NOTHING_SENT
    findings: tuple[Finding, ...] = ()
    calls: Sequence[OrgCall] = ()
    notes: tuple[str, ...] = ()
    taken: Taken | None = None

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """The plan's own and those of the deploy."""
        return (*self.plan.findings, *self.findings)
