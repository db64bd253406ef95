"""An org whose people name things so that a careless report breaks: everything bears every name."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote
from xml.sax.saxutils import escape

from hostile import NAMES
from visibility_org import FIELD, NS

from practice_org.login.apps import App, issue_refresh_token, register_app
from practice_org.login.history import record_grant
from practice_org.metadata.canonical import branch, leaf, serialise
from practice_org.metadata.components import assign_layout, load_component, save_component
from practice_org.org import Org
from practice_org.seed.fields import SeedField, add_field
from practice_org.tables import find_rows, insert_row, update_row

# What an org can hold at all: names that are not empty and whole characters only.
GIVEN = {
    kind: name for kind, name in NAMES.items()
    if name.strip() and not any("\ud800" <= c <= "\udfff" or c == "\x00" for c in name)
}  # fmt: skip
# XML has no control characters but these.
IN_XML = {kind: name for kind, name in GIVEN.items()
          if all(c.isprintable() or c in "\n\t\u202e\u2066\u200f" for c in name)}  # fmt: skip
ORG_NAME = GIVEN["markup"] + GIVEN["right to left"]


def name_everything(org: Org) -> None:
    """A profile, a record type, an app, a rule and a grant of each name; layouts, fields and pages.

    Every profile has one active user, who may open contacts.
    """
    with org.transaction():
        update_row(org, "Organization", org.setting("org_id"), {"Name": ORG_NAME})
        for number, name in enumerate(GIVEN.values()):
            profile = _add_profile(org, number, name)
            layout = "Contact-Contact Layout"
            if name in IN_XML.values():
                layout = f"Contact-{quote(name)}"
                _add_components(org, number, name)
            known = name if name in IN_XML.values() else f"H{number}"
            row = {"SobjectType": "Contact", "DeveloperName": known, "Name": known}
            for kind in ("", insert_row(org, "RecordType", row)):
                assign_layout(org, profile, "Contact", kind, layout)
            _add_grant(org, number, name)


def _add_profile(org: Org, number: int, name: str) -> str:
    profile = insert_row(org, "Profile", {"Name": name})
    owned = {"Name": f"H{number}", "Label": name, "ProfileId": profile, "IsOwnedByProfile": True}
    parent = insert_row(org, "PermissionSet", owned)
    rights = {"ParentId": parent, "SobjectType": "Contact", "PermissionsRead": True}
    insert_row(org, "ObjectPermissions", rights)
    user = {"Username": f"h{number}@practice.test", "LastName": name, "ProfileId": profile}
    insert_row(org, "User", user)
    return profile


def _add_components(org: Org, number: int, name: str) -> None:
    add_field(org, SeedField("Contact", f"H{number}__c", "Checkbox", f"{name} opt out"))
    load_component(org, "Layout", f"Contact-{quote(name)}", _layout(name, f"H{number}__c").encode())
    load_component(org, "FlexiPage", f"Page_{number}", _page(name).encode())
    shown = [leaf("actionName", "View"), leaf("content", f"Page_{number}"),
             leaf("formFactor", "Large"), leaf("pageOrSobjectType", "Contact"),
             leaf("type", "Flexipage")]  # fmt: skip
    app = branch("CustomApplication", [branch("actionOverrides", shown), leaf("label", name)])
    save_component(org, "CustomApplication", quote(name), serialise(app))
    rule = [leaf("active", value=True), leaf("errorMessage", name)]
    save_component(org, "ValidationRule", f"Contact.{name}",
                   serialise(branch("ValidationRule", rule)))  # fmt: skip


def _add_grant(org: Org, number: int, name: str) -> None:
    register_app(org, App(f"hostile.{number}", name))
    (user,) = find_rows(org, "User", Username=f"h{number}@practice.test")
    token = issue_refresh_token(org, f"hostile.{number}", user["Id"])
    record_grant(org, token, org.now() - timedelta(days=200))


def _layout(label: str, field: str) -> str:
    items = "".join(
        f"<layoutItems><behavior>Edit</behavior><field>{each}</field></layoutItems>"
        for each in ("Email", field, FIELD)
    )
    return (
        f'<Layout xmlns="{NS}"><layoutSections><customLabel>true</customLabel>'
        f"<label>{escape(label)}</label><layoutColumns>{items}</layoutColumns>"
        "<style>OneColumn</style></layoutSections></Layout>"
    )


def _page(label: str) -> str:
    return (
        f'<FlexiPage xmlns="{NS}"><flexiPageRegions><name>main</name><type>Region</type>'
        f"</flexiPageRegions><masterLabel>{escape(label)}</masterLabel>"
        "<sobjectType>Contact</sobjectType><type>RecordPage</type></FlexiPage>"
    )
