"""The practice org's door for what people do in the browser, and people to do it to."""

from __future__ import annotations

import json

from practice_org.app import handle
from practice_org.login.sessions import start_session
from practice_org.tables import insert_row
from practice_org.wire import Request, json_response


def act(here, action, *, user="", **body):
    """One action through the whole app: status and JSON."""
    token = start_session(here.org, user or here.admin)
    headers = {"authorization": f"Bearer {token}"}
    sent = json_response(body).body
    answer = handle(here.org, Request("POST", f"/practice/actions/{action}", {}, headers, sent))
    return answer.status, json.loads(answer.body)


def contact(here, **values):
    return insert_row(here.org, "Contact", {"LastName": "Moss", **values})


def lead(here, **values):
    return insert_row(here.org, "Lead", {"LastName": "Moss", "Company": "Moss & Co.", **values})


def person(here, **values):
    return insert_row(here.org, "Account", {"LastName": "Lee", **values})
