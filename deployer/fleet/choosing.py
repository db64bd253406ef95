"""Which orgs a fleet is, and what `{org}` in a file's name stands for. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from fnmatch import fnmatchcase

from deployer.errors import UsageError

ORG = "{org}"


def pick_orgs(known: Collection[str], globs: Sequence[str]) -> tuple[str, ...]:
    """The orgs that any of the patterns matches, each once, in the order of the settings.

    Errors: UsageError for a pattern that matches none, with the names there are: a name that was
    mistyped must not leave an org out.
    """
    for glob in globs:
        if not any(fnmatchcase(name, glob) for name in known):
            raise UsageError(
                f"no org matches {glob!r}; configured: {', '.join(sorted(known)) or 'none'}",
                where="--orgs",
                hint="name one of them or a pattern, as 'emea-*'; optout org login adds one",
            )
    return tuple(name for name in known if any(fnmatchcase(name, glob) for glob in globs))


def check_file(option: str, path: str) -> None:
    """Errors: UsageError for a file that all the orgs would share."""
    if ORG not in path:
        raise UsageError(
            f"each org needs a file of its own, and this name has no {ORG}",
            where=f"{option} {path}",
            hint=f"write {option} 'FOLDER/{ORG}.json': {ORG} stands for the org's name",
        )
