"""jsforce; what it does is in strangers_jsforce.js, what must come of it is here."""

from __future__ import annotations

import json
import subprocess
import time
from pathlib import Path
from typing import Any

import jwt
from strangers_flow import Flow
from strangers_package import FIELD, LAYOUT, MISSING_FIELD, layout_xml, metadata_files, zipped
from strangers_simple import SEEDED, client, fields_on_layout, layouts_of_org
from strangers_stage import Practice, Stage, Unexpected, expect, known_bug, refresh_token

SCRIPT = Path(__file__).with_suffix(".js")


def ask(stage: Stage, name: str, /, **given: object) -> Any:
    """Run one of the script's functions; its answer."""
    words = [str(stage.clients.node), str(SCRIPT), name]
    print(f"$ node {SCRIPT.name} {name}", flush=True)
    sent = json.dumps({"facts": dict(stage.facts), "given": given})
    done = subprocess.run(words, input=sent, capture_output=True, text=True, check=False)
    print(f"{done.stdout}{done.stderr}(exit {done.returncode})")
    if done.returncode:
        raise Unexpected(f"jsforce failed at {name}")
    return json.loads(done.stdout)


def login_token_http(stage: Stage) -> None:
    said = ask(stage, "token", url=stage.http)
    expect(said["rows"] == 3, "the session reads", said)
    expect(said["identity"]["username"] == stage.facts["username"], "it is the admin's", said)


def login_token_https(stage: Stage) -> None:
    expect(ask(stage, "token", url=stage.https)["rows"] == 3, "the session reads")


def login_soap(stage: Stage) -> None:
    said = ask(stage, "soapLogin", url=stage.http, password=stage.facts["password"])
    expect(said["rows"] == 3, "the session reads", said)
    expect(said["user"]["organizationId"] == stage.facts["org_id"], "the org is told", said)


def _assertion(stage: Stage, key_file: str = "", **changes: object) -> str:
    """A JWT that logs the administrator in, but for these changes."""
    claims = {
        "iss": stage.facts["client_id"],
        "sub": stage.facts["username"],
        "aud": "https://test.salesforce.com",
        "exp": int(time.time()) + 120,
    }
    key = Path(key_file or stage.facts["jwt_key_file"]).read_text()
    return jwt.encode({**claims, **changes}, key, "RS256")


def login_jwt(stage: Stage) -> None:
    said = ask(stage, "jwt", url=stage.http, assertion=_assertion(stage))
    expect(said["rows"] == 3, "the session reads", said)


def login_jwt_refused(stage: Stage) -> None:
    other_key = stage.facts["identities"]["auditor"]["jwt_key_file"]
    wrong = {
        "invalid assertion": _assertion(stage, other_key),
        "audience is invalid": _assertion(stage, aud="https://example.com"),
        "expired authorization code": _assertion(stage, exp=int(time.time()) - 3600),
    }
    said = ask(stage, "assertions", url=stage.http, assertions=list(wrong.values()))
    expect([one.get("message") for one in said] == list(wrong), "each is refused as it is", said)


def login_web(stage: Stage) -> None:
    said = ask(stage, "web", url=stage.http)
    expect(said == {"rows": 3, "renewable": True}, "the code buys a session", said)


def login_password(stage: Stage) -> None:
    said = ask(stage, "passwordGrant", url=stage.http, password=stage.facts["password"])
    expect(said["rows"] == 3, "the session reads", said)


def logout(stage: Stage) -> None:
    said = ask(stage, "logout", url=stage.http, assertion=_assertion(stage))
    expect(said["rows"] == 3, "the session reads", said)
    expect(said["refused"].get("code") == "INVALID_SESSION_ID", "then it is dead", said)


def login_refresh(stage: Stage) -> None:
    said = ask(stage, "refresh", refreshToken=refresh_token(stage))
    expect(said == {"rows": 3, "refreshed": 1}, "a dead session is renewed once", said)


def _deploy(stage: Stage, name: str, layout: str = "") -> Any:
    archive = stage.home / "package.zip"
    archive.write_bytes(zipped(metadata_files(layout=layout)))
    known_bug("a poll that fails ends the process unless somebody listens for 'error'")
    return ask(stage, name, archive=str(archive))


def deploy(stage: Stage) -> None:
    said = _deploy(stage, "deploy")
    expect(said["success"] is True and said["status"] == "Succeeded", "it succeeds", said)
    expect(FIELD in fields_on_layout(client(stage), LAYOUT), "the layout has the field")


def deploy_rest(stage: Stage) -> None:
    said = _deploy(stage, "deployRest")
    expect(said["success"] is True and said["status"] == "Succeeded", "it succeeds", said)
    expect(FIELD in fields_on_layout(client(stage), LAYOUT), "the layout has the field")


def deploy_refused(stage: Stage) -> None:
    said = _deploy(stage, "deploy", layout_xml(MISSING_FIELD))
    expect(said["status"] == "Failed", "it fails", said)
    expect(MISSING_FIELD in str(said["details"]), "the problem names the field", said)
    expect(LAYOUT not in layouts_of_org(client(stage)), "nothing is kept")


