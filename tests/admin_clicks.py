"""The clicks that remedies ask for, each carried out by the practice org's administrator.

One row a phrase: a phrase without a row is nobody's to follow, and `click` says so.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from metadata_org import Lab

from practice_org.actions.org_rules import Rule, set_rule
from practice_org.app import handle
from practice_org.login.apps import revoke_refresh_token
from practice_org.login.sessions import start_session
from practice_org.metadata.canonical import Node, parse_metadata, serialise
from practice_org.metadata.components import list_components
from practice_org.org import Org, to_timestamp
from practice_org.tables import find_rows
from practice_org.wire import Request

OBJECTS = ("Contact", "Lead")
# What only a person can judge, or somebody else does, or only time.
FOR_A_PERSON = (
    r"Setup > Company Information: .+",
    r"Setup > Deployment Status: wait until it has ended",
    r"Setup > Flows, and Setup > Apex Triggers: see that none of them clears it",
    r"Setup > Object Manager > Contact > Lightning Record Pages(?: > View Page Assignments)?",
    r"Setup > Object Manager > Contact > Record Types",
    r"Setup > Object Manager > the object > Compact Layouts, .+",
    r"Setup > Object Manager > the object > Fields & Relationships: fill .+ on older records",
    r"Setup > Object Manager > the object > Page Layouts > Page Layout Assignment: look at .+",
    r"Setup > Object Manager > \w+ > Fields & Relationships > Set History Tracking: tick \w+, .+",
    r"Setup > Permission Sets > the users' set > Object Settings > Contact, then Lead: tick Edit",
    r"run it again when the day's window has moved on",
    r"install the newest salesforce-optout",
    r"ask your Salesforce account executive for API access",
    r"name the right field: optout readiness --org practice --custom-field API_NAME",
)


@dataclass
class Administrator:
    """Works in the browser: rights over REST, metadata over the Metadata API; any refusal fails."""

    org: Org
    token: str

    def save(self, kind: str, name: str, body: bytes) -> None:
        """Save one component with the org's own rules."""
        inner = re.sub(rb"^.*?<\w+[^>]*>|</\w+>\s*$", b"", body, flags=re.DOTALL).decode()
        given = f'<metadata xsi:type="{kind}"><fullName>{name}</fullName>{inner}</metadata>'
        answer = Lab(self.org, None, self.token, "").soap("upsertMetadata", given)
        assert answer.text("result", "success") == "true", (name, serialise_answer(answer))

    def rest(self, method: str, path: str, body: Any = None) -> Any:
        """One REST call."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        data = b"" if body is None else json.dumps(body).encode()
        answer = handle(
            self.org, Request(method, f"/services/data/v63.0/{path}", {}, headers, data)
        )
        assert answer.status < 300, (path, answer.body)
        return json.loads(answer.body) if answer.body else None

    def tick(self, table: str, row: dict[str, Any], **rights: bool) -> None:
        """Tick rights in a permission set's page: change the row that is there, or make one."""
        found = find_rows(self.org, table, **row)
        given = {f"Permissions{name}": value for name, value in rights.items()}
        if found:
            self.rest("PATCH", f"sobjects/{table}/{found[0]['Id']}", given)
        else:
            self.rest("POST", f"sobjects/{table}", row | given)


def administrator(org: Org) -> Administrator:
    """Logged in as the org's administrator."""
    return Administrator(org, start_session(org, org.setting("admin_user_id")))


def serialise_answer(answer: Any) -> str:
    return " ".join(part.text("message") for part in answer.iter("errors"))


def click(admin: Administrator, phrase: str, field: str) -> None:
    """Do what the phrase says, about this field. Errors: AssertionError when no row knows it."""
    found = next(((action, m) for p, action in ACTIONS if (m := re.fullmatch(p, phrase))), None)
    assert found, f"nobody knows how to follow {phrase!r}"
    action, named = found
    action(admin, field, *named.groups())


def can_click(phrase: str) -> bool:
    """Whether a row knows the phrase."""
    return any(re.fullmatch(pattern, phrase) for pattern, _ in ACTIONS)


def drag(admin: Administrator, field: str, label: str, named: str) -> None:
    """Put the field beside Email on the page, and save it."""
    assert named == field
    (page,) = [p for p in list_components(admin.org, "FlexiPage")
               if parse_metadata(p.body).value("masterLabel") == label]  # fmt: skip
    admin.save("FlexiPage", page.full_name, _with_item(page.body, field))


def _with_item(body: bytes, field: str) -> bytes:
    text = body.decode()
    email = "<fieldItem>Record.Email</fieldItem>"
    start = text.rindex("<itemInstances>", 0, text.index(email))
    end = text.index("</itemInstances>", start) + len("</itemInstances>")
    item = text[start:end].replace("Record.Email<", f"Record.{field}<")
    own = item.replace("RecordEmailField", f"Record{field.replace('__', '_')}Field")
    return f"{text[:end]}{own}{text[end:]}".encode()


def clone(admin: Administrator, field: str, label: str, named: str) -> None:
    """Save a package's page as one's own with the field, and activate that wherever it was."""
    assert named == field
    (page,) = [p for p in list_components(admin.org, "FlexiPage")
               if parse_metadata(p.body).value("masterLabel") == label]  # fmt: skip
    copy = page.full_name.rpartition("__")[2] + "_Copy"
    admin.save("FlexiPage", copy, _with_item(page.body, field).replace(
        label.encode(), f"{label} Copy".encode()))  # fmt: skip
    for kind in ("CustomApplication", "CustomObject"):
        for held in list_components(admin.org, kind):
            old, new = (f"<content>{n}</content>".encode() for n in (page.full_name, copy))
            if old in held.body:
                admin.save(kind, held.full_name, held.body.replace(old, new))


