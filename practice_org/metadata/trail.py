"""What the setup audit trail says about a change of metadata."""

from __future__ import annotations

from practice_org.metadata.names import decoded
from practice_org.org import Org
from practice_org.tables import insert_row

# Salesforce's own Action codes and sections differ by type and are only partly published:
# unverified.
_SECTIONS = {
    "Layout": "Customize Page Layouts",
    "CustomField": "Customize Custom Fields",
    "CustomObject": "Custom Objects",
    "PermissionSet": "Manage Users",
    "Profile": "Manage Users",
    "FlexiPage": "Lightning Pages",
}
_WORDS = {
    "Layout": "page layout",
    "CustomField": "custom field",
    "CustomObject": "object",
    "PermissionSet": "permission set",
    "Profile": "profile",
    "FlexiPage": "Lightning page",
}


def record_setup_change(org: Org, component_type: str, full_name: str, verb: str) -> None:
    """Add a SetupAuditTrail row for the current user; `verb` is created, changed or deleted."""
    insert_row(
        org,
        "SetupAuditTrail",
        {
            "Action": f"{verb}{component_type}",
            "Section": _SECTIONS.get(component_type, "Application"),
            "Display": _display(component_type, decoded(full_name), verb),
            "DelegateUser": None,
        },
    )


def _display(component_type: str, name: str, verb: str) -> str:
    word = _WORDS.get(component_type, component_type)
    separator = {"Layout": "-", "CustomField": "."}.get(component_type, "")
    if not separator or separator not in name:
        return f"{verb.capitalize()} {word} {name}"
    entity, _, label = name.partition(separator)
    return f"{verb.capitalize()} {entity} {word} {label}"
