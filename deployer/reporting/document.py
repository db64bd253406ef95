"""The --json document: one object on stdout and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import click

from deployer.reporting.visible import to_visible

SCHEMA = 1
# JSON itself escapes what comes before.
_BEYOND_ASCII = re.compile(r"[^\x00-\x7e]")


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
    click.echo(to_text(document))


def to_text(document: Mapping[str, Any]) -> str:
    """The document as JSON; what is no letter of any language is written as an escape."""
    told = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    return _BEYOND_ASCII.sub(_harmless, told)


def _harmless(found: re.Match[str]) -> str:
    """A letter of any language as it is, what steers a terminal as JSON's own escape."""
    if to_visible(found[0]) == found[0]:
        return found[0]
    return json.dumps(found[0])[1:-1].replace("\x7f", r"\u007f")
