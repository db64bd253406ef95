"""Where a secret or an address may be, each with its reason; nowhere else.

A file that may hold one is for its owner's eyes only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import PurePath

from canary_shapes import Kind

_BOTH = frozenset(Kind)
_SECRETS = frozenset({Kind.SECRET})
_ADDRESSES = frozenset({Kind.ADDRESS})


@dataclass(frozen=True)
class Place:
    """Files by the end of their path, or commands by their first words.

    `closed` are the rights that nobody but their owner may have.
    """

    names: tuple[str, ...]
    kinds: Collection[Kind]
    reason: str
    closed: int = 0o077


FILES = (
    Place(("org.sqlite*",), _BOTH, "the practice org's data and sessions"),
    Place(("server.json",), _SECRETS, "how to log in to the practice org"),
    Place(("*.key",), _SECRETS, "private keys"),
    Place(("keys/*", "rotated/*.json"), _SECRETS, "secrets that a login keeps"),
    Place(("*.sqlite*", "*.duckdb*"), _ADDRESSES, "people, unsubscribes to come, and their copies"),
    Place(("*.rejected.csv",), _ADDRESSES, "the rows that an import did not take, to be mended"),
    Place(
        ("people.csv",), _ADDRESSES, "what README's reader types, with the rights of the shell", 0
    ),
    Place(("changes-*.csv",), _ADDRESSES, "for the people's own system, in its group", 0o037),
)
EXPORTS = Place(("people export",), _ADDRESSES, "the export that was asked for, whatever its name")
COMMANDS = (
    Place(("people list", "people show"), _ADDRESSES, "shows people"),
    Place(("practice-org start",), _SECRETS, "says how to log in, where --json asks for it"),
    Place(("practice-org audit",), _ADDRESSES, "shows what was done to people who are made up"),
)
# Folders of what is not ours to keep clean, by name.
NOT_OURS = {
    "site-packages": "libraries",
    "__pycache__": "made from sources",
    ".git": "packed by git, from files that are searched",
    "salesforce_optout-*": "our own sources, with the examples of their pages",
    "optout-pg-*": "a PostgreSQL server of the tests: its data, for its own user, and its log",
}


def is_ours(path: str) -> bool:
    """Whether the file is to be searched."""
    parts = PurePath(path).parts
    return not any(fnmatch(part, folder) for folder in NOT_OURS for part in parts)


def why_not_in_file(kind: Kind, path: str, mode: int, typed: Sequence[str]) -> str | None:
    """What is wrong with it being there, where anything is; `typed` are the commands until now."""
    name = PurePath(path)
    places = [each for each in FILES if kind in each.kinds and _holds(each, name)]
    if _is_export(kind, name, typed):
        places.append(EXPORTS)
    if not places:
        return f"file {path}"
    if all(mode & each.closed for each in places):
        return f"file {path}, which others may read (mode {mode:o})"
    return None


def may_say(kind: Kind, typed: Sequence[str]) -> bool:
    """Whether one of these commands is there to show it."""
    return any(
        words.startswith(name)
        for each in COMMANDS if kind in each.kinds
        for name in each.names
        for words in typed
    )  # fmt: skip


def _holds(place: Place, path: PurePath) -> bool:
    return any(
        fnmatch("/".join(path.parts[-len(PurePath(name).parts) :]), name) for name in place.names
    )


def _is_export(kind: Kind, path: PurePath, typed: Sequence[str]) -> bool:
    return kind in EXPORTS.kinds and any(
        words.startswith(EXPORTS.names) and path.name in {PurePath(x).name for x in words.split()}
        for words in typed
    )
