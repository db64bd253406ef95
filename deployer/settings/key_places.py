"""Secrets come from a private file, an environment variable by name, or the keyring."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from deployer.errors import UsageError
from deployer.settings.keyring_door import KEYRING_SERVICE, read_entry
from deployer.settings.secret import Secret

CONTAINER_FOLDERS = (Path("/run/secrets"), Path("/var/run/secrets"))
_OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Keeper(Enum):
    """What keeps a secret; the value is the ending of the settings key."""

    FILE = "file"
    ENV = "env"
    KEYRING = "keyring"


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """Where one secret is kept: a path, a variable's name or a keyring entry; never its value."""

    name: str
    keeper: Keeper
    where: str
    place: str = ""


def read_secret(
    key: KeyPlace,
    environ: Mapping[str, str],
    containers: Sequence[Path] = CONTAINER_FOLDERS,
) -> Secret:
    """Read the secret. A file that others can read is refused, outside of `containers`.

    Errors: UsageError saying where it was looked for.
    """
    if key.keeper is Keeper.FILE:
        return Secret(_read_private(Path(key.where), key, containers))
    if key.keeper is Keeper.ENV:
        text = environ.get(key.where, "")
        return _or_absent(text, key, f"set {key.where} to the secret, or name a file instead")
    return _or_absent(
        read_entry(key.where, key.place).reveal(),
        key,
        f"store it with: keyring set {KEYRING_SERVICE} {key.where}",
    )


def key_warning(key: KeyPlace) -> str:
    """What is not quite right with a file that `read_secret` took; "" when all is well."""
    path = Path(key.where)
    if key.keeper is Keeper.FILE and path.is_file() and _is_open(path):
        return f"{path} can be read by others (accepted in a container's mount)"
    return ""


def _read_private(path: Path, key: KeyPlace, containers: Sequence[Path]) -> str:
    try:
        if _is_open(path) and not _in_container(path, containers):
            raise UsageError(
                f"{key.name}_file can be read by others",
                where=str(path),
                hint=f"chmod 600 {path}",
            )
        return path.read_text(encoding="utf-8").strip()
    except OSError as missing:
        raise UsageError(
            f"{key.name}_file cannot be read: {missing.strerror}",
            where=str(path),
            hint=f"check the path (typed, or in {key.place or 'the settings'}) and the rights",
        ) from missing
    except UnicodeDecodeError as binary:
        raise UsageError(
            f"{key.name}_file is not a text file",
            where=str(path),
            hint="a private key is expected in PEM form, other secrets as one line",
        ) from binary


def _is_open(path: Path) -> bool:
    return bool(path.stat().st_mode & _OPEN_TO_OTHERS)


def _in_container(path: Path, containers: Sequence[Path]) -> bool:
    """Docker's secret folders and read-only mounts: who runs the container set those rights.

    Kubernetes mounts secret volumes read-only. A writable tmpfs such as /tmp is no exception.
    """
    real = path.resolve()
    folders = {folder.resolve() for folder in containers}
    if any(folder in real.parents for folder in folders):
        return True
    return bool(os.statvfs(real).f_flag & os.ST_RDONLY)


def _or_absent(text: str, key: KeyPlace, hint: str) -> Secret:
    if text:
        return Secret(text)
    raise UsageError(
        f"{key.name} is not in {'the environment' if key.keeper is Keeper.ENV else 'the keyring'}"
        f" under {key.where}",
        where=key.place,
        hint=hint,
    )
