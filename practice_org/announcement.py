"""What a client needs to know to log in: the object of --json and of server.json."""

from __future__ import annotations

import os
from typing import Any

from practice_org.certificates import Certificates
from practice_org.login.sessions import organization_id
from practice_org.org import Org
from practice_org.seed.identities import ADMIN, IDENTITIES
from practice_org.seed.people import ADMIN_USERNAME
from practice_org.server import Doors
from practice_org.store import DataFolder
from practice_org.workbench.key import practice_key


def announcement(
    org: Org, folder: DataFolder, doors: Doors, certificates: Certificates
) -> dict[str, Any]:
    """Where the org is, who may log in and how. Holds secrets: for a 0600 file or the asker."""
    return {
        "instance_url": doors.http_url,
        "https_url": doors.https_url,
        "access_token": org.setting("admin_token"),
        "ca_file": str(certificates.ca_file),
        "username": ADMIN_USERNAME,
        "password": org.setting("admin_password"),
        "client_id": org.setting(f"client_id:{ADMIN}"),
        "client_secret": org.setting(f"client_secret:{ADMIN}"),
        "jwt_key_file": str(folder.key_file(ADMIN)),
        "org_id": organization_id(org),
        "identities": {
            identity.name: {
                "username": identity.username,
                "client_id": org.setting(f"client_id:{identity.name}"),
                "client_secret": org.setting(f"client_secret:{identity.name}"),
                "jwt_key_file": str(folder.key_file(identity.name)),
            }
            for identity in IDENTITIES
            if identity.name != ADMIN
        },
        "practice_key": practice_key(org),
        "data": str(folder.path),
        "pid": os.getpid(),
    }


def greeting(org: Org, facts: dict[str, Any]) -> str:
    """The same for a person, without the secrets."""
    kind = "sandbox" if org.setting("sandbox", "1") == "1" else "production"
    return (
        f"Practice org {facts['org_id']} ({kind}) is ready.\n"
        f"  http   {facts['instance_url']}\n"
        f"  https  {facts['https_url']}  (trust {facts['ca_file']})\n"
        f"  admin  {facts['username']}; token, secrets and keys: {facts['data']}/server.json\n"
        f"Stop it with Ctrl-C."
    )
