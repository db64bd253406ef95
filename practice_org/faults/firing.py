"""Which fault fires: occurrences are counted, and a rule decides from the count alone.

Counts live in memory while a request runs and are written by keep_counts in a transaction of their
own, so that a refused and taken-back request has been counted all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from practice_org.faults.places import places_of
from practice_org.faults.sorts import OF_REQUESTS, Sort
from practice_org.faults.store import (
    Fault,
    When,
    add_fault,
    delete_faults,
    stored_faults,
    write_counts,
)
from practice_org.org import Org
from practice_org.wire import Request

_CACHE = "faults"
_ROW_SORTS = frozenset({Sort.ROW, Sort.NEW_ROW})
# What can befall each step inside the org; the steps of a request's rows are the request's too.
_STEPS: Mapping[str, frozenset[Sort]] = {
    "record.create": _ROW_SORTS,
    "record.update": frozenset({Sort.ROW}),
    "record.delete": frozenset({Sort.ROW}),
    "bulk.row": frozenset({Sort.ROW, Sort.BULK_ROW}),
    "bulk.job": frozenset({Sort.JOB}),
    "bulk.results": frozenset({Sort.RESULT}),
    "collections": frozenset({Sort.RESULT}),
    "query.row": frozenset({Sort.VIEW}),
    "deploy.run": frozenset({Sort.DEPLOY}),
    "deploy.cancel": frozenset({Sort.CANCEL}),
}
_RECORDS = frozenset({"record.create", "record.update", "record.delete"})


@dataclass(slots=True)
class _Standing:
    """The faults that are switched on, and the request under way."""

    faults: list[Fault]
    places: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=dict)
    changed: set[int] = field(default_factory=set)


def fault_at(org: Org, place: str, subject: str = "") -> Fault | None:
    """Count one occurrence of a step and return the fault that befalls it, or None.

    The steps, and what a fault there asks of the caller (see CODES for all of them):

    - "record.create", "record.update", "record.delete": raise fault.error(subject). Called by
      practice_org.data.records, so whoever writes through it need not.
    - "bulk.row" (subject: the row's Id, "" for an insert), before a row of an ingest job is
      written: leave the row unprocessed when fault.is_one_of("UNPROCESSED"), else let it fail with
      fault.error(subject). Faults at "record.*" befall the row as well, by themselves.
    - "bulk.job" (subject: the job's id), each time an ingest job is due to run: STUCK leaves it
      InProgress (the next look counts again); FAILED and TooManyLockFailure write the first
      int(fault.number) rows, leave the others unprocessed and end the job as Failed with
      errorMessage fault.code.sentence; ABORTED does so as Aborted.
    - "bulk.results" (subject: the row's Id), for each row of successfulResults or failedResults:
      leave the row out of the answer. "collections" (subject: the record's id): the same there.
    - "query.row": hide rows written in the last fault.number seconds.
    - "deploy.run", "deploy.cancel" (subject: the job's id): see practice_org.metadata.trouble.

    `subject` is compared with the fault's `only`. Whole requests are not counted here.
    """
    standing = _standing(org)
    if not standing.faults:
        return None
    return _count(standing, _places_of_step(standing, place), _STEPS[place], subject)


def befall(org: Org, place: str, subject: str) -> None:
    """Count one record of a write. Errors: OrgError, the fault's, when one fires."""
    fault = fault_at(org, place, subject)
    if fault is not None:
        raise fault.error(subject)


def late_visible_s(org: Org, sobject: str) -> float:
    """For how many seconds after a write queries of this object do not see the row."""
    fault = fault_at(org, "query.row", sobject)
    return fault.number if fault else 0.0


def fault_of(org: Org, request: Request) -> Fault | None:
    """Count a whole request, which is under way from now on, and return the fault befalling it."""
    standing = _standing(org)
    if not standing.faults:
        return None
    standing.places, standing.headers = places_of(request), request.headers
    return _count(standing, standing.places, OF_REQUESTS, "")


def end_request(org: Org) -> None:
    """No request is under way any more; write what was counted, in a transaction of its own."""
    standing = _standing(org)
    standing.places, standing.headers = frozenset(), {}
    if not standing.changed:
        return
    with org.transaction():
        for fault in standing.faults:
            if fault.id in standing.changed:
                write_counts(org, fault)
    standing.changed.clear()


def standing_faults(org: Org) -> list[Fault]:
    """Every fault that is switched on, with what it has counted so far."""
    return list(_standing(org).faults)


def switch_on(org: Org, at: str, code: str, when: When | None = None) -> Fault:
    """Add a fault, from the next occurrence on. Errors: BadFault, naming what would do."""
    standing = _standing(org)
    fault = add_fault(org, at, code, when)
    standing.faults.append(fault)
    return fault


def switch_off(org: Org, fault_id: int | None = None) -> int:
    """Forget one fault, or all of them; how many there were."""
    standing = _standing(org)
    standing.faults = [f for f in standing.faults if fault_id not in {None, f.id}]
    return delete_faults(org, fault_id)


def _standing(org: Org) -> _Standing:
    found: _Standing | None = org.cache.get(_CACHE)
    if found is None:
        found = org.cache[_CACHE] = _Standing(stored_faults(org))
    return found


def _places_of_step(standing: _Standing, place: str) -> frozenset[str]:
    if place in _RECORDS:
        return (standing.places - _RECORDS) | {place, "writes"}
    return standing.places | {place} if place == "collections" else frozenset({place})


def _count(
    standing: _Standing, places: Iterable[str], sorts: frozenset[Sort], subject: str
) -> Fault | None:
    """Count for every fault that is meant; the first that is due fires, the others have seen it."""
    first: Fault | None = None
    for fault in standing.faults:
        if fault.place not in places or not fault.sorts & sorts:
            continue
        if fault.when.only not in {"", subject} or _is_waived(fault, standing.headers):
            continue
        fault.seen += 1
        standing.changed.add(fault.id)
        if first is None and is_due(fault.when, fault.seen, fault.fired):
            fault.fired += 1
            first = fault
    return first


def is_due(when: When, number: int, fired: int) -> bool:
    """Whether the occurrence of this number, 1 the first, fires after `fired` others have."""
    counted = number - when.after
    if counted < 1 or (when.times is not None and fired >= when.times):
        return False
    if when.seed is None:
        return counted % when.every == 0
    drawn = hashlib.blake2b(f"{when.seed}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(drawn) % when.every == 0


def _is_waived(fault: Fault, headers: Mapping[str, str]) -> bool:
    name, _, value = fault.code.waived_by.partition(": ")
    return bool(name) and headers.get(name, "").replace(" ", "").lower() == value
