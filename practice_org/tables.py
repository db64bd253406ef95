"""Rows of stored objects: one SQLite table per object, one column per field, named alike."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from practice_org import columns
from practice_org.columns import fields_of, is_person
from practice_org.ids import to_18
from practice_org.objects import OBJECTS, Field, Kind, SObject
from practice_org.org import Org

_STAMPS = ("CreatedDate", "LastModifiedDate", "SystemModstamp")
_AUTHORS = ("CreatedById", "LastModifiedById")
_TABLES = """custom_field (sobject TEXT NOT NULL, name TEXT NOT NULL, field TEXT NOT NULL,
    PRIMARY KEY (sobject, name));
query_locator (code TEXT PRIMARY KEY, user_id TEXT NOT NULL, made_at REAL NOT NULL,
    page TEXT NOT NULL);
validation_rule (sobject TEXT NOT NULL, name TEXT NOT NULL, field TEXT NOT NULL,
    message TEXT NOT NULL, active INTEGER NOT NULL, PRIMARY KEY (sobject, name));
record_lock (record_id TEXT PRIMARY KEY)"""


def create_tables(org: Org) -> None:
    """Create what is missing: tables, and columns of theirs that came later."""
    for table in _TABLES.split(";"):
        org.db.execute(f"CREATE TABLE IF NOT EXISTS {table}")
    for sobject in OBJECTS.values():
        if sobject.kind is Kind.STORED:
            _create_table(org, sobject)
        if sobject.kind is Kind.STORED and sobject.keeps_deleted:
            # The bin is looked into often and holds few of the rows.
            org.db.execute(
                f'CREATE INDEX IF NOT EXISTS "{sobject.name}_bin" ON "{sobject.name}" '
                '("SystemModstamp") WHERE "IsDeleted" = 1'
            )


def _create_table(org: Org, sobject: SObject) -> None:
    stored = [field for field in sobject.fields.values() if not field.mirror]
    body = ", ".join(columns.declaration(field) for field in stored)
    org.db.execute(f'CREATE TABLE IF NOT EXISTS "{sobject.name}" ({body})')
    held = {row["name"] for row in org.db.execute(f'PRAGMA table_info("{sobject.name}")')}
    for field in stored:
        if field.name not in held:
            _add_column(org, sobject.name, field)
    for index in sobject.indexes:
        named = ", ".join(columns.index_part(sobject.fields[column]) for column in index)
        name = f"{sobject.name}_{'_'.join(index)}"
        org.db.execute(f'CREATE INDEX IF NOT EXISTS "{name}" ON "{sobject.name}" ({named})')


@dataclass(frozen=True, slots=True)
class Mould:
    """What the rows of one object have in common, made out once for all that are written together.

    `given` is what a new row holds where nothing is said: defaults, author, times; `touched` is
    what every change leaves behind; `ids` never ends.
    """

    sobject: SObject
    fields: Mapping[str, Field]
    given: Mapping[str, object]
    touched: Mapping[str, object]
    source: str
    ids: Iterator[str]


def mould_of(org: Org, sobject: str, block: int = 1) -> Mould:
    """Make out what rows of this object have in common now; ids are taken `block` at a time."""
    shape, fields = OBJECTS[sobject], fields_of(org, sobject)
    given = {**columns.defaults(fields), **_birth(org, shape)}
    now = org.timestamp()
    touched = {"LastModifiedDate": now, "SystemModstamp": now, "LastModifiedById": org.user_id}
    known = {name: value for name, value in touched.items() if name in shape.fields}
    ids = org.new_ids(shape.prefix, block)
    return Mould(shape, fields, given, known, columns.source(org, sobject), ids)


def insert_row(org: Org, sobject: str, values: Mapping[str, object]) -> str:
    """Write a new row and return its 18-character id.

    The org gives what is not in `values`: Id, author, times, defaults, the compound Name. An
    Account with a LastName is a person account and gets its Contact.

    Errors: ValueError for a field the object does not have.
    """
    return insert_cast(org, mould_of(org, sobject), values)


def insert_cast(org: Org, mould: Mould, values: Mapping[str, object]) -> str:
    """Write a new row as insert_row does, from a mould that others share."""
    record_id = _insert(org, mould, values)
    org.record("insert", mould.sobject.name, record_id, values)
    return record_id


def insert_many(org: Org, sobject: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows as insert_row does, with one line in the audit for all."""
    mould = mould_of(org, sobject)
    count = sum(1 for row in rows if _insert(org, mould, row))
    org.record("insert_many", sobject, "", {"rows": count})


