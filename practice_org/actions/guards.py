"""What an administrator puts in the way of a write: validation rules and locked records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from practice_org.org import Org
from practice_org.rights import may
from practice_org.wire import OrgError


@dataclass(frozen=True, slots=True)
class Rule:
    """A validation rule: `field` must have a value; without a field nothing passes."""

    field: str
    message: str


def active_rules(org: Org, sobject: str) -> list[Rule]:
    """The object's active rules, by name."""
    rows = org.db.execute(
        "SELECT field, message FROM validation_rule WHERE sobject = ? AND active = 1 ORDER BY name",
        (sobject,),
    )
    return [Rule(*row) for row in rows]


def require_rules(rules: Iterable[Rule], values: Mapping[str, object]) -> None:
    """Hold a whole record, as it would be after the write, against these rules.

    Errors: OrgError FIELD_CUSTOM_VALIDATION_EXCEPTION with the first rule's own message.
    """
    # A person's Name is not written: it is made from a last name.
    whole = {"Name": values.get("LastName"), **values}
    for rule in rules:
        if not rule.field or whole.get(rule.field) in (None, ""):
            raise OrgError("FIELD_CUSTOM_VALIDATION_EXCEPTION", rule.message)


def require_valid(org: Org, sobject: str, values: Mapping[str, object]) -> None:
    """Hold a whole record against all active rules of its object. Errors: as require_rules."""
    require_rules(active_rules(org, sobject), values)


def locked_records(org: Org) -> frozenset[str]:
    """The ids of all records under approval."""
    return frozenset(row[0] for row in org.db.execute("SELECT record_id FROM record_lock"))


def require_unlocked(org: Org, user_id: str, record_id: str) -> None:
    """Refuse a record that is under approval; Modify All Data goes past the lock.

    Errors: OrgError ENTITY_IS_LOCKED. Its sentence, and that Modify All Records on the object
    does not go past, are unverified.
    """
    locked = org.db.execute(
        "SELECT 1 FROM record_lock WHERE record_id = ?", (record_id,)
    ).fetchone()
    if locked and not may(org, user_id, "ModifyAllData"):
        raise OrgError("ENTITY_IS_LOCKED", "the entity is locked for editing")
