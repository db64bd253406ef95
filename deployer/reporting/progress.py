"""Progress for people who wait: one line a step on stderr, so that stdout stays for the result."""

from __future__ import annotations

import click
import structlog

log = structlog.get_logger()


def tell(line: str) -> None:
    """Say what is going on."""
    log.debug("progress", line=line)
    click.secho(f"  {line}", err=True, dim=True)
