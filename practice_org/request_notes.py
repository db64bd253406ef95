"""One line for each request in a file: what a client asks for, and nothing of what it sends."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from practice_org.wire import OrgError, Request, Response, parse_xml

Answer = Callable[[Request], Response]


def noting(answer: Answer, notes: Path) -> Answer:
    """The same answers; each adds "METHOD path status [operation]" to the file.

    Neither query, headers nor bodies are written: they hold sessions and people's data. The
    operation is SOAP's, as "listMetadata".
    """

    def noted(request: Request) -> Response:
        answered = answer(request)
        words = (request.method, request.path, str(answered.status), _operation(request))
        with notes.open("a", encoding="utf-8") as file:
            file.write(" ".join(word for word in words if word) + "\n")
        return answered

    return noted


def _operation(request: Request) -> str:
    if "/services/Soap/" not in request.path:
        return ""
    try:
        body = parse_xml(request.body).child("Body")
    except OrgError:
        return ""
    return next((element.name for element in body.children()), "") if body else ""
