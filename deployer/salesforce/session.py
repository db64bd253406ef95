"""The only door to the network: pinned hosts, timeouts, no redirects, a cap on what comes back."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlsplit

import requests
import structlog
import urllib3

from deployer.clock import Clock
from deployer.errors import BadInput, OptoutError, OrgSaidNo
from deployer.salesforce.fault_table import OrgUnreachable
from deployer.salesforce.faults import Effect, Refusal, lost_reply, read_refusal, to_error
from deployer.salesforce.hosts import Loopback, Origin, check_pinned
from deployer.salesforce.trust import TrustingAdapter, read_trust
from deployer.state import PRIVATE_FILE

CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 120.0
TOTAL_TIMEOUT_S = 600.0  # Salesforce ends a call itself after ten minutes
CAP_BYTES = 1 << 30  # base64 of the largest retrieve (600 MB unpacked, packed less)
_CHUNK = 1 << 16
# Source: REST API Developer Guide, "Limit Info Header": api-usage=18/15000
_USAGE = re.compile(r"(?<![\w-])api-usage=(?P<used>\d+)/(?P<allowed>\d+)")
_REPLACE = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
_READS = frozenset({"GET", "HEAD"})

log = structlog.get_logger()


class Refuse(Protocol):
    """Turns what the org said into the error to raise."""

    def __call__(self, refusal: Refusal, /, *, where: str) -> OptoutError: ...


@dataclass(frozen=True, slots=True)
class OrgCall:
    """One call that was made, for the report; neither query string nor header is kept."""

    method: str
    path: str
    purpose: str
    status: int
    ms: int


@dataclass(frozen=True, slots=True)
class _Terms:
    """What one exchange is about: `file` takes the body of a success, None keeps it in memory."""

    purpose: str
    effect: Effect
    refuse: Refuse
    file: BinaryIO | None = None


class _TimedBody:
    """A file that is sent in pieces, as requests wants it, until the time for it is over."""

    def __init__(self, file: BinaryIO, is_late: Callable[[], bool]) -> None:
        self._file = file
        self._is_late = is_late
        self._size = os.fstat(file.fileno()).st_size

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[bytes]:
        while part := self.read(_CHUNK):
            yield part

    def read(self, size: int = -1) -> bytes:
        """The next piece. Errors: requests.ReadTimeout when the time is over."""
        if self._is_late():
            raise requests.ReadTimeout
        return self._file.read(size)


class OrgSession(requests.Session):
    """A requests session that can only talk to the origins it was opened for.

    `calls` lists what was asked; `server_time` is the last Date header ("" before any), `api_usage`
    the day's API calls, used and allowed, as an answer last told them. Every answer of 300 or more
    is raised as an error of the fault table.
    """

    def __init__(
        self, clock: Clock, *, loopback: Loopback = Loopback.REFUSED, ca_file: Path | None = None
    ) -> None:
        super().__init__()
        self._clock = clock
        self._pinned: frozenset[Origin] = frozenset()
        self.calls: list[OrgCall] = []
        self.server_time = ""
        self.api_usage: tuple[int, int] | None = None
        self.cap_bytes = CAP_BYTES
        # A proxy of the environment must not stand between us and this machine.
        self.trust_env = loopback is Loopback.REFUSED
        self.auth = _leave_as_is
        self.mount("https://", TrustingAdapter(read_trust(ca_file) if ca_file else None))

    def pin(self, *origins: Origin) -> None:
        """Allow these origins too."""
        self._pinned |= frozenset(origins)

    def request(  # type: ignore[override]  # simple_salesforce calls it with these three by place
        self,
        method: str,
        url: str,
        *,
        purpose: str = "",
        effect: Effect | None = None,
        refuse: Refuse | None = None,
        **rest: Any,
    ) -> requests.Response:
        """Send one request and read its whole answer.

        `purpose` says in a few words what for. `effect` tells whether it changes something; by
        default only GET does not. Errors: OrgUnreachable (may be asked again), OutcomeUnknown
        (a write whose reply was lost), OrgSaidNo and the rest of the fault table.
        """
        effect = effect or (Effect.READ if method.upper() in _READS else Effect.WRITE)
        terms = _Terms(purpose, effect, refuse or partial(to_error, effect=effect))
        return self._exchange(method, url, terms, rest)

    def save(self, url: str, path: Path, *, purpose: str = "", **rest: Any) -> requests.Response:
        """GET a body of any size straight into the file, the owner's alone; the answer without it.

        The door is the same as `request`'s: hosts, timeouts, cap, no redirects. What a refusal
        says never reaches the file; after any error what the file holds is worth nothing.
        Errors: as a read of `request`; OSError of the disk.
        """
        with os.fdopen(os.open(path, _REPLACE, PRIVATE_FILE), "wb") as file:
            terms = _Terms(purpose, Effect.READ, to_error, file)
            return self._exchange("GET", url, terms, rest)

    def upload(
        self, method: str, url: str, path: Path, *, purpose: str = "", **rest: Any
    ) -> requests.Response:
        """Send the file as the body, in pieces. Errors: as a write of `request`; OSError."""
        until = self._clock.monotonic_s() + TOTAL_TIMEOUT_S
        terms = _Terms(purpose, Effect.WRITE, partial(to_error, effect=Effect.WRITE))
        with path.open("rb") as file:
            body = _TimedBody(file, lambda: self._clock.monotonic_s() > until)
            return self._exchange(method, url, terms, {**rest, "data": body})

    def _exchange(
        self, method: str, url: str, terms: _Terms, rest: dict[str, Any]
    ) -> requests.Response:
        origin = check_pinned(url, self._pinned)
        rest.update(allow_redirects=False, stream=True)
        rest.setdefault("timeout", (CONNECT_TIMEOUT_S, READ_TIMEOUT_S))
        began = self._clock.monotonic_s()
        try:
            answer = super().request(method, url, **rest)
            self._read_whole(answer, began + TOTAL_TIMEOUT_S, terms.file)
        except requests.RequestException as broken:
            raise _transport_error(broken, str(origin), terms.effect) from broken
        self._note(answer, method, terms.purpose, began)
        if answer.status_code >= 300:
            raise _refused(answer, str(origin), terms.refuse)
        return answer

    def _read_whole(self, answer: requests.Response, until: float, file: BinaryIO | None) -> None:
        """Read the body under the cap and the deadline; a slow drip does not hold us for ever."""
        parts: list[bytes] = []
        keep = file.write if file and answer.status_code < 300 else parts.append
        size = 0
        for part in _pieces(answer.raw):
            size += len(part)
            keep(part)
            if size > self.cap_bytes:
                answer.close()
                raise BadInput(
                    "the org's answer is larger than any it may send",
                    hint="check instance_url; nothing of the answer was used",
                )
            if self._clock.monotonic_s() > until:
                answer.close()
                raise requests.ReadTimeout
        answer._content = b"".join(parts)  # noqa: SLF001 - as requests itself does

    def _note(self, answer: requests.Response, method: str, purpose: str, began: float) -> None:
        took = round((self._clock.monotonic_s() - began) * 1000)
        path = urlsplit(answer.url).path
        self.calls.append(OrgCall(method, path, purpose, answer.status_code, took))
        self.server_time = answer.headers.get("Date", self.server_time)
        if told := _USAGE.search(answer.headers.get("Sforce-Limit-Info", "")):
            self.api_usage = int(told["used"]), int(told["allowed"])
        log.debug("call", method=method, path=path, purpose=purpose, status=answer.status_code,
                  ms=took)  # fmt: skip


def _leave_as_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Keeps requests from putting a ~/.netrc password in place of the token."""
    return request


