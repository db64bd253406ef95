"""A tiny org for the tests of rows, rights, queries and REST: one administrator, one clerk."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from practice_org.app import handle, open_practice_org
from practice_org.login.sessions import start_session
from practice_org.objects import SYSTEM_PERMISSIONS
from practice_org.org import Org
from practice_org.rights import FieldAccess, grant_fields, secured_fields
from practice_org.tables import insert_row
from practice_org.wire import Request

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
EVERYTHING = dict.fromkeys(
    (
        "PermissionsCreate",
        "PermissionsRead",
        "PermissionsEdit",
        "PermissionsDelete",
        "PermissionsViewAllRecords",
        "PermissionsModifyAllRecords",
    ),
    True,
)
OWN_RECORDS = {name: True for name in EVERYTHING if not name.endswith("AllRecords")}


@dataclass(frozen=True, slots=True)
class TinyOrg:
    """The org, its two users and the permission sets their profiles own."""

    org: Org
    admin: str
    clerk: str
    admin_set: str
    clerk_set: str

    def call(
        self, method: str, path: str, *, user: str = "", body: Any = None, **query: str
    ) -> tuple[int, Any]:
        """One request through the whole app: status and JSON (None when empty)."""
        token = start_session(self.org, user or self.admin)
        answer = handle(
            self.org,
            Request(
                method,
                f"/services/data/v63.0/{path}",
                query,
                {"authorization": f"Bearer {token}"},
                b"" if body is None else json.dumps(body).encode(),
            ),
        )
        return answer.status, json.loads(answer.body) if answer.body else None

    def ask(self, soql: str, *, user: str = "", api: str = "query") -> Any:
        """The records of a query, or its refusal as "CODE: message"."""
        status, body = self.call("GET", api, user=user, q=soql)
        if status == 200:
            return body["records"]
        return f"{body[0]['errorCode']}: {body[0]['message']}"


def select(fields: str, source: str, clauses: str = "") -> str:
    """A query's text."""
    return f"SELECT {fields} FROM {source} {clauses}"  # noqa: S608 - SOQL of a test, not SQL


def tiny_org() -> TinyOrg:
    """Person accounts on; the clerk may work with own records and sees Email and Phone only."""
    org = open_practice_org(":memory:", lambda: NOW)
    org.set_setting("person_accounts", "1")
    org.user_id = "0055e0000000000AAA"
    admin, admin_set = add_user(org, "Ada", tuple(SYSTEM_PERMISSIONS))
    clerk, clerk_set = add_user(org, "Cleo", ("ApiEnabled",))
    for sobject in ("Account", "Contact", "Lead"):
        fields = secured_fields(org, sobject)
        grant_fields(org, admin_set, sobject, dict.fromkeys(fields, FieldAccess.EDIT))
        grant_objects(org, admin_set, sobject, EVERYTHING)
        grant_objects(org, clerk_set, sobject, OWN_RECORDS)
    for sobject in ("Contact", "Lead"):
        seen = {"Email": FieldAccess.EDIT, "Phone": FieldAccess.READ}
        grant_fields(org, clerk_set, sobject, seen)
    org.user_id = admin
    return TinyOrg(org, admin, clerk, admin_set, clerk_set)


def add_user(org: Org, name: str, permissions: Iterable[str]) -> tuple[str, str]:
    """A user with a profile of their own: the user's id, the profile's permission set's id."""
    profile = insert_row(org, "Profile", {"Name": name})
    owned = {"Name": f"X{name}", "Label": name, "IsOwnedByProfile": True, "ProfileId": profile}
    held = {f"Permissions{permission}": True for permission in permissions}
    parent = insert_row(org, "PermissionSet", {**owned, **held})
    row = {"Username": f"{name}@practice.test", "LastName": name, "ProfileId": profile}
    return insert_row(org, "User", row), parent


def grant_objects(org: Org, parent: str, sobject: str, rights: dict[str, bool]) -> None:
    """An ObjectPermissions row."""
    insert_row(org, "ObjectPermissions", {"ParentId": parent, "SobjectType": sobject, **rights})
