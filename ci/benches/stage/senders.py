"""So many senders at once, as a process of its own: ADDRESS, FILE of requests, COUNT of senders.

Each line of the file is one whole request in base64. Every sender asks for the next as soon as it
has its answer; printed are the seconds from the first request to the last answer.
"""

from __future__ import annotations

import asyncio
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path

_ACCEPTED = b"HTTP/1.1 202 "


async def main(address: str, requests: Iterator[bytes], count: int) -> None:
    host, _, port = address.rpartition(":")
    doors = [await asyncio.open_connection(host, int(port)) for _ in range(count)]
    try:
        begun = time.perf_counter()
        await asyncio.gather(*(_send(*door, requests) for door in doors))
        print(time.perf_counter() - begun)
    finally:
        for _, writer in doors:
            writer.close()
            await writer.wait_closed()


async def _send(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: Iterator[bytes]
) -> None:
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(_ACCEPTED):
            raise ConnectionError(f"a webhook got {head!r}")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length))


if __name__ == "__main__":
    waiting = [b64decode(line) for line in Path(sys.argv[2]).read_bytes().split()]
    asyncio.run(main(sys.argv[1], iter(waiting), int(sys.argv[3])))
