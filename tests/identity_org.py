"""A fresh login with nothing but a rendered permission set, made as an administrator makes one."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from metadata_org import Lab

from deployer.model.identities import Identity, Right
from deployer.planning.from_files import Format
from deployer.planning.identities import identity_folder
from practice_org.keys import read_or_write_key
from practice_org.login.apps import App, approve_app, register_app
from practice_org.org import Org
from practice_org.store import DataFolder
from practice_org.tables import find_rows, insert_row

# What Salesforce's own profile of this name has is not needed here: the sets hold it all.
BARE_PROFILE = "Minimum Access - Salesforce"
FIELD = "HasOptedOutOfEmail"
# Where Salesforce's answer is not known or differs between orgs: the less kind one.
STRICT = {"user_sharing": "private", "profile_filtering": "1", "field_definition": "secured"}


@dataclass(frozen=True, slots=True)
class Newcomer:
    """One user of the practice org who may do what the set gives, and the file to log in with."""

    org: Org
    user_id: str
    username: str


def deploy_set(admin: Lab, identity: Identity, field: str = FIELD) -> list[str]:
    """Deploy what `optout render --identity` writes, over the Metadata API; the org's refusals."""
    files = identity_folder(identity, field, Format.METADATA)
    job = admin.start({path: data.decode() for path, data in files.items()})
    return [row["problem"] for row in admin.status(job)["details"]["componentFailures"]]


def newcomer(admin: Lab, identity: Identity) -> Newcomer:
    """A user with a profile that gives nothing, who is assigned the identity's set over REST."""
    org = admin.org
    profile = insert_row(org, "Profile", {"Name": BARE_PROFILE})
    owned = {"IsOwnedByProfile": True, "ProfileId": profile, "Label": BARE_PROFILE}
    insert_row(org, "PermissionSet", {"Name": f"X{profile[:15]}", **owned})
    username = f"new.{identity.name}@practice.example.com"
    row = {"Username": username, "LastName": identity.name, "ProfileId": profile}
    user_id = insert_row(org, "User", row)
    (held,) = find_rows(org, "PermissionSet", Name=identity.permission_set)
    body = json.dumps({"AssigneeId": user_id, "PermissionSetId": held["Id"]}).encode()
    path = "/services/data/v63.0/sobjects/PermissionSetAssignment"
    answer = admin.ask("POST", path, body, content_type="application/json")
    assert answer.status == 201, answer.body
    return Newcomer(org, user_id, username)


def without(identity: Identity, right: Right, on: str) -> Identity:
    """The identity with one right less: on one object, where it is on several."""
    left = replace(right, on=tuple(each for each in right.on if each != on))
    rights = (left if each is right else each for each in identity.rights)
    return replace(identity, rights=tuple(r for r in rights if r is not left or left.on))


def single_rights(identity: Identity) -> list[tuple[Right, str]]:
    """Every right of the identity, on each of its objects."""
    return [(right, on) for right in identity.rights for on in right.on or ("",)]


def write_login(folder: Path, here, keys: DataFolder, identity: Identity, who: Newcomer) -> None:
    """Let the user in through an app of their own, and write an optout.toml that says so."""
    key_file = keys.key_file(identity.name)
    client_id = f"3MVG9new.{identity.name}"
    app = App(client_id, f"New {identity.name}", "", read_or_write_key(key_file), who.user_id)
    register_app(who.org, app)
    approve_app(who.org, client_id, [who.user_id])
    # Whatever role a command asks for, it gets this login.
    login = "\n".join(
        f'[orgs.mine.{role}]\nlogin = "jwt"\nclient_id = "{client_id}"\n'
        f'username = "{who.username}"\nkey_file = "{key_file}"'
        for role in dict.fromkeys(("deployer", identity.name))
    )
    place = f'instance_url = "{here.https}"\nca_file = "{here.facts["ca_file"]}"'
    (folder / "optout.toml").write_text(f"[orgs.mine]\n{place}\n{login}\n")
