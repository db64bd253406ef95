"""The orgs a user logged in to by command: orgs.toml and key files in the state folder."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deployer import state
from deployer.errors import UsageError
from deployer.settings.keyring_door import delete_entry
from deployer.settings.loading import own_orgs_file
from deployer.settings.org_tables import OrgSettings, Role, check_org_name, read_orgs
from deployer.settings.toml_file import SettingsFile, read_file

_HEAD = "# Written by `optout org login`. Secrets are kept elsewhere; the keys here say where.\n"


def draft_org(
    home: Path, name: str, role: Role, org: Mapping[str, object], identity: Mapping[str, object]
) -> OrgSettings:
    """The org as it would be with this identity, checked but not written.

    Errors: UsageError for whatever is missing or wrong.
    """
    check_org_name(name, "NAME")
    body = {**_merged(home, name, org), role.value: dict(identity)}
    return read_orgs(SettingsFile(own_orgs_file(home), {"orgs": {name: body}}))[name]


def write_org(
    home: Path, name: str, role: Role, org: Mapping[str, object], identity: Mapping[str, object]
) -> None:
    """Add or replace one identity (and the org's own keys) in orgs.toml, durably."""
    with state.lock(home / "orgs.lock"):
        body = {**_merged(home, name, org), role.value: dict(identity)}
        _write(home, {**_read(home), name: body})


def delete_org(home: Path, name: str) -> list[str]:
    """Take the org out of orgs.toml and delete what was kept for it.

    The keyring's entries that could not be deleted are returned; their tokens are revoked, or told.
    """
    with state.lock(home / "orgs.lock"):
        orgs = _read(home)
        left = [e for e in _entries(home, name, orgs.get(name, {})) if not _is_deleted(e)]
        _write(home, {key: body for key, body in orgs.items() if key != name})
    for path in [*(home / "keys").glob(f"{name}.*"), *(home / "rotated").glob(f"{name}.*.json")]:
        path.unlink()
    return left


def _is_deleted(entry: str) -> bool:
    try:
        delete_entry(entry)
    except UsageError:
        return False
    return True


def _entries(home: Path, name: str, org: Mapping[str, Any]) -> list[str]:
    """What the keyring keeps for this org by our doing; an entry that the user made is theirs."""
    found = []
    for role in Role:
        identity = org.get(role.value, {})
        for secret in ("refresh_token", "url"):
            if where := identity.get(f"{secret}_keyring", ""):
                ours = where == keyring_entry(home, name, role, secret)
                found += [rotated_entry(where), *([where] if ours else [])]
    return found


def key_file(home: Path, name: str, role: Role, secret: str) -> Path:
    """Where `optout org login` keeps a secret that it was given by the org."""
    return home / "keys" / f"{name}.{role.value}.{secret}"


def keyring_entry(home: Path, name: str, role: Role, secret: str) -> str:
    """As `key_file`, in the keyring, which all state folders of a user share."""
    return f"{name}.{role.value}.{secret}@{state.hash_of(str(home).encode())[:8]}"


def rotated_entry(entry: str) -> str:
    """Where the newest refresh token is, when the org changes the one that this entry had."""
    return f"{entry}.rotated"


def is_own(home: Path, name: str) -> bool:
    """Whether `optout org login` wrote this org."""
    return name in _read(home)


def _merged(home: Path, name: str, org: Mapping[str, object]) -> dict[str, Any]:
    given = {key: value for key, value in org.items() if value not in (None, "")}
    return {**_read(home).get(name, {}), **given}


def _read(home: Path) -> dict[str, Any]:
    path = own_orgs_file(home)
    return dict(read_file(path).values.get("orgs", {})) if path.is_file() else {}


def _write(home: Path, orgs: Mapping[str, Mapping[str, Any]]) -> None:
    text = _HEAD + "".join(_table(("orgs", name), body) for name, body in orgs.items())
    tomllib.loads(text)  # what cannot be read back is not written
    state.write_private(own_orgs_file(home), text.encode())


def _table(path: tuple[str, ...], body: Mapping[str, Any]) -> str:
    """One TOML table and its sub-tables; a JSON text is a TOML text too."""
    lines = [f"\n[{'.'.join(path)}]"]
    lines += [
        f"{key} = {json.dumps(value, ensure_ascii=False)}"
        for key, value in body.items()
        if not isinstance(value, Mapping)
    ]
    inner = (_table((*path, k), v) for k, v in body.items() if isinstance(v, Mapping))
    return "\n".join(lines) + "\n" + "".join(inner)
