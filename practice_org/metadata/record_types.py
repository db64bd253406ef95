"""Record types between metadata and rows; what else a record type file says is not kept."""

from __future__ import annotations

import sqlite3

from practice_org.metadata.canonical import Node, branch, leaf
from practice_org.metadata.problems import Effect, Message
from practice_org.org import Org
from practice_org.tables import find_rows, insert_row, update_row


def record_type_name(row: sqlite3.Row) -> str:
    """The full name in metadata: Contact.Donor, or PersonAccount.Donor for a person type."""
    prefix = f"{row['NamespacePrefix']}__" if row["NamespacePrefix"] else ""
    entity = "PersonAccount" if row["IsPersonType"] else row["SobjectType"]
    return f"{entity}.{prefix}{row['DeveloperName']}"


def find_record_type(org: Org, full_name: str) -> sqlite3.Row | None:
    """The row of the record type of this full name."""
    wanted = full_name.casefold()
    rows = find_rows(org, "RecordType")
    return next((row for row in rows if record_type_name(row).casefold() == wanted), None)


def record_type_as_node(row: sqlite3.Row) -> Node:
    """What a retrieve says of a record type, less its name."""
    parts = [leaf("active", value=bool(row["IsActive"])), leaf("label", row["Name"])]
    if row["Description"]:
        parts.append(leaf("description", row["Description"]))
    return branch("RecordType", parts)


def install_record_type(org: Org, path: str, entity: str, node: Node) -> Message:
    """Create or change one record type of this object."""
    name = f"{entity}.{node.value('fullName')}"
    row = find_record_type(org, name)
    values = {
        "Name": node.value("label"),
        "IsActive": node.says("active"),
        "Description": node.value("description") or None,
    }
    if row is None:
        person = entity == "PersonAccount"
        owner = {"SobjectType": "Account" if person else entity, "IsPersonType": person}
        named = {"DeveloperName": node.value("fullName"), **owner}
        made = insert_row(org, "RecordType", {**named, **values})
        return Message("RecordType", name, path, Effect.CREATED, made)
    same = all((row[column] or None) == (value or None) for column, value in values.items())
    if not same:
        update_row(org, "RecordType", row["Id"], values)
    effect = Effect.UNCHANGED if same else Effect.CHANGED
    return Message("RecordType", name, path, effect, row["Id"])
