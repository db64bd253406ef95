"""HTTP CONNECT on the plain door: every tunnel ends at this org's own https.

Clients that hard-code Salesforce's hosts reach the org, unchanged, with HTTPS_PROXY. Nothing is
ever passed on to another machine, whatever host was asked for: the certificate's names decide
which hosts a client believes it has reached.
"""

from __future__ import annotations

import ssl

import h11
import uvicorn

from practice_org.delivery import Closable

_OPENED = b"HTTP/1.1 200 Connection Established\r\n\r\n"


def tunnelling(secure: uvicorn.Config, context: ssl.SSLContext) -> type[Closable]:
    """The plain door's protocol, which goes on as the `secure` door's after a CONNECT."""

    class Tunnelling(Closable):
        def handle_events(self) -> None:
            if not _asks_for_a_tunnel(self.conn):
                super().handle_events()
                return
            self.connections.discard(self)
            going_on = self.loop.create_task(self._go_on_securely())
            self.tasks.add(going_on)
            going_on.add_done_callback(self.tasks.discard)

        async def _go_on_securely(self) -> None:
            self.transport.write(_OPENED)
            inside = Closable(secure, self.server_state, self.app_state, self.loop)
            try:
                transport = await self.loop.start_tls(
                    self.transport, inside, context, server_side=True
                )
            except OSError:  # the client does not trust the org, or has gone away
                self.transport.close()
                return
            if transport is not None:
                inside.connection_made(transport)

    return Tunnelling


def _asks_for_a_tunnel(connection: h11.Connection) -> bool:
    received, _ = connection.trailing_data
    return received.startswith(b"CONNECT ") and b"\r\n\r\n" in received
