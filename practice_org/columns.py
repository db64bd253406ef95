"""Fields as SQLite columns: declared, defaulted, read through, and kept when custom."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from practice_org.objects import OBJECTS, Field, mirrored
from practice_org.org import Org

_AFFINITY = {"boolean": "INTEGER", "int": "INTEGER", "double": "REAL", "currency": "REAL"}


def fields_of(org: Org, sobject: str) -> Mapping[str, Field]:
    """The object's fields in this org: standard and custom, person fields only where they are on.

    A custom field X__c of Contact shows on Account as X__pc while person accounts are on.
    """
    persons = org.setting("person_accounts") == "1"
    held = _custom(org, "Contact") if sobject == "Account" and persons else ()
    return _fields(sobject, persons, _custom(org, sobject), held)


# Worked out from what the tables say now, so nothing has to be forgotten when they are rolled back.
@lru_cache(maxsize=256)
def _fields(
    sobject: str,
    persons: bool,  # noqa: FBT001 - a cache's key, private
    custom: tuple[str, ...],
    held: tuple[str, ...],
) -> Mapping[str, Field]:
    standard = OBJECTS[sobject].fields.values()
    found = {field.name: field for field in standard if persons or not field.person}
    found |= {field.name: field for field in map(from_json, custom)}
    for field in map(from_json, held):
        name = f"{field.name.removesuffix('__c')}__pc"
        found[name] = mirrored(name, field, f"PersonContact.{field.name}")
    return MappingProxyType(found)


def _custom(org: Org, sobject: str) -> tuple[str, ...]:
    rows = org.db.execute(
        "SELECT field FROM custom_field WHERE sobject = ? ORDER BY rowid", (sobject,)
    )
    return tuple(row[0] for row in rows)


def to_json(field: Field) -> str:
    """A field definition as text."""
    return json.dumps(asdict(field))


def from_json(text: str) -> Field:
    """The field definition that to_json wrote."""
    stored: dict[str, Any] = json.loads(text)
    lists = {name: tuple(value) for name, value in stored.items() if isinstance(value, list)}
    return Field(**{**stored, **lists})


def declaration(field: Field) -> str:
    """The column of a CREATE or ALTER TABLE."""
    key = " PRIMARY KEY NOT NULL" if field.name == "Id" else ""
    return f'"{field.name}" {_AFFINITY.get(field.type, "TEXT")}{key}'


@lru_cache(maxsize=256)
def insertion(sobject: str, names: tuple[str, ...]) -> str:
    """The INSERT of one row that gives these columns, in this order."""
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{sobject}" ({quoted}) VALUES ({", ".join("?" * len(names))})'


@lru_cache(maxsize=256)
def change(sobject: str, names: tuple[str, ...]) -> str:
    """The UPDATE of one row that gives these columns, in this order, and then the row's Id."""
    name_from = OBJECTS[sobject].name_from
    places = {name: f"?{number}" for number, name in enumerate(names, 1)}
    pairs = [f'"{name}" = {place}' for name, place in places.items()]
    if set(name_from) & set(names):
        parts = [places.get(part, f'"{part}"') for part in name_from]
        full = " || ' ' || ".join(f"coalesce({part}, '')" for part in parts)
        pairs.append(f'"Name" = trim({full})')
    return f'UPDATE "{sobject}" SET {", ".join(pairs)} WHERE "Id" = ?{len(names) + 1}'


def index_part(field: Field) -> str:
    """The column of an index; e-mail addresses are looked up without regard to case."""
    return f'"{field.name}"' + (" COLLATE NOCASE" if field.type == "email" else "")


def defaults(fields: Mapping[str, Field]) -> dict[str, object]:
    """What a new row holds where nothing is said."""
    return {
        name: to_column(field.default)
        for name, field in fields.items()
        if field.default is not None and not field.mirror
    }


def to_column(value: object) -> object:
    """A value as SQLite keeps it: booleans as 0 and 1."""
    return int(value) if isinstance(value, bool) else value


def check_names(fields: Mapping[str, Field], names: Iterable[str]) -> None:
    """Refuse names that are no fields. Errors: ValueError naming them."""
    unknown = [name for name in names if name not in fields]
    if unknown:
        raise ValueError(f"no such field: {', '.join(unknown)}")


def split(
    fields: Mapping[str, Field], values: Mapping[str, object]
) -> tuple[dict[str, object], dict[str, object]]:
    """The values of the object's own columns, and those that live on a person's Contact.

    Errors: ValueError for a field the object does not have.
    """
    check_names(fields, values)
    own: dict[str, object] = {}
    held: dict[str, object] = {}
    for name, value in values.items():
        mirror = fields[name].mirror
        if mirror:
            held[mirror.partition(".")[2]] = to_column(value)
        else:
            own[name] = to_column(value)
    return own, held


def source(org: Org, sobject: str) -> str:
    """What to select an object's rows from, with a person account's Contact fields in place."""
    mirrors = [field for field in fields_of(org, sobject).values() if field.mirror]
    if not mirrors:
        return f'"{sobject}"'
    held = ", ".join(f'c."{field.mirror.partition(".")[2]}" AS "{field.name}"' for field in mirrors)
    return (
        f'(SELECT a.*, {held} FROM "{sobject}" a '
        'LEFT JOIN "Contact" c ON c."Id" = a."PersonContactId")'
    )


def is_person(row: sqlite3.Row) -> bool:
    """Whether a row is either half of a person account; without these there is no such column."""
    return "IsPersonAccount" in row.keys() and bool(row["IsPersonAccount"])  # noqa: SIM118 - a Row
