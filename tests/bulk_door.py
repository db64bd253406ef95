"""Loading CSV in bulk over `handle`, without sockets."""

from __future__ import annotations

import csv
import io
import json

from practice_org.app import handle
from practice_org.login.sessions import start_session
from practice_org.tables import find_rows
from practice_org.wire import Request, Response

BASE = "/services/data/v63.0/jobs/ingest"
UPDATE = {"object": "Contact", "operation": "update"}
KINDS = ("successfulResults", "failedResults", "unprocessedrecords")


def whole(answer: Response) -> bytes:
    """The body of an answer, its later pieces included."""
    return b"".join((answer.body, *answer.more))


class Loader:
    """One user loading CSV over `handle`."""

    def __init__(self, org, username: str = "admin@practice.example.com") -> None:
        (user,) = find_rows(org, "User", Username=username)
        self.org, self.user_id = org, user["Id"]
        self.headers = {"authorization": f"Bearer {start_session(org, user['Id'])}"}

    def ask(self, method: str, path: str, body: object = None, **query: str):
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b""
        return handle(self.org, Request(method, BASE + path, query, self.headers, data))

    def load(self, data: bytes, **asked: str) -> dict:
        job = json.loads(self.ask("POST", "", UPDATE | asked).body)["id"]
        assert self.ask("PUT", f"/{job}/batches", data).status == 201
        self.ask("PATCH", f"/{job}", {"state": "UploadComplete"})
        return json.loads(self.ask("GET", f"/{job}").body)

    def look(self, job: dict) -> dict:
        return json.loads(self.ask("GET", f"/{job['id']}").body)

    def rows(self, job: dict, which: str) -> list[list[str]]:
        body = whole(self.ask("GET", f"/{job['id']}/{which}")).decode()
        return list(csv.reader(io.StringIO(body, newline="")))
