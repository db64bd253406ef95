"""Header names leave the server as the answer spells them: some clients compare letter case."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit


def test_a_header_is_spelled_as_salesforce_spells_it(practice):
    where = urlsplit(practice.http)
    with socket.create_connection((where.hostname, where.port), timeout=60) as door:
        door.sendall(b"GET /services/data HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        head = b"".join(iter(lambda: door.recv(4096), b"")).partition(b"\r\n\r\n")[0]
    assert b"\r\nContent-Type: application/json" in head
