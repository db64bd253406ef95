"""Refresh tokens that the org changes at each use: the newest is on disk before it is needed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deployer import state
from deployer.errors import BadInput
from deployer.settings.org_tables import Role
from deployer.settings.secret import Secret

FORMAT = 1


def rotated_file(home: Path, org: str, role: Role) -> Path:
    """Where the newest refresh token of this identity is kept, once the org has changed it."""
    return home / "rotated" / f"{org}.{role.value}.json"


@dataclass(frozen=True, slots=True)
class RotatedTokens:
    """The newest token beside a hash of the configured one, so that a new configuration wins.

    Source: Salesforce help, "Refresh Token Rotation".
    """

    configured: Secret
    path: Path

    @contextmanager
    def hold(self) -> Iterator[Secret]:
        """Errors: TryLater while another optout renews the same login; BadInput."""
        with state.lock(self.path.with_suffix(".lock")):
            yield self._newest()

    def keep(self, fresh: Secret) -> None:
        """Store a token the org has just given, unless it is the one we have."""
        if fresh == self._newest():
            return
        document = {"format": FORMAT, "origin": self._origin(), "refresh_token": fresh.reveal()}
        state.write_private(self.path, json.dumps(document).encode())

    def _origin(self) -> str:
        return state.hash_of(self.configured.reveal().encode())

    def _newest(self) -> Secret:
        try:
            document = json.loads(self.path.read_bytes())
            if document["format"] > FORMAT or document["origin"] != self._origin():
                return self.configured
            return Secret(document["refresh_token"])
        except FileNotFoundError:
            return self.configured
        except (ValueError, TypeError, KeyError) as broken:
            raise BadInput(
                "the kept refresh token cannot be read",
                where=str(self.path),
                hint="delete that file and log in again: optout org login web",
            ) from broken
