"""Progress for people who wait: a spinner on a terminal, one line a step everywhere else.

All of it is on stderr, so that stdout stays for the result.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
import structlog

log = structlog.get_logger()


class Progress:
    """Says what is going on; on a terminal the last step keeps moving until the next one."""

    def __init__(self) -> None:
        self._status = None
        if sys.stderr.isatty():
            from rich.console import Console

            self._status = Console(stderr=True).status("", spinner="dots")

    def tell(self, line: str) -> None:
        """Say the next step; the line stays on the screen."""
        log.debug("progress", line=line)
        click.secho(f"  {line}", err=True, dim=True)
        if self._status is not None:
            self._status.update(line)
            self._status.start()

    def stand(self, line: str) -> None:
        """Say where long work stands, on the moving line of a terminal and nowhere else."""
        if self._status is not None:
            self._status.update(line)
            self._status.start()

    def pause(self) -> None:
        """Stand still, before a question is asked or a result is printed."""
        if self._status is not None:
            self._status.stop()


@contextmanager
def progress() -> Iterator[Progress]:
    """Progress for the block; it stands still at the end, however the block ends."""
    shown = Progress()
    try:
        yield shown
    finally:
        shown.pause()
