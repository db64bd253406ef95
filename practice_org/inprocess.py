"""The org without sockets: an adapter that hands a requests.Session's calls to `handle`.

One thread, no ports, no waiting: with the org's clock and seed given, the same calls give the same
answers, byte for byte.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from practice_org.wire import Request, Response

Answer = Callable[[Request], Response]


class OrgAdapter(BaseAdapter):
    """Mount it on a session: session.mount("http://localhost", OrgAdapter(answer))."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self._answer = answer

    def send(  # type: ignore[override]  # none of the options means anything without a socket
        self, request: requests.PreparedRequest, **_options: object
    ) -> requests.Response:
        """Answer a request that never leaves the process."""
        return _to_requests(request, self._answer(_to_org(request)))

    def close(self) -> None:
        """Nothing is open."""


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
    """A body as requests holds it: text, bytes, nothing, or the parts of a chunked upload."""
    if isinstance(body, str):
        return body.encode()
    return body if isinstance(body, bytes) else b"".join(body or ())


def _to_requests(sent: requests.PreparedRequest, answered: Response) -> requests.Response:
    received = requests.Response()
    received.status_code = answered.status
    received.headers = CaseInsensitiveDict(answered.headers)
    received.raw = io.BytesIO(answered.body)
    received.url = str(sent.url)
    received.request = sent
    received.encoding = requests.utils.get_encoding_from_headers(received.headers)
    return received
