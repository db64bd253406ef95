"""The metadata the org holds: each component once, in canonical XML, with who changed it when."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from practice_org.metadata.canonical import Node, parse_metadata, serialise
from practice_org.metadata.names import decoded, key_of, namespace_of, spelled
from practice_org.metadata.older_forms import modernised
from practice_org.metadata.trail import record_setup_change
from practice_org.org import Org

KEY_PREFIXES = {
    "Layout": "00h",
    "CustomField": "00N",
    "FlexiPage": "0M0",
    "PermissionSet": "0PS",
    "Profile": "00e",
    "CustomObject": "01I",
    "CustomApplication": "02u",
    "LeadConvertSettings": "0vK",
    "CompactLayout": "0AH",
    "QuickAction": "09D",
    "ValidationRule": "03d",
    "Flow": "301",
}
_TABLES = """
CREATE TABLE IF NOT EXISTS component (
    type TEXT NOT NULL, key TEXT NOT NULL, full_name TEXT NOT NULL, id TEXT NOT NULL UNIQUE,
    namespace TEXT NOT NULL, body BLOB NOT NULL, created_by TEXT NOT NULL,
    created_at TEXT NOT NULL, modified_by TEXT NOT NULL, modified_at TEXT NOT NULL,
    PRIMARY KEY (type, key));
CREATE TABLE IF NOT EXISTS layout_assignment (
    profile_id TEXT NOT NULL, object TEXT NOT NULL, record_type_id TEXT NOT NULL,
    layout_id TEXT NOT NULL, PRIMARY KEY (profile_id, object, record_type_id));
CREATE TABLE IF NOT EXISTS declared (
    kind TEXT NOT NULL, key TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, key));
