"""Carries TCP from one address to another: `relay.py HOST:PORT=HOST:PORT ...`, until it is killed.

A practice org is on loopback alone, and a network namespace has a loopback of its own.
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from functools import partial


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while some := await reader.read(65_536):
            writer.write(some)
            await writer.drain()
    writer.close()


async def relay(target: str, reader, writer) -> None:
    try:
        there = await asyncio.open_connection(*split(target))
    except OSError:
        writer.close()
        return
    await asyncio.gather(carry(reader, there[1]), carry(there[0], writer))


def split(place: str) -> tuple[str, int]:
    host, _, port = place.rpartition(":")
    return host, int(port)


async def main(pairs: list[str]) -> None:
    for pair in pairs:
        here, _, target = pair.partition("=")
        await asyncio.start_server(partial(relay, target), *split(here))
    print("up", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
