"""One line for each request in a file: what a client asks for, and nothing of what it sends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from practice_org.wire import OrgError, Request, Response, parse_xml

Answer = Callable[[Request], Response]


def noting(answer: Answer, notes: Path) -> Answer:
    """The same answers; each adds "METHOD path status received sent [operation]" to the file.

    `received` and `sent` are the bodies' bytes. Neither query, headers nor bodies are written:
    they hold sessions and people's data. The operation is SOAP's, as "listMetadata".
    """

    def noted(request: Request) -> Response:
        answered = answer(request)

        def note(sent: int) -> None:
            words = (request.method, request.path, str(answered.status), str(len(request.body)))
            with notes.open("a", encoding="utf-8") as file:
                file.write(" ".join((*words, str(sent), *_operation(request))) + "\n")

        first = next(answered.more, b"")
        if first:
            return replace(answered, more=_counted(first, answered, note))
        note(len(answered.body))
        return answered

    return noted


def _counted(piece: bytes, answered: Response, note: Callable[[int], None]) -> Iterator[bytes]:
    """The rest of a long body from this piece on; noted once it is sent, or its reader has gone."""
    sent = len(answered.body)
    try:
        while piece:
            sent += len(piece)
            yield piece
            piece = next(answered.more, b"")
    finally:
        note(sent)


def _operation(request: Request) -> list[str]:
    if "/services/Soap/" not in request.path:
        return []
    try:
        body = parse_xml(request.body).child("Body")
    except OrgError:
        return []
    return [element.name for element in body.children()][:1] if body else []
