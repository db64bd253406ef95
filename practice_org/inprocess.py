"""The org without sockets: an adapter that hands a requests.Session's calls to `handle`.

One thread, no ports, no waiting: with the org's clock and seed given, the same calls give the same
answers, byte for byte, and what is cut or late fails as it does over a wire.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPResponse

from practice_org.wire import Request, Response, Sent

Answer = Callable[[Request], Response]


class OrgAdapter(HTTPAdapter):
    """Mount it on a session: session.mount("http://localhost", OrgAdapter(answer)).

    `wait` is called with the seconds an answer is late: a test's clock moves by them.
    """

    def __init__(self, answer: Answer, wait: Callable[[float], object] = float) -> None:
        super().__init__()
        self._answer = answer
        self._wait = wait

    def send(  # type: ignore[override]  # the options left out mean nothing without a socket
        self,
        request: requests.PreparedRequest,
        stream: bool = False,  # noqa: FBT001, FBT002 - requests' signature
        timeout: Any = None,
        **_rest: Any,
    ) -> requests.Response:
        """Answer a request that never leaves the process.

        Errors: requests.ConnectionError when the answer is dropped; requests.ReadTimeout when it
        would come too late.
        """
        answered = self._answer(_to_org(request))
        patience = timeout[1] if isinstance(timeout, tuple) else timeout
        late = answered.delivery.delay_s
        self._wait(late if patience is None else min(late, patience))
        if patience is not None and late > patience:
            raise requests.ReadTimeout("the answer is late", request=request)
        if answered.delivery.sent is Sent.NOTHING:
            raise requests.ConnectionError("closed without an answer", request=request)
        received = self.build_response(request, _on_the_wire(answered))
        if not stream:
            received.content  # noqa: B018 - reads it, as a session does
        return received


def _to_org(sent: requests.PreparedRequest) -> Request:
    parts = urlsplit(str(sent.url))
    return Request(
        method=str(sent.method),
        path=unquote(parts.path),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.lower(): str(value) for name, value in sent.headers.items()},
        body=_to_bytes(sent.body),
        origin=f"{parts.scheme}://{parts.netloc}",
    )


def _to_bytes(body: Any) -> bytes:
    """A body as requests holds it: text, bytes, nothing, a file, or parts of a chunked upload."""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body or ())


def _on_the_wire(answered: Response) -> HTTPResponse:
    body = b"".join((answered.body, *answered.more))
    whole = len(body)
    sent = body[: whole // 2] if answered.delivery.sent is Sent.HALF else body
    return HTTPResponse(
        body=io.BytesIO(sent),
        headers={"content-length": str(whole), **answered.headers},
        status=answered.status,
        preload_content=False,
        enforce_content_length=True,
    )
