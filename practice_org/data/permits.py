"""What one user may write of one object, looked up once for many records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from practice_org.actions.guards import Rule, active_rules, locked_records
from practice_org.data.sharing import Reach, reach_of
from practice_org.ids import to_18
from practice_org.objects import Field, SObject
from practice_org.org import Org
from practice_org.rights import FieldAccess, field_accesses
from practice_org.tables import Mould, mould_of

# What decides whether a row may be written, its validation rules apart.
_JUDGED_BY = (
    "Id", "OwnerId", "IsDeleted", "IsConverted", "IsPersonAccount", "PersonContactId", "AccountId",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Permit:
    """What one user may write of one object: looked up once for all records written together.

    `names` has the object's fields by their name in lower case, `writable` those that the user may
    give to a new record ("createable") and to an old one ("updateable"); `needed` are the custom
    fields that a new record must have; `wanted` is what to read of a row before it is written;
    `locked` are the ids of records under approval; `ahead` holds rows read before their turn.
    """

    org: Org
    user_id: str
    sobject: SObject
    mould: Mould
    names: Mapping[str, Field]
    access: Mapping[str, FieldAccess]
    writable: Mapping[str, Mapping[str, Field]]
    reach: Reach
    rules: Sequence[Rule]
    needed: Sequence[str]
    wanted: str
    locked: frozenset[str]
    ahead: dict[str, sqlite3.Row] = field(default_factory=dict)


def permit_of(org: Org, user_id: str, sobject: SObject, rows: int = 1) -> Permit:
    """Look up what this user may write of this object now, about so many rows."""
    mould, rules = mould_of(org, sobject.name, rows), active_rules(org, sobject.name)
    access = field_accesses(org, user_id, sobject.name)
    judged = ", ".join(f'"{name}"' for name in _JUDGED_BY if name in mould.fields)
    return Permit(
        org, user_id, sobject, mould,
        names={name.lower(): field for name, field in mould.fields.items()},
        access=access,
        writable={
            ability: {
                name.lower(): field
                for name, field in mould.fields.items()
                if getattr(field, ability) and _is_open(sobject, access[name])
            }
            for ability in ("createable", "updateable")
        },
        reach=reach_of(org, user_id, sobject),
        rules=rules,
        needed=[field.name for field in mould.fields.values() if _is_needed(field)],
        wanted="*" if rules else judged,
        locked=locked_records(org),
    )  # fmt: skip


def read_ahead(permit: Permit, record_ids: Iterable[str]) -> None:
    """Read the rows that are about to be written in one go; each is used once."""
    asked = json.dumps([to_18(record_id) for record_id in record_ids])
    rows = permit.org.db.execute(
        f"SELECT {permit.wanted} FROM {permit.mould.source} "
        'WHERE "Id" IN (SELECT value FROM json_each(?))',
        (asked,),
    )
    permit.ahead.update((row["Id"], row) for row in rows)


def _is_needed(field: Field) -> bool:
    return field.name.endswith("__c") and not field.nillable and field.default is None


def _is_open(sobject: SObject, access: FieldAccess) -> bool:
    return not sobject.business or access is FieldAccess.EDIT