CREATE TABLE IF NOT EXISTS extra_access (id TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS deploy_job (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL,
    version TEXT NOT NULL, options TEXT NOT NULL, package BLOB NOT NULL, status TEXT NOT NULL,
    created_at REAL NOT NULL, started_at REAL, completed_at REAL, modified_at REAL NOT NULL,
    canceled_by TEXT NOT NULL, validated_id TEXT NOT NULL, total INTEGER NOT NULL,
    result TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS retrieve_job (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, user_id TEXT NOT NULL,
    version TEXT NOT NULL, request TEXT NOT NULL, created_at REAL NOT NULL, status TEXT NOT NULL,
    result TEXT NOT NULL, zip BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Component:
    """One component as stored; `body` is canonical XML, times are Salesforce's spelling.

    `full_name` is what retrieve and deploy want: layouts percent-escaped, managed ones with the
    package's prefix after the hyphen.
    """

    type: str
    full_name: str
    id: str
    namespace: str
    body: bytes
    created_by: str
    created_at: str
    modified_by: str
    modified_at: str


@dataclass(frozen=True, slots=True)
class LayoutAssignment:
    """One profile sees that layout for records of this type; record_type_id "" = master."""

    profile_id: str
    object: str
    record_type_id: str
    layout_id: str


def create_store(org: Org) -> None:
    """Make the tables of this package; does nothing when they are there."""
    for statement in _TABLES.split(";\n"):
        if statement.strip():
            org.db.execute(statement)


def find_component(org: Org, component_type: str, full_name: str) -> Component | None:
    """The component of this name, whatever its escapes and case."""
    row = org.db.execute(
        "SELECT * FROM component WHERE type = ? AND key = ?", (component_type, key_of(full_name))
    ).fetchone()
    return _component(row) if row else None


def component_by_id(org: Org, component_id: str) -> Component | None:
    """The component of this 18-character id."""
    row = org.db.execute("SELECT * FROM component WHERE id = ?", (component_id,)).fetchone()
    return _component(row) if row else None


def list_components(org: Org, component_type: str) -> list[Component]:
    """All components of one type, managed ones too, by name."""
    rows = org.db.execute(
        "SELECT * FROM component WHERE type = ? ORDER BY full_name", (component_type,)
    )
    return [_component(row) for row in rows]


def save_component(
    org: Org, component_type: str, full_name: str, body: bytes, *, namespace: str = ""
) -> Component:
    """Create or replace one component; its id and creator outlive a replacement."""
    old = find_component(org, component_type, full_name)
    namespace = namespace or (old.namespace if old else "")
    at, by = org.timestamp(), org.user_id
    name = old.full_name if old else spelled(component_type, full_name, namespace)
    saved = Component(
        component_type,
        name,
        old.id if old else org.new_id(KEY_PREFIXES.get(component_type, "0Mc")),
        namespace,
        body,
        old.created_by if old else by,
        old.created_at if old else at,
        by,
        at,
    )
    org.db.execute(
        "INSERT OR REPLACE INTO component VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (component_type, key_of(name), *_columns(saved)),
    )
    org.record("changed" if old else "created", component_type, saved.id, {"name": name})
    return saved


def delete_component(org: Org, component_type: str, full_name: str) -> None:
    """Remove one component; its layout assignments go with it."""
    old = find_component(org, component_type, full_name)
    if old is None:
        return
    org.db.execute("DELETE FROM component WHERE id = ?", (old.id,))
    org.db.execute("DELETE FROM layout_assignment WHERE layout_id = ?", (old.id,))
    org.record("deleted", component_type, old.id, {"name": old.full_name})


def load_component(
    org: Org, component_type: str, full_name: str, xml: bytes, namespace: str = ""
) -> None:
    """Take over a file as load_tree does. Errors: canonical.NotMetadata when it is no XML."""
    load_tree(org, component_type, full_name, parse_metadata(xml), namespace)


def load_tree(
    org: Org, component_type: str, full_name: str, root: Node, namespace: str = ""
) -> None:
    """Take over a file as it is, without the rules of a deployment.

    A layout's name in which a package's prefix stands unescaped is that package's own.
    """
    if component_type == "Layout":
        namespace = namespace or namespace_of(full_name.partition("-")[2])
    body = serialise(modernised(root).without("fullName"))
    save_component(org, component_type, full_name, body, namespace=namespace)


def edit_layout_as(org: Org, user_id: str, full_name: str, body: bytes) -> None:
    """Save a layout as an administrator does in the browser: no job, but an audit trail row."""
    _edit_as(org, user_id, "Layout", full_name, body)


def edit_page_as(org: Org, user_id: str, full_name: str, body: bytes) -> None:
    """Save a Lightning page as an administrator does in Lightning App Builder."""
    _edit_as(org, user_id, "FlexiPage", full_name, body)


def _edit_as(org: Org, user_id: str, component_type: str, full_name: str, body: bytes) -> None:
    before = org.user_id
    org.user_id = user_id
    try:
        load_component(org, component_type, full_name, body)
        record_setup_change(org, component_type, full_name, "changed")
    finally:
        org.user_id = before


def assign_layout(
    org: Org, profile_id: str, sobject: str, record_type_id: str, layout_full_name: str
) -> None:
    """Give a profile this layout for one object and record type.

    Errors: KeyError when the org has no such layout.
    """
    layout = find_component(org, "Layout", layout_full_name)
    if layout is None:
        raise KeyError(f"no layout {decoded(layout_full_name)}")
    org.db.execute(
        "INSERT OR REPLACE INTO layout_assignment VALUES (?, ?, ?, ?)",
        (profile_id, sobject, record_type_id, layout.id),
    )


def layout_assignments(org: Org) -> list[LayoutAssignment]:
    """Every assignment, by profile, object and record type."""
    rows = org.db.execute(
        "SELECT * FROM layout_assignment ORDER BY profile_id, object, record_type_id"
    )
    return [LayoutAssignment(*row) for row in rows]


def declare(org: Org, kind: str, name: str) -> None:
    """Say that the org knows something layouts may name, e.g. ("QuickAction", "Contact.Call")."""
    org.db.execute("INSERT OR IGNORE INTO declared VALUES (?, ?, ?)", (kind, key_of(name), name))


def is_declared(org: Org, kind: str, name: str) -> bool:
    """Whether declare() was told of this."""
    found = org.db.execute(
        "SELECT 1 FROM declared WHERE kind = ? AND key = ?", (kind, key_of(name))
    ).fetchone()
    return found is not None


def declared_names(org: Org, kind: str) -> list[str]:
    """Everything of one kind that was declared, by name."""
    rows = org.db.execute("SELECT name FROM declared WHERE kind = ? ORDER BY name", (kind,))
    return [str(row[0]) for row in rows]


def _component(row: sqlite3.Row) -> Component:
    return Component(*(row[name] for name in Component.__slots__))


def _columns(saved: Component) -> tuple[object, ...]:
    rest = (saved.created_by, saved.created_at, saved.modified_by, saved.modified_at)
    return (saved.full_name, saved.id, saved.namespace, saved.body, *rest)