def _insert(org: Org, mould: Mould, values: Mapping[str, object]) -> str:
    own, held = columns.split(mould.fields, values)
    row = {**mould.given, **own}
    if not row.get("Id"):
        row["Id"] = next(mould.ids)
    if mould.sobject.name_from:
        row["Name"] = _full_name(mould.sobject, row)
    if held.get("LastName"):
        row |= _insert_person(org, row, held)
    org.db.execute(columns.insertion(mould.sobject.name, tuple(row)), tuple(row.values()))
    return str(row["Id"])


def _insert_person(
    org: Org, account: Mapping[str, object], held: Mapping[str, object]
) -> dict[str, object]:
    contact = {"OwnerId": account.get("OwnerId"), **held}
    contact |= {"AccountId": account["Id"], "IsPersonAccount": True}
    contact_id = _insert(org, mould_of(org, "Contact"), contact)
    name = _full_name(OBJECTS["Contact"], contact)
    return {"IsPersonAccount": 1, "PersonContactId": contact_id, "Name": name}


def _birth(org: Org, sobject: SObject) -> dict[str, object]:
    now = org.timestamp()
    owner = {"OwnerId": org.user_id} if "OwnerId" in sobject.fields else {}
    times = {name: now for name in _STAMPS if name in sobject.fields}
    authors = {name: org.user_id for name in _AUTHORS if name in sobject.fields}
    return {**owner, **times, **authors}


def _full_name(sobject: SObject, row: Mapping[str, object]) -> str:
    return " ".join([str(row[part]) for part in sobject.name_from if row.get(part)])


def update_row(org: Org, sobject: str, record_id: str, values: Mapping[str, object]) -> None:
    """Change a row; both halves of a person account move together.

    Errors: ValueError for a field the object does not have, KeyError for no such row.
    """
    before = find_row(org, sobject, record_id)
    if before is None:
        raise KeyError(record_id)
    update_found(org, mould_of(org, sobject), before, values)


def update_found(org: Org, mould: Mould, before: sqlite3.Row, values: Mapping[str, object]) -> None:
    """Change a row as update_row does, when it has been read already."""
    sobject, record_id = mould.sobject.name, before["Id"]
    own, held = columns.split(mould.fields, values)
    partner = _partner(sobject, before)
    _update(org, mould, record_id, own)
    if partner:
        _update(org, mould_of(org, partner[0]), partner[1], held)
        _rename_person(org, before)
    org.record("update", sobject, record_id, values)


def _partner(sobject: str, row: sqlite3.Row) -> tuple[str, str] | None:
    if not is_person(row):
        return None
    if sobject == "Account":
        return "Contact", row["PersonContactId"]
    return "Account", row["AccountId"]


def _rename_person(org: Org, row: sqlite3.Row) -> None:
    contact_id = row["Id"] if row["Id"].startswith("003") else row["PersonContactId"]
    org.db.execute(
        'UPDATE "Account" SET "Name" = (SELECT c."Name" FROM "Contact" c WHERE c."Id" = ?) '
        'WHERE "PersonContactId" = ?',
        (contact_id, contact_id),
    )


def _update(org: Org, mould: Mould, record_id: str, own: Mapping[str, object]) -> None:
    row = {**mould.touched, **own}
    org.db.execute(columns.change(mould.sobject.name, tuple(row)), (*row.values(), record_id))


def delete_row(org: Org, sobject: str, record_id: str) -> None:
    """Put a row into the recycle bin where its object has one, else remove it.

    Errors: KeyError for no such row.
    """
    before = find_row(org, sobject, record_id)
    if before is None:
        raise KeyError(record_id)
    delete_found(org, mould_of(org, sobject), before)


def delete_found(org: Org, mould: Mould, before: sqlite3.Row) -> None:
    """Delete a row as delete_row does, when it has been read already."""
    sobject, record_id = mould.sobject.name, before["Id"]
    partner = _partner(sobject, before)
    _delete(org, mould, record_id)
    if partner:
        _delete(org, mould_of(org, partner[0]), partner[1])
    org.record("delete", sobject, record_id, {})


