"""What an OAuth client sends to the practice org, and what it reads of the answer."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from practice_org.app import handle
from practice_org.wire import Request

ORIGIN = "https://localhost:8443"
DEPLOYER = "deployer@practice.example.com"


def post(org, path, form, authorization=""):
    headers = {"authorization": authorization} if authorization else {}
    body = urlencode(form).encode()
    return handle(org, Request("POST", path, headers=headers, body=body, origin=ORIGIN))


def token(org, form, authorization=""):
    answer = post(org, "/services/oauth2/token", form, authorization)
    return answer.status, json.loads(answer.body)


def refused(org, form, authorization=""):
    status, answer = token(org, form, authorization)
    assert status == 400
    return answer["error"], answer["error_description"]


def whoami(org, access_token):
    headers = {"authorization": f"Bearer {access_token}"}
    answer = handle(org, Request("GET", "/services/oauth2/userinfo", headers=headers))
    return json.loads(answer.body)["preferred_username"]


def app(org, name):
    return {
        "client_id": org.setting(f"client_id:{name}"),
        "client_secret": org.setting(f"client_secret:{name}"),
    }
