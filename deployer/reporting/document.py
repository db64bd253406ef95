"""The --json document: one object on stdout and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import click

SCHEMA = 1


def write_document(
    body: Mapping[str, Any],
    *,
    exit_code: int,
    org_id: str | None,
    error: Mapping[str, str] | None = None,
) -> None:
    """Print the document: `schema`, `ok`, `exit`, `org_id`, the command's own keys, `error`."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "ok": exit_code in {0, 10},
        "exit": exit_code,
        "org_id": org_id,
    }
    document.update(body)
    if error is not None:
        document["error"] = dict(error)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
