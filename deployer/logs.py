"""One run id everywhere: log lines for people on stderr, JSON lines in --log-file."""

from __future__ import annotations

import json
import logging
import os
import secrets
import sys
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog

from deployer.errors import OptoutError, UsageError

WhenFailed = Callable[[OptoutError], None]
"""What else is done about the error that ends a command, once it is known."""

_LEVELS = {True: logging.DEBUG, False: logging.WARNING}


@dataclass(frozen=True, slots=True)
class Run:
    """One invocation: the id that every log line, plan and snapshot carries.

    What a command adds to `when_failed` is called by the error boundary.
    """

    run_id: str
    verbose: bool
    when_failed: list[WhenFailed] = field(default_factory=list)


class _Writer:
    """Prints for people when verbose, appends JSON when a file was named."""

    def __init__(self, log_file: Path | None, level: int) -> None:
        self._file = _open_private(log_file) if log_file else None
        self._level = level

    def __call__(self, _logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
        if self._file is not None:
            self._file.write(json.dumps({"level": method, **event}, default=str) + "\n")
            self._file.flush()
        if logging.getLevelName(method.upper()) >= self._level:
            facts = " ".join(f"{k}={v}" for k, v in event.items() if k not in _QUIET)
            sys.stderr.write(f"{event.get('event', '')} {facts}".rstrip() + "\n")
        raise structlog.DropEvent


_QUIET = frozenset({"event", "timestamp", "run"})


def start_logs(
    *, log_file: Path | None, verbose: bool, when_failed: list[WhenFailed] | None = None
) -> Run:
    """Set logging up for this process and return the run.

    Errors: UsageError when the log file cannot be opened.
    """
    run = Run(secrets.token_hex(6), verbose, [] if when_failed is None else when_failed)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _Writer(log_file, _LEVELS[verbose]),
        ],
        cache_logger_on_first_use=False,
    )
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(run=run.run_id)
    return run


def _open_private(path: Path) -> Any:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    except OSError as refused:
        raise UsageError(
            f"the log file cannot be opened: {refused.strerror}",
            where=str(path),
            hint="name a file in a folder you may write, or leave --log-file away",
        ) from refused
    return os.fdopen(handle, "a", encoding="utf-8")
