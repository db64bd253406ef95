"""POST /unsubscribes: one delivery, on disk before it is answered.

Order: size, proof, meaning, commit, answer. Nothing here asks the org or the people side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from deployer.clock import Clock
from deployer.errors import OptoutError
from sync.serve.inbox import Given, Inbox
from sync.serve.metrics import Meters
from sync.serve.throttle import Throttle
from sync.webhooks.body import to_unsubscribe
from sync.webhooks.door import Keyring, admit
from sync.webhooks.formats import MOST_BYTES
from sync.webhooks.refusals import BadSignature, TooLarge

RETRY_AFTER_S: Mapping[int, str] = {429: "60", 503: "30"}


@dataclass(frozen=True, slots=True)
class Intake:
    """What one delivery needs to be taken."""

    inbox: Inbox
    keyring: Keyring
    throttle: Throttle
    meters: Meters
    clock: Clock

    async def take(self, request: Request) -> Response:
        """Answer one delivery: 202 after the commit, else why not."""
        try:
            given = self._understand(request, await _read_body(request))
            accepted = await self.inbox.commit(given)
        except OptoutError as refused:
            self.meters.refused.labels(str(refused.http_status)).inc()
            return refusal(refused)
        if accepted.new:
            self.meters.accepted.inc()
            self.inbox.wake()
        else:
            self.meters.duplicates.inc()
        return JSONResponse({"accepted": True, "duplicate": not accepted.new}, 202)

    def _understand(self, request: Request, body: bytes) -> Given:
        try:
            admitted = admit(request.headers, body, self.keyring, self.clock.now())
        except BadSignature:
            # The connection's own address: a forwarded one is whatever the client wrote.
            address = request.client.host if request.client else ""
            self.throttle.count_failure(address, self.clock.monotonic_s())
            raise
        unsubscribe = to_unsubscribe(body, admitted.arrival, admitted.sender.shape)
        return Given(unsubscribe, body, admitted.sender.name)


async def _read_body(request: Request) -> bytes:
    """At most the largest body and one piece more. Errors: TooLarge."""
    body = bytearray()
    declared = request.headers.get("content-length", "")
    too_large = declared.isdigit() and len(declared) < 20 and int(declared) > MOST_BYTES
    async for piece in request.stream():
        body += piece
        if too_large or len(body) > MOST_BYTES:
            raise TooLarge("body", f"it is larger than {MOST_BYTES // 1024} KB")
    return bytes(body)


def refusal(refused: OptoutError) -> Response:
    """An error as an answer: what, where, what to do."""
    status = refused.http_status
    later = {"Retry-After": RETRY_AFTER_S[status]} if status in RETRY_AFTER_S else {}
    said = {
        "accepted": False, "code": refused.code, "message": refused.message,
        "where": refused.where, "next": refused.hint,
    }  # fmt: skip
    return JSONResponse(said, status, headers=later)
