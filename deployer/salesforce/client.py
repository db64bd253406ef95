"""One logged-in client: what may be asked of an org, and (a Writer only) what may be changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any, TypeVar
from xml.etree import ElementTree as ET

import requests

from deployer.errors import LoginRefused, SessionExpired
from deployer.model.org import SCHEMA_API_VERSION
from deployer.salesforce.answers import Json, all_rows, mapping
from deployer.salesforce.composite import Answer, GetRequest, batches, read_answers, to_body
from deployer.salesforce.fault_table import OrgUnreachable
from deployer.salesforce.faults import Effect, lost_reply
from deployer.salesforce.identity import OrgIdentity
from deployer.salesforce.login import Token
from deployer.salesforce.repeating import ATTEMPTS, repeat
from deployer.salesforce.session import OrgCall, OrgSession
from deployer.salesforce.soap import METADATA_NS, READ_OPERATIONS, envelope, read_envelope

T = TypeVar("T")
Headers = Mapping[str, str]
FileCheck = Callable[[Mapping[str, str], Path], None]
_NONE: Headers = MappingProxyType({})


class Connection:
    """A client that can only read, by construction: it has no method that changes anything.

    Reads are repeated a few times on transient faults; an expired session is renewed once a call.
    Made by `connect`. Every method raises what the fault table says.
    """

    def __init__(self, session: OrgSession, renew: Callable[[], Token], token: Token) -> None:
        self._session = session
        self._renew = renew
        self._renewal = Lock()
        self._use(token)
        self.version = SCHEMA_API_VERSION
        self.org = OrgIdentity("", "", True, "", "", "", token.instance_url, SCHEMA_API_VERSION)  # noqa: FBT003 - replaced at once by connect

    @property
    def calls(self) -> list[OrgCall]:
        """Every call made so far, for the report."""
        return self._session.calls

    @property
    def server_time(self) -> str:
        """The org's last Date header, for measuring clock skew."""
        return self._session.server_time

    @property
    def api_usage(self) -> tuple[int, int] | None:
        """The org's API calls of the day, used and allowed, as it last told them; else None."""
        return self._session.api_usage

    def get_json(
        self,
        path: str,
        params: Mapping[str, str] | None = None,
        *,
        purpose: str = "",
        attempts: int = ATTEMPTS,
    ) -> Any:
        """GET under /services/data/vNN/ (or an absolute path); the parsed JSON."""
        if path.startswith("/"):
            url, rest = f"{self._instance_url}{path}", params
            return self._read(lambda: self._get(url, rest, purpose), attempts)
        return self._read(
            lambda: self._client().restful(path, params=params, purpose=purpose), attempts
        )

    def query(self, soql: str, *, purpose: str = "") -> list[dict[str, Any]]:
        """All rows of a SOQL query, page by page, without their `attributes`."""
        return self._pages(lambda: self._client().query(soql, purpose=purpose or "query"))

    def query_all(self, soql: str, *, purpose: str = "query all") -> list[dict[str, Any]]:
        """As `query`, deleted and archived rows too. Source: REST API guide, "QueryAll"."""
        return self._pages(
            lambda: self._client().restful("queryAll", params={"q": soql}, purpose=purpose)
        )

    def tooling_query(self, soql: str, *, purpose: str = "") -> list[dict[str, Any]]:
        """As `query`, of the Tooling API's objects."""
        return self._pages(
            lambda: self._client().restful(
                "tooling/query", params={"q": soql}, purpose=purpose or "tooling query"
            )
        )

    def fetch_file(
        self, path: str, target: Path, check: FileCheck, *, purpose: str = ""
    ) -> Mapping[str, str]:
        """GET a body of any size into `target`, which is there whole or not at all; its headers.

        `path` is absolute. `check` sees headers and file before the file gets its name; what it
        raises counts as the transfer's own failure. Errors: as a read; OSError of the disk.
        """
        url, draft = f"{self._instance_url}{path}", target.with_name(f"{target.name}.part")

        def send() -> Mapping[str, str]:
            answer = self._session.save(url, draft, headers=self._headers, purpose=purpose)
            check(answer.headers, draft)
            return answer.headers

        try:
            headers = self._read(send, ATTEMPTS)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
        return headers

    def composite(self, requests: Sequence[GetRequest], *, purpose: str = "") -> list[Answer]:
        """Many GETs in few calls, answers in order; one that failed is a value, not an exception.

        At most 25 a call, of them 5 queries. Source: REST API Developer Guide, "Composite".
        """
        return self._composite("composite", requests, purpose)

    def tooling_composite(
        self, requests: Sequence[GetRequest], *, purpose: str = ""
    ) -> list[Answer]:
        """As `composite`, under tooling/."""
        return self._composite("tooling/composite", requests, purpose)

    def rows_of(self, answer: Answer) -> list[dict[str, Any]]:
        """All rows of a query in a composite, as `query`. Errors: the part's own."""
        if answer.error is not None:
            raise answer.error
        return self._rows_from(answer.body)

    def describe(self, sobject: str) -> Json:
        """What this user sees of an object. Source: REST API guide, "sObject Describe"."""
        answer = self.get_json(f"sobjects/{sobject}/describe", purpose=f"describe {sobject}")
        return mapping(answer, f"the description of {sobject}")

    def limits(self) -> Json:
        """The org's limits by name, each {Max, Remaining}."""
        return mapping(self.get_json("limits", purpose="limits"), "limits")

    def call_soap(
        self, operation: str, arguments: ET.Element, *, attempts: int = ATTEMPTS
    ) -> ET.Element:
        """One reading call of the Metadata API; the <operationResponse> element.

        Own envelope: simple_salesforce's mdapi has a session of its own (no pinning, no timeout)
        and leaves SOAP headers on the shared client.
        Errors: ValueError for an operation that is not a reading one.
        """
        if operation not in READ_OPERATIONS:
            raise ValueError(f"{operation} is not a reading operation")
        url = f"{self._instance_url}/services/Soap/m/{self.version}"
        headers = {"Content-Type": "text/xml; charset=UTF-8", "SOAPAction": '""'}

        def send() -> ET.Element:
            body = envelope(self._token.access, arguments, METADATA_NS)
            answer = self._session.request(
                "POST", url, data=body, headers=headers, purpose=operation, effect=Effect.READ
            )
            return read_envelope(answer.content, operation)

        return self._read(send, attempts)

    def _composite(self, path: str, wanted: Sequence[GetRequest], purpose: str) -> list[Answer]:
        answers: list[Answer] = []
        for batch in batches(wanted):
            body = to_body(batch, self.version, tooling=path.startswith("tooling"))
            answer = self._read(
                lambda body=body: self._client().restful(  # type: ignore[misc]
                    path, method="POST", json=body, purpose=purpose or path, effect=Effect.READ
                ),
                ATTEMPTS,
            )
            answers += read_answers(batch, answer)
        return answers

    def _pages(self, first: Callable[[], Any]) -> list[dict[str, Any]]:
        return self._rows_from(self._read(first, ATTEMPTS))

    def _rows_from(self, page: Any) -> list[dict[str, Any]]:
        found = all_rows(page, lambda path: self.get_json(path, purpose="next page"))
        return [_bare(row) for row in found]

    def _get(self, url: str, params: Mapping[str, str] | None, purpose: str) -> Any:
        answer = self._session.request(
            "GET", url, params=params, headers=self._headers, purpose=purpose
        )
        return answer.json()

    def _read(self, send: Callable[[], T], attempts: int) -> T:
        return repeat(lambda: self._parsed(lambda: self._renewing(send)), attempts)

    def _parsed(self, send: Callable[[], T]) -> T:
        """HTML with 200 and truncated JSON are the transport's fault: they may be asked again."""
        try:
            return send()
        except (ValueError, RecursionError) as broken:
            raise OrgUnreachable(
                "the answer was not JSON",
                where=self._instance_url,
                hint="a proxy's or a maintenance page is a usual cause; try again in a few minutes",
            ) from broken

    def _renewing(self, send: Callable[[], T]) -> T:
        """Log in again once when the session has expired; a second refusal is final."""
        used = self._token
        try:
            return send()
        except SessionExpired:
            with self._renewal:  # calls run side by side; the first one refused logs in for all
                if self._token is used:
                    self._use(self._renew())
        try:
            return send()
        except SessionExpired as again:
            raise LoginRefused(
                "the org refuses a session it has just given",
                where=self._instance_url,
                hint="check the user's API rights and the app's session policies",
                org_code=again.org_code,
            ) from again

    def _use(self, token: Token) -> None:
        self._token = token
        self._instance_url = token.instance_url
        self._headers = {"Authorization": f"Bearer {token.access.reveal()}"}

    def _client(self) -> Any:
        """simple_salesforce over our own session, which raises before it can look at an error."""
        from simple_salesforce.api import Salesforce  # noqa: TID251 - this is its one home

        return Salesforce(
            session_id=self._token.access.reveal(),
            instance_url=self._instance_url,
            session=self._session,
            version=self.version,
            object_pairs_hook=dict,
        )


