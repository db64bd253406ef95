"""Merging records: the winner stays, one or two losers go to the bin and point at the winner.

Source: Salesforce, SOAP API guide, "merge()"; help, "Considerations for Merging
Duplicate Contacts".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from practice_org.actions.acting import Held, acting_as, hold
from practice_org.actions.guards import require_unlocked
from practice_org.columns import fields_of
from practice_org.data.records import change_record, require_not_converted
from practice_org.data.sharing import RecordAccess
from practice_org.ids import to_18
from practice_org.org import Org
from practice_org.tables import find_rows, update_row
from practice_org.wire import OrgError

_MOST_LOSERS = 2
# Whose live rows move over: merged object -> (object, its reference). Whether a converted lead's
# ConvertedContactId moves in Salesforce is unverified; here it stays, and the chain is followed.
_CHILDREN: Mapping[str, tuple[tuple[str, str], ...]] = {
    "Account": (("Contact", "AccountId"),),
    "Contact": (("Contact", "ReportsToId"),),
    "Lead": (),
}


@dataclass(frozen=True, slots=True)
class Merge:
    """A merge as asked for: ids, and for each field whose value is kept (default: the winner's)."""

    winner: str
    losers: tuple[str, ...]
    keep: Mapping[str, str] = field(default_factory=dict)


def merge_records(org: Org, user_id: str, merge: Merge) -> str:
    """Merge contacts, leads, or accounts (business or person, not mixed); the winner's id.

    The caller edits the winner and deletes the losers. Person accounts merge as Accounts.

    Errors: OrgError in Salesforce's words; those of a merge that cannot be are unverified.
    """
    with acting_as(org, user_id):
        winner = hold(org, user_id, merge.winner, RecordAccess.EDIT)
        losers = [hold(org, user_id, one, RecordAccess.DELETE) for one in merge.losers]
        _require_alike(winner, losers)
        for held in (winner, *losers):
            require_not_converted(held.sobject, held.row)
            require_unlocked(org, user_id, held.id)
        values = _kept_values(org, winner, losers, merge.keep)
        change_record(org, user_id, winner.sobject, winner.id, values)
        for loser in losers:
            _bury(org, winner, loser)
            _move_children(org, winner, loser)
        org.record("merge", winner.name, winner.id, {"losers": [loser.id for loser in losers]})
    return winner.id


def _require_alike(winner: Held, losers: list[Held]) -> None:
    ids = {winner.id, *(loser.id for loser in losers)}
    if not 1 <= len(losers) <= _MOST_LOSERS or len(ids) != len(losers) + 1:
        raise OrgError("INVALID_ID_FIELD", "a merge takes a winner and one or two other records")
    kinds = {(held.name, held.is_person) for held in (winner, *losers)}
    if len(kinds) > 1:
        raise OrgError("INVALID_ID_FIELD", "only records of one kind can be merged")


def _kept_values(
    org: Org, winner: Held, losers: list[Held], keep: Mapping[str, str]
) -> dict[str, object]:
    """The values taken from losers, in the form a client would send."""
    rows = {held.id: held.row for held in (winner, *losers)}
    fields = {name.lower(): known for name, known in fields_of(org, winner.name).items()}
    values: dict[str, object] = {}
    for name, source in keep.items():
        known = fields.get(name.lower())
        if known is None:
            sentence = f"No such column '{name}' on sobject of type {winner.name}"
            raise OrgError("INVALID_FIELD", sentence)
        if to_18(source) not in rows:
            raise OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id")
        value = rows[to_18(source)][known.name]
        if to_18(source) != winner.id:
            values[known.name] = bool(value) if known.type == "boolean" else value
    return values


def _bury(org: Org, winner: Held, loser: Held) -> None:
    sides = [(loser.name, loser.id, winner.id)]
    if loser.is_person:
        # That the Contact side of a merged person account points on too is unverified.
        sides.append(("Contact", loser.row["PersonContactId"], winner.row["PersonContactId"]))
    for sobject, record_id, master in sides:
        update_row(org, sobject, record_id, {"IsDeleted": True, "MasterRecordId": master})
        org.record("delete", sobject, record_id, {"MasterRecordId": master})


def _move_children(org: Org, winner: Held, loser: Held) -> None:
    for sobject, reference in _CHILDREN[loser.name]:
        for row in find_rows(org, sobject, **{reference: loser.id}):
            target = None if row["Id"] == winner.id else winner.id
            update_row(org, sobject, row["Id"], {reference: target})
