"""The Salesforce CLI."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from strangers_flow import Flow, Part
from strangers_stage import Stage, expect, known_bug, refresh_token, run

ADMIN = "admin@practice.example.com"


def sf(stage: Stage, *words: str | Path, exits: int = 0, cwd: Path | None = None) -> Any:
    """Run sf with --json; its result, or the whole document when it is to fail."""
    ran = run([stage.clients.node, stage.clients.sf, *words, "--json"], exits=exits, cwd=cwd)
    document = json.loads(ran.out)
    return document if exits else document["result"]


def log_in(stage: Stage, url: str = "") -> None:
    """By access token; the org becomes the default one."""
    os.environ["SF_ACCESS_TOKEN"] = stage.token
    where = ("--instance-url", url or stage.http)
    sf(stage, "org", "login", "access-token", *where, "--set-default", "--no-prompt")


def _is_admin(result: Any) -> None:
    expect(result["username"] == ADMIN, "the login is the administrator's", result)


def login_token_http(stage: Stage) -> None:
    log_in(stage)
    shown = sf(stage, "org", "display")
    expect(shown["connectedStatus"] == "Connected", "the org is connected", shown)


def login_token_https(stage: Stage) -> None:
    log_in(stage, stage.https)
    shown = sf(stage, "org", "display")
    expect(shown["instanceUrl"].startswith(stage.https), "https is kept", shown)


def _jwt(stage: Stage, url: str, key: str, exits: int = 0) -> Any:
    client = ("--client-id", stage.facts["client_id"], "--jwt-key-file", key)
    who = ("--username", ADMIN, "--instance-url", url, "--set-default")
    return sf(stage, "org", "login", "jwt", *client, *who, exits=exits)


def login_jwt_http(stage: Stage) -> None:
    _is_admin(_jwt(stage, stage.http, stage.facts["jwt_key_file"]))


def login_jwt_https(stage: Stage) -> None:
    _is_admin(_jwt(stage, stage.https, stage.facts["jwt_key_file"]))
    rows = sf(stage, "data", "query", "-q", "SELECT Id FROM Contact LIMIT 2")["records"]
    expect(len(rows) == 2, "the session reads", rows)


def login_jwt_wrong_key(stage: Stage) -> None:
    other = stage.facts["identities"]["auditor"]["jwt_key_file"]
    said = _jwt(stage, stage.http, other, exits=1)
    expect("invalid assertion" in said["message"], "a wrong signature is refused", said)


def login_sfdx_url(stage: Stage) -> None:
    _is_admin(_log_in_by_url(stage))


def _log_in_by_url(stage: Stage, where: str = "", exits: int = 0) -> Any:
    app = f"{stage.facts['client_id']}:{stage.facts['client_secret']}"
    file = stage.home / "url.txt"
    file.write_text(f"force://{app}:{refresh_token(stage)}@{where or stage.https_host}\n")
    words = ("org", "login", "sfdx-url", "--sfdx-url-file", file, "--set-default")
    return sf(stage, *words, exits=exits)


def login_sfdx_url_http(stage: Stage) -> None:
    known_bug("an sfdx-url cannot say http: it takes the word for the host's name")
    said = _log_in_by_url(stage, stage.http, exits=10)
    expect("ENOTFOUND http" in said["cause"], "it looks for a host named http", said)


FLOWS = (
    Flow("sf", "login by access token, http", login_token_http, Part.CORE),
    Flow("sf", "login by access token, https", login_token_https, Part.CORE),
    Flow("sf", "login by JWT, http", login_jwt_http, Part.CORE),
    Flow("sf", "login by JWT, https", login_jwt_https),
    Flow("sf", "login by JWT with a wrong key is refused", login_jwt_wrong_key),
    Flow("sf", "login by sfdx-url", login_sfdx_url, Part.CORE),
    Flow("sf", "login by sfdx-url, http, cannot be", login_sfdx_url_http),
)