class Writer(Connection):
    """A client that may also change things: what it sends is never sent twice by itself."""

    def send_json(
        self, method: str, path: str, body: Any, *, purpose: str = "", headers: Headers = _NONE
    ) -> Any:
        """POST or PATCH JSON; the parsed answer (None when empty). Errors: OutcomeUnknown too."""
        return self._send(method, path, purpose, extra=headers, json=body)

    def send_file(self, path: str, source: Path, headers: Headers, *, purpose: str = "") -> None:
        """PUT a file of any size, read from disk as it goes. Errors: as `send_json`; OSError."""
        url = f"{self._instance_url}/services/data/v{self.version}/{path}"

        def send() -> requests.Response:
            every = {**self._headers, **headers}
            return self._session.upload("PUT", url, source, purpose=purpose, headers=every)

        self._renewing(send)

    def send_delete(self, path: str, params: Mapping[str, str], *, purpose: str = "") -> Any:
        """DELETE; the parsed answer (None when empty)."""
        return self._send("DELETE", path, purpose, params=params)

    def send_files(self, path: str, parts: Mapping[str, Any], *, purpose: str = "") -> Any:
        """POST multipart/form-data; `parts` as requests' `files`, in this order."""
        return self._send("POST", path, purpose, files=parts)

    def _send(
        self, method: str, path: str, purpose: str, *, extra: Headers = _NONE, **body: Any
    ) -> Any:
        url = f"{self._instance_url}/services/data/v{self.version}/{path}"

        def send() -> requests.Response:
            every = {**self._headers, **extra}
            return self._session.request(
                method, url, headers=every, purpose=purpose, effect=Effect.WRITE, **body
            )

        answer = self._renewing(send)  # a 401 was not carried out, so this is no second attempt
        if not answer.content:
            return None
        try:
            return answer.json()
        except (ValueError, RecursionError) as broken:
            raise lost_reply(self._instance_url) from broken


def _bare(row: Json) -> dict[str, Any]:
    """A row without Salesforce's `attributes`, related rows included."""
    return {
        key: _bare(value) if isinstance(value, Mapping) else value
        for key, value in row.items()
        if key != "attributes"
    }