def retrieve(stage: Stage) -> None:
    said = ask(stage, "retrieve", name=SEEDED)
    names = [file["fullName"] for file in said["files"]]
    expect(said["zip"] > 100 and SEEDED in names, "the layout comes", said)


def list_and_describe(stage: Stage) -> None:
    said = ask(stage, "list")
    expect(SEEDED in said["layouts"] and "PermissionSet" in said["types"], "all are told", said)


def read(stage: Stage) -> None:
    layout = ask(stage, "read", name=SEEDED)
    expect(layout["fullName"] == SEEDED and layout["layoutSections"], "it is read", layout)


def read_and_update(stage: Stage) -> None:
    said = ask(stage, "readAndUpdate", name=SEEDED, field="HasOptedOutOfEmail")
    expect(said["result"]["success"] is True, "the update succeeds", said["result"])
    expect("HasOptedOutOfEmail" in fields_on_layout(client(stage), SEEDED), "the field is there")


def upsert_field(stage: Stage) -> None:
    said = ask(stage, "upsertField", field=FIELD)
    expect(said["made"][0]["success"] is True, "the field is made", said["made"])
    expect(FIELD in said["seen"], "the field can be seen", said["seen"])
    expect(said["removed"][0]["success"] is True, "the field is removed", said["removed"])


def rename(stage: Stage) -> None:
    wanted = f"{SEEDED} Renamed"
    said = ask(stage, "rename", name=SEEDED, wanted=wanted)
    expect(said["result"]["success"] is True, "the renaming succeeds", said["result"])
    expect(wanted in said["layouts"] and SEEDED not in said["layouts"], "it has one name", said)


def query(stage: Stage) -> None:
    said = ask(stage, "query")
    expect(said["fetched"] == said["counted"] > 400, "each row comes once, from three pages", said)


def collections(stage: Stage) -> None:
    said = ask(stage, "collections")
    for step in ("made", "updated", "removed"):
        told = [row["success"] for row in said[step]]
        expect(told == [True] * 250, f"all are {step}", said[step][:3])
    expect(all(row["HasOptedOutOfEmail"] for row in said["got"]), "the boxes are ticked", said)


def refused(stage: Stage) -> None:
    said = ask(stage, "refused")
    expect(said.get("code") == "INVALID_FIELD", "the code is Salesforce's", said)


def since(stage: Stage) -> None:
    now = time.time()
    said = ask(stage, "since", start=(now - 3600) * 1000, end=(now + 3600) * 1000)
    expect(said == {"kept": True, "gone": True}, "the made and the deleted are told", said)


def external_id(stage: Stage) -> None:
    said = ask(stage, "externalId", field="Stranger_Key__c")
    expect(said["made"]["success"] is True, "the field is made", said["made"])
    (row,) = said["rows"]
    expect(row["HasOptedOutOfEmail"] is True, "the second time changes what the first made", said)


def objects(stage: Stage) -> None:
    said = ask(stage, "objects")
    expect({"Contact", "Lead"} <= set(said["names"]), "the objects are told", said)
    expect(said["requests"]["Remaining"] > 0, "the daily limit is told", said)


FLOWS = (
    Flow("jsforce", "login by access token, http", login_token_http),
    Flow("jsforce", "login by access token, https", login_token_https),
    Flow("jsforce", "login by SOAP", login_soap),
    Flow("jsforce", "login by JWT", login_jwt),
    Flow("jsforce", "login by JWT, wrong signature, audience or expiry", login_jwt_refused),
    Flow("jsforce", "login in a browser", login_web),
    Flow(
        "jsforce",
        "login by the password grant where the org allows it",
        login_password,
        practice=Practice({"password_grant": "1"}),
    ),
    Flow("jsforce", "logout", logout),
    Flow("jsforce", "dead session renewed by refresh token", login_refresh),
    Flow("jsforce", "metadata deploy", deploy),
    Flow("jsforce", "metadata deployRest", deploy_rest),
    Flow("jsforce", "metadata deploy of a bad layout is refused", deploy_refused),
    Flow("jsforce", "metadata retrieve", retrieve),
    Flow("jsforce", "metadata list and describe", list_and_describe),
    Flow("jsforce", "metadata read", read),
    Flow("jsforce", "metadata read and update of a layout", read_and_update),
    Flow("jsforce", "metadata upsert and delete of a field", upsert_field),
    Flow("jsforce", "metadata rename of a layout", rename),
    Flow("jsforce", "query in pages", query),
    Flow("jsforce", "Collections in chunks of 200", collections),
    Flow("jsforce", "query of an unknown column is refused", refused),
    Flow("jsforce", "updated and deleted records", since),
    Flow("jsforce", "upsert by an external id", external_id),
    Flow("jsforce", "list of objects, limits", objects),
)
