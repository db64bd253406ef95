"""Every key of optout.toml, from the tables that the program reads them with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from docs_markdown import code

from deployer.settings.key_places import Keeper
from deployer.settings.loading import DEPLOYER
from deployer.settings.org_tables import NEEDS, ORG_KEYS, Role
from deployer.settings.table import Setting, Table
from sync.people.settings import PEOPLE
from sync.people.tables import OPTIONAL, REQUIRED
from sync.settings import ELSEWHERE, SYNC
from sync.webhooks.formats import Format
from sync.webhooks.mapping import NAMES
from sync.webhooks.senders import SECRETS, SENDER_KEYS, SenderKind

_KINDS = {str: "text", int: "whole number", bool: "true or false", Path: "path"}


def settings_facts() -> dict[str, Any]:
    """What ci/docs_pages/settings.md.j2 is made with."""
    return {
        "top": _rows(DEPLOYER),
        "sync": _rows(SYNC),
        "people": _rows(PEOPLE),
        "described": described,
        "names": {"org": (*ORG_KEYS, *(role.value for role in Role)), "sync": ELSEWHERE,
                  "sender": SENDER_KEYS},
        "logins": [
            (code(kind.value), _codes(needs.plain), _codes(needs.secrets), _codes(needs.optional),
             _codes(needs.optional_secrets))
            for kind, needs in NEEDS.items()
        ],
        "keepers": [keeper.value for keeper in Keeper],
        "sender_kinds": [kind.value for kind in SenderKind],
        "formats": [each.value for each in Format],
        "secrets": SECRETS,
        "fields": NAMES,
        "required": REQUIRED,
        "optional": OPTIONAL,
    }  # fmt: skip


def described(known: tuple[str, ...], words: dict[str, str]) -> list[tuple[str, str]]:
    """Each key with the words that the template has for it.

    Errors: ValueError when the template describes other keys than the program reads.
    """
    if set(known) != set(words):
        raise ValueError(f"the program reads {sorted(known)}, described are {sorted(words)}")
    return [(code(name), words[name]) for name in known]


def _rows(table: Table) -> list[tuple[str, str, str, str, str]]:
    return [
        (code(row.name), _KINDS[row.type], code(_default(row)), code(row.variable), row.help)
        for row in table.settings
    ]


def _default(row: Setting) -> str:
    if isinstance(row.default, bool):
        return str(row.default).lower()
    return "" if row.default is None else str(row.default)


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(code(name) for name in names)