def _refused(answer: requests.Response, where: str, refuse: Refuse) -> OptoutError:
    if answer.status_code < 400:
        return OrgSaidNo(
            f"the org answered with a redirect (HTTP {answer.status_code}), which is not followed",
            where=where,
            hint="check instance_url: it must be https://MYDOMAIN.my.salesforce.com itself",
        )
    return refuse(read_refusal(answer.status_code, answer.content), where=where)


def _pieces(body: urllib3.HTTPResponse) -> Iterator[bytes]:
    """The body as it arrives: whoever waits for a piece to be full waits as long as it drips."""
    try:
        while part := body.read1(_CHUNK, decode_content=True):
            yield part
    except urllib3.exceptions.ReadTimeoutError as slow:
        raise requests.ReadTimeout(slow) from slow
    except urllib3.exceptions.HTTPError as broken:
        raise requests.ConnectionError(broken) from broken


def _transport_error(broken: requests.RequestException, where: str, effect: Effect) -> OptoutError:
    if _is_untrusted(broken):
        return OrgSaidNo(
            "the org's certificate is not trusted, so nothing was sent",
            where=where,
            hint="a proxy that opens TLS needs its authority in ca_file (or --ca-file)",
        )
    if effect is Effect.WRITE and not _never_sent(broken):
        return lost_reply(where)
    if _is_unheard_of(broken):
        return OrgUnreachable(
            "no host of this name was found",
            where=where,
            hint="check how instance_url is written, and this machine's network; then run it again",
        )
    slow = isinstance(broken, requests.Timeout)
    return OrgUnreachable(
        "the org did not answer in time" if slow else "the connection to the org broke",
        where=where,
        hint="check the network and https://status.salesforce.com, then run it again",
    )


def _is_untrusted(broken: BaseException) -> bool:
    """Whether the certificate was refused; TLS fails also where a connection breaks under it."""
    reasons = (getattr(cause, "reason", cause) for cause in broken.args)
    said = (reason.args[:1] for reason in reasons if isinstance(reason, Exception))
    return any(isinstance(why, ssl.SSLCertVerificationError) for first in said for why in first)


def _is_unheard_of(broken: BaseException) -> bool:
    """Whether the name led nowhere: misspelled, or this machine asks nobody."""
    return any(isinstance(why, urllib3.exceptions.NameResolutionError) for why in _reasons(broken))


def _never_sent(broken: BaseException) -> bool:
    """Whether no connection was made at all: refused, no such name, no way to the proxy."""
    if isinstance(broken, requests.exceptions.ConnectTimeout | requests.exceptions.ProxyError):
        return True
    return any(isinstance(why, urllib3.exceptions.NewConnectionError) for why in _reasons(broken))


def _reasons(broken: BaseException) -> list[object]:
    """Why urllib3 gave up, as requests carries it."""
    causes: Iterable[object] = broken.args
    return [getattr(cause, "reason", None) for cause in causes]
