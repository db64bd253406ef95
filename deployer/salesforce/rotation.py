"""Refresh tokens that the org changes at each use: the newest is on disk before it is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from deployer import state
from deployer.errors import BadInput, OptoutError, UsageError
from deployer.settings.keyring_door import read_entry, write_entry
from deployer.settings.org_tables import Role
from deployer.settings.secret import Secret

FORMAT = 1
log = structlog.get_logger()


def rotated_file(home: Path, org: str, role: Role, configured: Secret) -> Path:
    """Where the newest refresh token of this identity is kept, once the org has changed it.

    Each configured token has a file of its own: a login that is only tried, or that the settings
    file hides, must not take the place of the one in use, whose first token is dead by then.
    """
    origin = state.hash_of(configured.reveal().encode())[:16]
    return home / "rotated" / f"{org}.{role.value}.{origin}.json"


@dataclass(frozen=True, slots=True)
class RotatedTokens:
    """The newest token beside a hash of the configured one, so that a new configuration wins.

    A file keeps it, or the keyring under `entry` unless that is "". A file that is there is newer
    than the keyring: it is written first, and deleted when the keyring has the same.
    Source: Salesforce help, "Refresh Token Rotation".
    """

    configured: Secret
    path: Path
    entry: str = ""

    @contextmanager
    def hold(self) -> Iterator[Secret]:
        """The newest token, once no other optout is renewing the same login. Errors: BadInput.

        Salesforce takes a second use of one token for theft, and revokes all that came of it.
        """
        with state.wait_to_hold(self.path.with_suffix(".lock"), state.Hold.ALONE):
            yield self._newest()

    def keep(self, fresh: Secret) -> None:
        """Store a token the org has just given, unless it is the one we have."""
        if self._has(fresh):
            return
        document = {"format": FORMAT, "origin": self._origin(), "refresh_token": fresh.reveal()}
        text = json.dumps(document)
        state.write_private(self.path, text.encode())
        if not self.entry:
            return
        try:
            write_entry(self.entry, Secret(text))
        except UsageError as closed:
            log.warning("a new refresh token is kept in a file", file=str(self.path),
                        reason=closed.message)  # fmt: skip
            return
        self.path.unlink()
        state.sync_dir(self.path.parent)

    def _has(self, fresh: Secret) -> bool:
        try:
            return fresh == self._newest()
        except OptoutError:  # a store that cannot be read is no reason to lose the token
            return False

    def _origin(self) -> str:
        return state.hash_of(self.configured.reveal().encode())

    def _newest(self) -> Secret:
        try:
            return self._read(self.path.read_bytes()) or self.configured
        except FileNotFoundError:
            pass
        text = read_entry(self.entry).reveal() if self.entry else ""
        return (self._read(text.encode()) if text else None) or self.configured

    def _read(self, content: bytes) -> Secret | None:
        """The token kept for what is configured now."""
        try:
            document = json.loads(content)
            if document["format"] > FORMAT or document["origin"] != self._origin():
                return None
            return Secret(document["refresh_token"])
        except (ValueError, TypeError, KeyError, RecursionError) as broken:
            raise BadInput(
                "the kept refresh token cannot be read",
                where=str(self.path) if self.path.exists() else f"keyring entry {self.entry}",
                hint="log in again: optout org logout NAME --forget, then optout org login web",
            ) from broken