def _delete(org: Org, mould: Mould, record_id: str) -> None:
    if mould.sobject.keeps_deleted:
        _update(org, mould, record_id, {"IsDeleted": 1})
    else:
        org.db.execute(f'DELETE FROM "{mould.sobject.name}" WHERE "Id" = ?', (record_id,))


def find_row(org: Org, sobject: str, record_id: str) -> sqlite3.Row | None:
    """The row of this id (15 or 18 characters), deleted ones included; None when absent."""
    return find_from(org, columns.source(org, sobject), record_id)


def find_from(org: Org, source: str, record_id: str, wanted: str = "*") -> sqlite3.Row | None:
    """The row that find_row finds, when the mould's source is known; all columns or some."""
    found = org.db.execute(f'SELECT {wanted} FROM {source} WHERE "Id" = ?', (to_18(record_id),))
    row: sqlite3.Row | None = found.fetchone()
    return row


def find_rows(org: Org, sobject: str, **equals: object) -> list[sqlite3.Row]:
    """The rows whose fields equal these values, in the order written; deleted ones are left out."""
    fields = fields_of(org, sobject)
    if "IsDeleted" in fields:
        equals = {"IsDeleted": 0, **equals}
    columns.check_names(fields, equals)
    test = " AND ".join(f'"{name}" IS ?' for name in equals) or "1"
    source = columns.source(org, sobject)
    values = tuple(columns.to_column(value) for value in equals.values())
    return org.db.execute(f"SELECT * FROM {source} WHERE {test}", values).fetchall()


def add_custom_field(org: Org, sobject: str, field: Field) -> None:
    """Add a field to a stored object, or change its definition when it is there already."""
    known = fields_of(org, sobject)
    if field.name not in known:
        _add_column(org, sobject, field)
    org.db.execute(
        "INSERT OR REPLACE INTO custom_field VALUES (?, ?, ?)",
        (sobject, field.name, columns.to_json(field)),
    )
    _keep_visible_to_admin(org, sobject, field)
    org.record("add_field", sobject, field.name, {"type": field.type})


def _add_column(org: Org, sobject: str, field: Field) -> None:
    """Rows that are there get the field's default."""
    org.db.execute(f'ALTER TABLE "{sobject}" ADD COLUMN {columns.declaration(field)}')
    filled = columns.defaults({field.name: field})
    if filled:
        org.db.execute(f'UPDATE "{sobject}" SET "{field.name}" = ?', tuple(filled.values()))


def _keep_visible_to_admin(org: Org, sobject: str, field: Field) -> None:
    # Nobody sees a new field but the administrator, whose profile the setting names.
    profile = org.setting("admin_profile_id")
    owned = find_rows(org, "PermissionSet", ProfileId=profile) if profile else []
    grant = {"SobjectType": sobject, "Field": f"{sobject}.{field.name}"}
    for row in owned if field.permissionable else []:
        if not find_rows(org, "FieldPermissions", ParentId=row["Id"], **grant):
            rights = {"PermissionsRead": True, "PermissionsEdit": not field.calculated}
            insert_row(org, "FieldPermissions", {"ParentId": row["Id"], **grant, **rights})


def drop_custom_field(org: Org, sobject: str, name: str) -> None:
    """Remove a custom field, its values and every grant on it."""
    org.db.execute("DELETE FROM custom_field WHERE sobject = ? AND name = ?", (sobject, name))
    org.db.execute(f'ALTER TABLE "{sobject}" DROP COLUMN "{name}"')
    org.db.execute(
        'DELETE FROM "FieldPermissions" WHERE "SobjectType" = ? AND "Field" = ?',
        (sobject, f"{sobject}.{name}"),
    )
    org.record("drop_field", sobject, name, {})


__all__ = [
    "Mould",
    "add_custom_field",
    "create_tables",
    "delete_found",
    "delete_row",
    "drop_custom_field",
    "fields_of",
    "find_from",
    "find_row",
    "find_rows",
    "insert_cast",
    "insert_many",
    "insert_row",
    "mould_of",
    "update_found",
    "update_row",
]
