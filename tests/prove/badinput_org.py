"""An org that answers with whatever it is given, without a socket, and what is asked of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import stamina
from org_clock import OrgClock
from walk import StepClock

from deployer.errors import OptoutError
from deployer.salesforce.bulk_jobs import JobKind, fetch_job, list_open_jobs
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import GetRequest
from deployer.salesforce.deploy_job import fetch_deploy
from deployer.salesforce.hosts import Loopback, Origin
from deployer.salesforce.login import Token
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret
from practice_org.inprocess import OrgAdapter
from practice_org.wire import Response
from sync.org_records import fetch_shape

ORIGIN = Origin("localhost")
ANSWERS = tuple(
    json.dumps(each).encode()
    for each in (
        {"totalSize": 1, "done": True, "records": [{"attributes": {}, "Id": "1"}]},
        {"deployResult": {"id": "0Af", "status": "Succeeded", "done": True, "success": True,
                          "details": {"componentFailures": [{"fullName": "A", "problem": "p"}]}}},
        {"id": "750", "state": "JobComplete", "object": "Contact", "operation": "update",
         "apiVersion": 63.0, "numberRecordsProcessed": 1, "createdDate": "2026-11-24T09:00:00Z"},
        {"fields": [{"name": "IsPersonAccount"}]},
    )
)  # fmt: skip


def ask_an_org(data: bytes, _folder: Path) -> None:
    """Every kind of question, each answered with these bytes; the last refusal is raised."""
    refused: list[OptoutError] = []
    with stamina.set_testing(True, attempts=1):
        for ask in _QUESTIONS:
            try:
                ask(_org(data))
            except OptoutError as said:
                refused.append(said)
    if refused:
        raise refused[-1]


def _org(data: bytes) -> Connection:
    session = OrgSession(StepClock(OrgClock()), loopback=Loopback.PRACTICE)
    # A page that leads to itself is served twice, so that every walk over pages ends.
    served = iter([Response(200, data)] * 2)
    session.mount("https://", OrgAdapter(lambda _asked: next(served, Response(404))))
    session.pin(ORIGIN)
    token = Token(Secret("t"), str(ORIGIN), Secret(""))
    return Connection(session, lambda: token, token)


_QUESTIONS: tuple[Callable[[Connection], object], ...] = (
    lambda org: org.query("SELECT Id FROM Contact"),
    lambda org: org.describe("Contact"),
    lambda org: org.limits(),
    lambda org: org.composite([GetRequest("a", "limits")]),
    lambda org: fetch_deploy(org, "0Af"),
    lambda org: fetch_job(org, JobKind.INGEST, "750"),
    lambda org: list_open_jobs(org, (JobKind.QUERY,)),
    fetch_shape,
)
