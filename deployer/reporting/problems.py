"""How an error is told: one sentence, where, and what to type next."""

from __future__ import annotations

import errno
import os
import sys
import tempfile
import traceback
from collections.abc import Mapping
from typing import Any

import click

from deployer.errors import BadInput, OptoutError, OurBug, UsageError
from deployer.reporting.document import write_document

_FULL = {errno.ENOSPC, errno.EDQUOT}


def to_error(problem: Exception) -> OptoutError:
    """Turn whatever reached the boundary into an error with an exit code and a hint."""
    if isinstance(problem, click.UsageError):
        where = problem.ctx.command_path if problem.ctx else ""
        return UsageError(
            problem.format_message(),
            where=where,
            hint=f"{where or 'optout'} --help shows the usage",
        )
    if isinstance(problem, click.ClickException):
        return UsageError(problem.format_message(), hint="optout --help shows the usage")
    if isinstance(problem, OSError) and problem.errno is not None:
        return _disk_error(problem)
    return OurBug(
        f"this should not have happened: {type(problem).__name__}",
        where=_write_bug_log(problem),
        hint="please report it with that log file; it holds no secrets, look before you send it",
    )


def _disk_error(problem: OSError) -> OptoutError:
    hint = (
        "free some space and run the same command again; nothing was half-written"
        if problem.errno in _FULL
        else "check the path and its permissions, then run the same command again"
    )
    return BadInput(os.strerror(problem.errno or 0), where=str(problem.filename or ""), hint=hint)


def _write_bug_log(problem: Exception) -> str:
    """Keep the frames, never the local values nor the exception's own text, which may hold data."""
    frames = "".join(traceback.format_tb(problem.__traceback__))
    try:
        handle, path = tempfile.mkstemp(prefix="optout-bug-", suffix=".log")
        with os.fdopen(handle, "w", encoding="utf-8") as log:
            log.write(f"{sys.version}\n{frames}{type(problem).__name__}\n")
    except OSError:
        return "no log could be written"
    return path


def write_problem(
    error: OptoutError,
    *,
    as_json: bool,
    body: Mapping[str, Any] | None = None,
    exit_code: int | None = None,
) -> None:
    """Print the error on stderr and, as JSON, the document on stdout, with the command's own keys.

    `exit_code` is the error's own unless the command says otherwise.
    """
    if as_json:
        write_document(
            body or {},
            exit_code=int(error.exit) if exit_code is None else exit_code,
            org_id=None,
            error={
                "code": error.org_code or error.code,
                "message": error.message,
                "where": error.where,
                "next": error.hint,
            },
        )
    code = f" [{error.org_code}]" if error.org_code else ""
    click.echo(f"optout: {error}{code}\n  next: {error.hint}", err=True)
