"""The first Bulk API's door, for tests: a user with a session, and answers taken apart."""

from __future__ import annotations

import csv
import io
import json
from xml.etree import ElementTree as ET

from practice_org.app import handle
from practice_org.login.sessions import start_session
from practice_org.seed.identities import IDENTITIES
from practice_org.tables import find_rows
from practice_org.wire import Request

BASE = "/services/async/63.0/job"
NS = "{http://www.force.com/2009/06/asyncapi/dataload}"
MEDIA = {"JSON": "application/json", "XML": "application/xml", "CSV": "text/csv"}
OPT_OUT = "HasOptedOutOfEmail"


def identity(org, name: str) -> str:
    """The user id of one of the seeded org's identities."""
    (wanted,) = [each for each in IDENTITIES if each.name == name]
    (user,) = find_rows(org, "User", Username=wanted.username)
    return user["Id"]


class AsyncClient:
    """One user of /services/async over `handle`."""

    def __init__(self, org, user_id: str = "") -> None:
        self.org = org
        self.token = start_session(org, user_id or identity(org, "admin"))

    def ask(self, method, path="", body=b"", kind="application/json", **headers):
        sent = {"x-sfdc-session": self.token, "content-type": kind, **headers}
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return handle(self.org, Request(method, BASE + path, {}, sent, data))

    def job(self, operation, content_type="CSV", headers=None, **asked) -> str:
        asked = {"operation": operation, "object": "Contact", "contentType": content_type} | asked
        made = self.ask("POST", "", asked, **(headers or {}))
        assert made.status == 201, made.body
        return json.loads(made.body)["id"]

    def add(self, job, data: bytes, kind="text/csv") -> str:
        made = self.ask("POST", f"/{job}/batch", data, kind)
        assert made.status == 201, made.body
        return facts(made)["id"]

    def batch(self, job, batch) -> dict:
        return facts(self.ask("GET", f"/{job}/batch/{batch}"))

    def results(self, job, batch) -> bytes:
        return self.ask("GET", f"/{job}/batch/{batch}/result").body

    def load(self, operation, data: bytes, content_type="CSV", **asked) -> tuple[dict, bytes]:
        job = self.job(operation, content_type, **asked)
        batch = self.add(job, data, MEDIA[content_type])
        self.ask("POST", f"/{job}", {"state": "Closed"})
        return self.batch(job, batch), self.results(job, batch)


def facts(answer) -> dict:
    """A job, a batch or an error, whichever form it came in."""
    if answer.headers["Content-Type"] == "application/json":
        return json.loads(answer.body)
    return {part.tag.removeprefix(NS): part.text for part in ET.fromstring(answer.body)}


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def contacts(org, count: int) -> list[str]:
    found = find_rows(org, "Contact", IsPersonAccount=0, IsDeleted=0)
    return [row["Id"] for row in found[:count]]


def queried(client, operation="query", soql="SELECT Id FROM Contact", headers=None) -> list[str]:
    """The ids that all the result files of a job have."""
    job = client.job(operation, headers=headers)
    client.add(job, soql.encode())
    client.ask("POST", f"/{job}", {"state": "Closed"})
    found = []
    for batch in batches(client, job):
        if batch["state"] == "Completed":
            found += files_of(client, job, batch["id"])
    return [row[0] for file in found for row in rows(file)[1:]]


def batches(client, job) -> list[dict]:
    answer = client.ask("GET", f"/{job}/batch")
    return [
        {part.tag.removeprefix(NS): part.text for part in batch}
        for batch in ET.fromstring(answer.body)
    ]


def files_of(client, job, batch) -> list[bytes]:
    ids = [part.text for part in ET.fromstring(client.results(job, batch))]
    return [client.ask("GET", f"/{job}/batch/{batch}/result/{each}").body for each in ids]
