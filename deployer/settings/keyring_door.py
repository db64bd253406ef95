"""The machine's keyring, by entry names: the one import of keyring."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from deployer.errors import UsageError
from deployer.extras import how_to_install
from deployer.settings.secret import Secret

KEYRING_SERVICE = "optout"


def has_keyring() -> bool:
    """Whether a secret can be kept here: the library is installed and found a keyring to use."""
    try:
        import keyring
    except ImportError:
        return False
    # The library's own stand-ins, for machines without one, are not above 0.
    return bool(keyring.get_keyring().priority > 0)


def read_entry(entry: str, place: str = "") -> Secret:
    """The secret under this name; empty when there is none. Errors: UsageError, as all here."""
    with _open(place) as keyring:
        return Secret(keyring.get_password(KEYRING_SERVICE, entry) or "")


def write_entry(entry: str, secret: Secret) -> None:
    """Keep the secret under this name, and see that it is there."""
    with _open(entry) as keyring:
        keyring.set_password(KEYRING_SERVICE, entry, secret.reveal())
        if keyring.get_password(KEYRING_SERVICE, entry) != secret.reveal():
            raise RuntimeError("what was written is not what is read")


def delete_entry(entry: str) -> None:
    """Forget the secret under this name; one that is not there is fine."""
    with _open(entry) as keyring:
        if keyring.get_password(KEYRING_SERVICE, entry) is not None:
            keyring.delete_password(KEYRING_SERVICE, entry)


@contextmanager
def _open(place: str) -> Iterator[Any]:
    try:
        import keyring
        import keyring.errors
    except ImportError as absent:
        raise UsageError(
            "the keyring library is not installed",
            where=place,
            hint=f"{how_to_install('keyring')}, or keep the secret in a file",
        ) from absent
    try:
        yield keyring
    except keyring.errors.NoKeyringError as absent:
        raise UsageError(
            "there is no keyring on this machine",
            where=place,
            hint="keep the secret in a file or the environment",
        ) from absent
    # Keyrings raise errors of their own making besides: a bus that is gone, a helper that died.
    except (keyring.errors.KeyringError, OSError, RuntimeError) as locked:
        raise UsageError(
            f"the keyring did not answer ({type(locked).__name__})",
            where=place,
            hint="unlock it, or keep the secret in a file or the environment",
        ) from locked
