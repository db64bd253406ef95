"""Unsubscribes one JSON object a line, as `optout sync push` reads them from standard input."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import BinaryIO

from sync.webhooks.body import Arrival, to_unsubscribe
from sync.webhooks.event import Unsubscribe
from sync.webhooks.formats import MOST_BYTES
from sync.webhooks.mapping import BodyShape, Undated
from sync.webhooks.refusals import Malformed

LINE_SHAPE = BodyShape(undated=Undated.HAPPENS_NOW)
# Room for the largest body, a BOM and the line's end; what is longer is refused and skipped.
_CHUNK = MOST_BYTES + 8


def read_lines(
    stream: BinaryIO, now: Callable[[], datetime]
) -> Iterator[tuple[int, bytes, Unsubscribe | Malformed]]:
    """Each line's number (from 1), bytes and meaning, in order; blank lines are left out.

    A line without `occurred_at` happened now. A line that is longer than a body may be is
    malformed, and no more than a body's length of it is ever held in memory.
    """
    for number, line in enumerate(_lines(stream), start=1):
        if line.strip() or len(line) > MOST_BYTES:
            yield number, line, _read(line, now())


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(_CHUNK):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = stream.readline(_CHUNK)
        yield line.rstrip(b"\r\n")


def _read(line: bytes, now: datetime) -> Unsubscribe | Malformed:
    try:
        return to_unsubscribe(line, Arrival(now), LINE_SHAPE)
    except Malformed as refused:
        return refused