def _runners_set(org: Org) -> str:
    (held,) = find_rows(org, "PermissionSet", Name="Opt_Out_Runner")
    return str(held["Id"])


def tick_field(admin: Administrator, field: str) -> None:
    for name in OBJECTS:
        row = {"ParentId": _runners_set(admin.org), "SobjectType": name, "Field": f"{name}.{field}"}
        admin.tick("FieldPermissions", row, Read=True, Edit=True)


def tick_records(admin: Administrator, _field: str) -> None:
    for name in OBJECTS:
        row = {"ParentId": _runners_set(admin.org), "SobjectType": name}
        admin.tick("ObjectPermissions", row, ViewAllRecords=True, ModifyAllRecords=True)


def untick_rights(admin: Administrator, _field: str) -> None:
    names = ("ModifyAllData", "ViewAllData", "ManageUsers", "CustomizeApplication")
    unticked = {f"Permissions{name}": False for name in names}
    admin.rest("PATCH", f"sobjects/PermissionSet/{_runners_set(admin.org)}", unticked)


def take_one_off(admin: Administrator, _field: str) -> None:
    """Take the second of a field off every layout that has it twice."""
    for layout in list_components(admin.org, "Layout"):
        seen: set[str] = set()
        kept = _once(parse_metadata(layout.body), seen)
        if serialise(kept) != layout.body:
            admin.save("Layout", layout.full_name, serialise(kept))


def _once(node: Node, seen: set[str]) -> Node:
    kept = []
    for kid in node.children:
        name = kid.value("field") if kid.name == "layoutItems" else ""
        if not name or name not in seen:
            kept.append(_once(kid, seen))
        seen |= {name} - {""}
    return Node(node.name, node.text, tuple(kept))


def map_lead_field(admin: Administrator, field: str, source: str, target: str) -> None:
    """Add a pair to those that go from Lead to Contact."""
    assert source == target == field
    (held,) = list_components(admin.org, "LeadConvertSettings")
    pair = (f"<mappingFields><inputField>{field}</inputField><outputField>{field}</outputField>"
            "</mappingFields><outputObject>Contact</outputObject>")  # fmt: skip
    body = held.body.replace(b"<outputObject>Contact</outputObject>", pair.encode())
    admin.save("LeadConvertSettings", held.full_name, body)


def let_the_runner_pass(admin: Administrator, _field: str) -> None:
    """Exempt the integration user; this org's rules have no conditions, so they are put to rest."""
    for row in admin.org.db.execute(
        "SELECT sobject, name, message FROM validation_rule"
    ).fetchall():
        set_rule(admin.org, admin.org.setting("admin_user_id"), Rule(*row, active=False))


def revoke_idle(admin: Administrator, _field: str) -> None:
    """Revoke each grant that was not used for 90 days, as the button of that page does."""
    since = to_timestamp(admin.org.now() - timedelta(days=90))
    idle = admin.org.db.execute(
        "SELECT token FROM grant_use WHERE used_at < ?", (since,)
    ).fetchall()
    for (token,) in idle:
        revoke_refresh_token(admin.org, token)


def tick_setup(admin: Administrator, _field: str) -> None:
    """Let the auditor's set see setup."""
    (held,) = find_rows(admin.org, "PermissionSet", Name="Readiness_Audit")
    ticked = {"PermissionsViewSetup": True}
    admin.rest("PATCH", f"sobjects/PermissionSet/{held['Id']}", ticked)


def leave_it(_admin: Administrator, _field: str) -> None:
    """It changes nothing in the org."""


_RUNNER = "Setup > Permission Sets > the integration user's set > "
_OBJECT = r"Setup > Object Manager > (?:\w+|the object) > "
_PAGE = _OBJECT + r"Lightning Record Pages > (.+) > "
ACTIONS = (
    (_PAGE + r"Edit: drag (\w+) beside Email, then Save", drag),
    (_PAGE + r"Clone: drag (\w+) beside Email, Save, and activate the copy in its place", clone),
    (_RUNNER + "Object Settings > Contact, then Lead: tick Edit Access for the field", tick_field),
    ("--runner USERNAME names the user", leave_it),
    (_RUNNER + "Object Settings > Contact, then Lead: tick Modify All Records, or share the "
     "records", tick_records),
    (_RUNNER + "System Permissions: untick them", untick_rights),
    (_OBJECT + "Page Layouts: take one of the two off", take_one_off),
    (_OBJECT + r"Fields & Relationships > Map Lead Fields: map (\w+) to Contact (\w+), or give "
     "--accept-unmapped REASON", map_lead_field),
    (_OBJECT + "Validation Rules: let the integration user's updates pass", let_the_runner_pass),
    (r"Setup > Connected Apps OAuth Usage: revoke (?:what is idle|.+)", revoke_idle),
    (r"Setup > Users > .+ > System Permissions: tick View Setup and Configuration", tick_setup),
    *((phrase, leave_it) for phrase in FOR_A_PERSON),
)  # fmt: skip
