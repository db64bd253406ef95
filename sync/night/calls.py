"""What a night costs in API calls: counted as they are made, and worked out from what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from deployer.salesforce.session import OrgCall

# A query job is created, and where there are many pages they are looked up; an ingest job is
# created, filled and closed, and one to three result sets are fetched. Looking whether a job has
# ended is a poll, counted apart.
CALLS_OF_GATE = 2  # two objects; with person accounts one more
CALLS_PER_QUERY_JOB = 1
CALLS_PER_INGEST_JOB = 3
_REFUSED = 300
_LOOKUPS = ("read ", "next page", "list ")


@dataclass(slots=True)
class Work:
    """What a run has done so far, counted where it is done.

    `opening` is how many calls the login took; `push` is from which call to which the backlog of
    pushes was sent.
    """

    opening: int = 0
    gate: int = 0
    push: tuple[int, int] = (0, 0)
    query_jobs: int = 0
    result_pages: int = 0
    collections: int = 0
    ingest_jobs: int = 0
    result_sets: int = 0


@dataclass(frozen=True, slots=True)
class Cost:
    """`counted` is every call that was made; `polls` and those `refused` are among them.

    `formula` is what the work takes without them, part by part: where no reply was lost, its sum
    is what was counted.
    """

    counted: int = 0
    polls: int = 0
    refused: int = 0
    formula: dict[str, int] = field(default_factory=dict)


def cost_of(calls: Sequence[OrgCall], work: Work) -> Cost:
    """What all the calls of a run were."""
    begin, end = work.push
    pushed = sum(call.status < _REFUSED for call in calls[begin:end])
    rest = [call for call in (*calls[:begin], *calls[end:]) if call.status < _REFUSED]
    return Cost(
        counted=len(calls),
        polls=sum(call.purpose.startswith("poll ") for call in rest),
        refused=sum(call.status >= _REFUSED for call in calls),
        formula={
            "opening": work.opening,
            "gate": work.gate,
            "push": pushed,
            "query_jobs": work.query_jobs * CALLS_PER_QUERY_JOB,
            "result_pages": work.result_pages,
            "lookups": sum(call.purpose.startswith(_LOOKUPS) for call in rest),
            "collections": work.collections,
            "ingest_jobs": work.ingest_jobs * CALLS_PER_INGEST_JOB,
            "result_sets": work.result_sets,
        },
    )
