"""A practice org behind real sockets and a toxic proxy, and clients that give up soon."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from org_clock import START, OrgClock
from prove.fault_house import FaultHouse
from prove.toxic_proxy import Proxy, Toxic, running
from requests.adapters import HTTPAdapter
from sync_house import RUNNER
from walk import StepClock

from deployer.salesforce.client import Writer
from deployer.salesforce.connection import connect_writer
from deployer.salesforce.hosts import Loopback, Origin
from deployer.salesforce.login import ClientCredentialsLogin, Place
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret
from practice_org.app import handle
from practice_org.certificates import Certificates, read_or_write_certificates
from practice_org.faults.places import places_of
from practice_org.org import Org
from practice_org.server import Doors, Listening, asgi_app, listen, serve_until
from practice_org.wire import Request, Response

# How long a client waits: where nothing is to come, and everywhere else, however busy the machine.
SHORT_S, LONG_S = 1.5, 60.0
MINUTES_S = 61.0


@dataclass
class Wire:
    """The way to the org of the moment: `toxic` befalls the call at `place` after `after` others.

    `calls` are the places of each request that came to the proxy.
    """

    certificates: Certificates
    proxy: Proxy | None = None
    org: Org | None = None
    clock: OrgClock | None = None
    place: str = ""
    toxic: Toxic | None = None
    after: int = 0
    calls: list[frozenset[str]] = field(default_factory=list)
    sessions: list[OrgSession] = field(default_factory=list)

    def answer(self, asked: Request) -> Response:
        """The org's answer; a request that was cut off never comes to be one."""
        return handle(self.org, asked) if self.org else Response(503)

    def choose(self, request: bytes) -> Toxic | None:
        """Which harm this request meets: one does, once."""
        places = places_of(_to_request(request))
        self.calls.append(places)
        if self.toxic is None or self.place not in places:
            return None
        self.after -= 1
        if self.after >= 0:
            return None
        toxic, self.toxic = self.toxic, None
        return toxic

    def drip(self) -> None:
        """A minute goes by."""
        if self.clock:
            self.clock.move(seconds=MINUTES_S)

    def turn_to(self, org: Org | None, clock: OrgClock | None = None) -> None:
        """Lead to this org from now on, unharmed."""
        self.org, self.clock, self.toxic = org, clock, None
        self.calls.clear()
        while self.sessions:
            self.sessions.pop().close()
        self.proxy.down = self.proxy.hurt = 0

    def harm(self, toxic: Toxic, place: str, after: int) -> None:
        """From now on this is to befall that call."""
        self.toxic, self.place, self.after = toxic, place, after

    def writer(self, org: Org, clock: Any, identity: str) -> Writer:
        """A client with this identity's own login, through the proxy."""
        session = OrgSession(clock, loopback=Loopback.PRACTICE)
        session.mount("https://", Impatient(self))
        self.sessions.append(session)
        id_, secret = (org.setting(f"client_{what}:{identity}") for what in ("id", "secret"))
        place = Place(Origin("localhost", self.proxy.port), None, Loopback.PRACTICE)
        return connect_writer(ClientCredentialsLogin(id_, Secret(secret)), place, session, clock)


class Impatient(HTTPAdapter):
    """The product's own waiting, shortened where somebody is going to be silent."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._trust = ssl.create_default_context(cafile=wire.certificates.ca_file)
        super().__init__()

    def init_poolmanager(self, *args: Any, **named: Any) -> None:
        super().init_poolmanager(*args, **named, ssl_context=self._trust)

    def send(self, *args: Any, **named: Any) -> Any:
        patience = SHORT_S if self._wire.toxic is Toxic.TIMEOUT else LONG_S
        return super().send(*args, **{**named, "timeout": (patience, patience), "verify": True})


def _to_request(request: bytes) -> Request:
    head, _, body = request.partition(b"\r\n\r\n")
    method, target, _version = head.split(b"\r\n")[0].decode().split(" ")
    return Request(method, target.partition("?")[0].rstrip("/"), body=body)


@dataclass
class NetHouse(FaultHouse):
    """A house whose calls go over the wire."""

    wire: Wire = None

    def writer(self, username: str = RUNNER) -> Writer:
        return self.wire.writer(self.org, self.clock, username.partition("@")[0])


@contextmanager
def open_wire(folder: Path) -> Iterator[Wire]:
    """A server with its proxy; its certificates are made in the folder."""
    certificates = read_or_write_certificates(folder, START)
    wire = Wire(certificates)
    doors = Doors(listen(0), listen(0))
    trusted = ssl.create_default_context(cafile=certificates.ca_file)
    wire.proxy = Proxy(
        doors.https.getsockname()[:2], certificates.context(), trusted, wire.choose, wire.drip
    )
    with _serving(wire.answer, Listening(doors, certificates)), running(wire.proxy):
        yield wire


@contextmanager
def _serving(answer: Callable[[Request], Response], listening: Listening) -> Iterator[None]:
    up, loop, stop = threading.Event(), asyncio.new_event_loop(), asyncio.Event()
    serving = serve_until(stop, asgi_app(answer), listening, up.set)
    thread = threading.Thread(target=loop.run_until_complete, args=(serving,))
    thread.start()
    up.wait()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


__all__ = ["NetHouse", "StepClock", "Wire", "open_wire"]
