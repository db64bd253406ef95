"""An org to switch faults on in, and one call to each of its endpoints."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from data_org import tiny_org

from practice_org.app import handle
from practice_org.faults.firing import switch_on
from practice_org.faults.store import When
from practice_org.login.sessions import start_session
from practice_org.org import Org
from practice_org.tables import find_row, insert_row
from practice_org.wire import Request, Response

DATA = "/services/data/v63.0"
_ENVELOPE = (
    '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header><SessionHeader>'
    "<sessionId>{token}</sessionId></SessionHeader></e:Header><e:Body>{inner}</e:Body></e:Envelope>"
)


@dataclass
class FaultOrg:
    """Three contacts, an administrator's session, and a clock that moves when told."""

    org: Org
    token: str
    ids: list[str]
    at: datetime = datetime(2026, 11, 24, 9, tzinfo=UTC)
    headers: dict[str, str] = field(default_factory=dict)

    def on(self, at: str, code: str, **when: Any):
        return switch_on(self.org, at, code, When(**when))

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        sent = (
            body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        )
        path, _, query = path.partition("?")
        pairs = dict(pair.split("=", 1) for pair in query.split("&") if pair)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        auth = {"authorization": f"Bearer {self.token}"}
        return handle(
            self.org, Request(method, path, pairs, {**auth, **self.headers, **named}, sent)
        )

    def data(self, method: str, path: str, body: Any = None, **headers: str) -> Response:
        return self.ask(method, f"{DATA}/{path}", body, **headers)

    def soap(self, operation: str, inner: str = "", path: str = "m/63.0") -> Response:
        """One SOAP call."""
        call = f"<{operation}>{inner}</{operation}>"
        body = _ENVELOPE.format(token=self.token, inner=call).encode()
        return self.ask("POST", f"/services/Soap/{path}", body, content_type="text/xml")

    def call(self, name: str) -> Response:
        """The call of this name, below."""
        return CALLS[name](self)

    def phone(self, number: int = 0) -> Any:
        """What the record really holds."""
        row = find_row(self.org, "Contact", self.ids[number])
        return row["Phone"] if row else None

    def count(self) -> int:
        return int(self.org.db.execute('SELECT count(*) FROM "Contact"').fetchone()[0])


def fault_org() -> FaultOrg:
    tiny = tiny_org()
    tiny.org.user_id = tiny.admin
    ids = [insert_row(tiny.org, "Contact", {"LastName": name}) for name in ("Ash", "Elm", "Oak")]
    made = FaultOrg(tiny.org, start_session(tiny.org, tiny.admin), ids)
    tiny.org.now = lambda: made.at
    return made


def collection(here: FaultOrg, **values: Any) -> dict[str, Any]:
    """A Collections update of the three contacts."""
    kind = {"attributes": {"type": "Contact"}}
    return {"records": [{**kind, "id": one, "Phone": "1", **values} for one in here.ids]}


def _create_many(here: FaultOrg) -> Response:
    records = [{"attributes": {"type": "Contact"}, "LastName": name} for name in "AB"]
    return here.data("POST", "composite/sobjects", {"records": records})


def _composite(here: FaultOrg) -> Response:
    url = f"{DATA}/sobjects/Contact/{here.ids[0]}"
    part = {"method": "PATCH", "url": url, "referenceId": "r", "body": {"Phone": "1"}}
    return here.data("POST", "composite", {"compositeRequest": [part]})


def _token(here: FaultOrg) -> Response:
    return here.ask(
        "POST", "/services/oauth2/token", urlencode({"grant_type": "password"}).encode()
    )


JOB = {"object": "Contact", "operation": "update", "lineEnding": "LF"}
CALLS = {
    "token": _token,
    "login": lambda here: here.soap("login", "<username>a</username>", "u/63.0"),
    "identity": lambda here: here.ask("GET", "/services/oauth2/userinfo"),
    "versions": lambda here: here.ask("GET", "/services/data"),
    "limits": lambda here: here.data("GET", "limits"),
    "describe": lambda here: here.data("GET", "sobjects/Contact/describe"),
    "changes": lambda here: here.data(
        "GET", "sobjects/Contact/updated?start=2026-11-24T08:00:00Z&end=2026-11-25T08:00:00Z"
    ),
    "query": lambda here: here.data("GET", "query?q=SELECT Id FROM Contact"),
    "query.more": lambda here: here.data("GET", "query/01g000000000001AAA"),
    "tooling": lambda here: here.data("GET", "tooling/query?q=SELECT Id FROM Layout"),
    "get": lambda here: here.data("GET", f"sobjects/Contact/{here.ids[0]}"),
    "create": lambda here: here.data("POST", "sobjects/Contact", {"LastName": "New"}),
    "update": lambda here: here.data("PATCH", f"sobjects/Contact/{here.ids[0]}", {"Phone": "1"}),
    "delete": lambda here: here.data("DELETE", f"sobjects/Contact/{here.ids[0]}"),
    "collections.get": lambda here: here.data(
        "GET", f"composite/sobjects/Contact?ids={here.ids[0]}&fields=Id"
    ),
    "collections.create": _create_many,
    "collections": lambda here: here.data("PATCH", "composite/sobjects", collection(here)),
    "collections.delete": lambda here: here.data(
        "DELETE", f"composite/sobjects?ids={','.join(here.ids)}"
    ),
    "composite": _composite,
    "deployRequest": lambda here: here.data("GET", "metadata/deployRequest/0Af000000000001AAA"),
    "deployRequest.start": lambda here: here.data(
        "POST", "metadata/deployRequest", {"validatedDeployRequestId": "0Af000000000001AAA"}
    ),
    "deployRequest.cancel": lambda here: here.data(
        "PATCH", "metadata/deployRequest/0Af000000000001AAA", {}
    ),
    "bulk.create": lambda here: here.data("POST", "jobs/ingest", JOB),
    "bulk.upload": lambda here: here.data("PUT", "jobs/ingest/750000000000001AAA/batches", b"Id"),
    "bulk.close": lambda here: here.data("PATCH", "jobs/ingest/750000000000001AAA", {}),
    "bulk.poll": lambda here: here.data("GET", "jobs/ingest/750000000000001AAA"),
    "bulk.results": lambda here: here.data(
        "GET", "jobs/ingest/750000000000001AAA/successfulResults"
    ),
    "async": lambda here: here.ask(
        "GET", "/services/async/63.0/job/750000000000001AAA", x_sfdc_session=here.token
    ),
    "bulk.query.create": lambda here: here.data("POST", "jobs/query", {"operation": "query"}),
    "bulk.query.poll": lambda here: here.data("GET", "jobs/query/750000000000001AAA"),
    "bulk.query.results": lambda here: here.data("GET", "jobs/query/750000000000001AAA/results"),
    **{
        operation: lambda here, operation=operation: here.soap(operation)
        for operation in (
            "deploy", "checkDeployStatus", "cancelDeploy", "deployRecentValidation", "retrieve",
            "checkRetrieveStatus", "listMetadata", "describeMetadata", "readMetadata",
            "updateMetadata",
        )
    },
}  # fmt: skip
