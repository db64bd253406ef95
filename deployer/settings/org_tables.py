"""[orgs.NAME] and its three identities: what each login needs, and where each secret is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

from deployer.errors import UsageError
from deployer.settings.key_places import Keeper, KeyPlace
from deployer.settings.record_ids import to_18
from deployer.settings.table import check_keys, refuse_inline
from deployer.settings.toml_file import SettingsFile

PRACTICE = "practice"


class Role(Enum):
    """Who acts: deployer writes metadata, auditor only reads, runner edits the one field."""

    DEPLOYER = "deployer"
    AUDITOR = "auditor"
    RUNNER = "runner"


class LoginKind(Enum):
    """How an identity proves itself."""

    JWT = "jwt"
    CLIENT_CREDENTIALS = "client-credentials"
    SFDX_URL = "sfdx-url"
    TOKEN = "token"  # noqa: S105 - the name of a way to log in
    WEB = "web"
    SOAP = "soap"


@dataclass(frozen=True, slots=True)
class Needs:
    """What one login is told: plain keys it must have, secrets it must have, and what it may."""

    plain: tuple[str, ...]
    secrets: tuple[str, ...]
    optional: tuple[str, ...] = ()
    optional_secrets: tuple[str, ...] = ()


NEEDS: Mapping[LoginKind, Needs] = {
    LoginKind.JWT: Needs(("client_id", "username"), ("key",), ("login_url",)),
    LoginKind.CLIENT_CREDENTIALS: Needs(("client_id",), ("client_secret",)),
    LoginKind.SFDX_URL: Needs((), ("url",)),
    LoginKind.TOKEN: Needs((), ("token",)),
    LoginKind.WEB: Needs(("client_id",), ("refresh_token",), ("login_url",), ("client_secret",)),
    LoginKind.SOAP: Needs(("username",), ("password",), ("login_url",), ("security_token",)),
}
_NEEDS_INSTANCE = frozenset({LoginKind.CLIENT_CREDENTIALS, LoginKind.TOKEN})
_ORG_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
ORG_KEYS = ("org_id", "instance_url", "production", "ca_file")


@dataclass(frozen=True, slots=True)
class Identity:
    """One way into one org; `place` is file:line, `secrets` says where each one is kept."""

    role: Role
    login: LoginKind
    plain: Mapping[str, str]
    secrets: Mapping[str, KeyPlace]
    place: str


@dataclass(frozen=True, slots=True)
class OrgSettings:
    """One configured org; "" and None mean not configured.

    `org_id` has 18 characters. `production` is what the org must say of itself.
    """

    name: str
    org_id: str = ""
    instance_url: str = ""
    production: bool | None = None
    ca_file: Path | None = None
    identities: Mapping[Role, Identity] = field(default_factory=dict)
    place: str = ""

    def identity(self, role: Role) -> Identity:
        """The identity of this role; a missing auditor or runner is the deployer.

        Compare `.role` with what was asked for to know that it stands in.
        Errors: UsageError when there is not even a deployer.
        """
        found = self.identities.get(role) or self.identities.get(Role.DEPLOYER)
        if found is not None:
            return found
        raise UsageError(
            f"org {self.name} has no {role.value} identity",
            where=self.place,
            hint=f"add [orgs.{self.name}.deployer] with login = ..., or: "
            f"optout org login jwt {self.name}",
        )


def read_orgs(file: SettingsFile) -> dict[str, OrgSettings]:
    """The orgs of one settings file, by name.

    Errors: UsageError naming file and line for an unknown key, a missing one, an inline secret or
    an org id that is not one.
    """
    orgs = file.values.get("orgs", {})
    if not isinstance(orgs, Mapping):
        raise UsageError("orgs must be a table", where=file.place("orgs"), hint="write [orgs.NAME]")
    return {name: _read_org(name, _table(body, file, "orgs", name), file) for name, body in
            orgs.items()}  # fmt: skip


def check_org_name(name: str, where: str) -> None:
    """An org's name is also a file's name. Errors: UsageError."""
    if name == PRACTICE:
        raise UsageError(
            "practice is the practice org's own name", where=where, hint="choose another name"
        )
    if not _ORG_NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for an org",
            where=where,
            hint="use letters, digits, hyphens and underscores",
        )


def _read_org(name: str, body: Mapping[str, Any], file: SettingsFile) -> OrgSettings:
    roles = {role.value: role for role in Role}
    check_keys(body, (*ORG_KEYS, *roles), file, "orgs", name)
    place = file.place("orgs", name)
    check_org_name(name, place)
    instance_url = _text(body, "instance_url", file, ("orgs", name))
    identities = {}
    for word, role in roles.items():
        if word in body:
            at = ("orgs", name, word)
            identities[role] = _read_identity(role, _table(body[word], file, *at), file, at)
            _check_instance(identities[role], instance_url, name)
    ca_file = _text(body, "ca_file", file, ("orgs", name))
    return OrgSettings(
        name=name,
        org_id=_org_id(_text(body, "org_id", file, ("orgs", name)), file, name),
        instance_url=instance_url,
        production=_production(body.get("production"), file, name),
        ca_file=_beside(file, ca_file) if ca_file else None,
        identities=identities,
        place=place,
    )


def _read_identity(
    role: Role, body: Mapping[str, Any], file: SettingsFile, at: tuple[str, ...]
) -> Identity:
    login = _login_kind(_text(body, "login", file, at), file, at)
    needs = NEEDS[login]
    names = (*needs.secrets, *needs.optional_secrets)
    for name in names:
        if name in body:
            refuse_inline(name, file.place(*at, name))
    keepers = [f"{name}_{keeper.value}" for name in names for keeper in Keeper]
    check_keys(body, ("login", *needs.plain, *needs.optional, *keepers), file, *at)
    plain = {key: _text(body, key, file, at) for key in (*needs.plain, *needs.optional)}
    secrets = {name: found for name in names if (found := _key_place(name, body, file, at))}
    for missing in [
        *(key for key in needs.plain if not plain[key]),
        *(f"{name}_file" for name in needs.secrets if name not in secrets),
    ]:
        raise UsageError(
            f"login = {login.value!r} needs {missing}",
            where=file.place(*at),
            hint=f"add {missing} under [{'.'.join(at)}]"
            + (" (or its _env or _keyring form)" if missing.endswith("_file") else ""),
        )
    return Identity(role, login, plain, secrets, file.place(*at))


def _key_place(
    name: str, body: Mapping[str, Any], file: SettingsFile, at: tuple[str, ...]
) -> KeyPlace | None:
    given = [keeper for keeper in Keeper if f"{name}_{keeper.value}" in body]
    if not given:
        return None
    if len(given) > 1:
        raise UsageError(
            f"{name} is given more than once: {', '.join(f'{name}_{k.value}' for k in given)}",
            where=file.place(*at),
            hint="keep one of them",
        )
    key = f"{name}_{given[0].value}"
    where = _text(body, key, file, at)
    if given[0] is Keeper.FILE:
        where = str(_beside(file, where))
    return KeyPlace(name, given[0], where, file.place(*at, key))


def _beside(file: SettingsFile, name: str) -> Path:
    """A relative path in a settings file starts at that file."""
    path = Path(name).expanduser()
    return path if path.is_absolute() or file.path is None else file.path.parent / path


def _login_kind(word: str, file: SettingsFile, at: tuple[str, ...]) -> LoginKind:
    kinds = {kind.value: kind for kind in LoginKind}
    if word in kinds:
        return kinds[word]
    said = f"login = {word!r} is not known" if word else "login is missing"
    raise UsageError(
        said, where=file.place(*at, "login"), hint=f"login is one of: {', '.join(kinds)}"
    )


def _check_instance(identity: Identity, instance_url: str, name: str) -> None:
    if identity.login in _NEEDS_INSTANCE and not instance_url:
        raise UsageError(
            f"login = {identity.login.value!r} needs the org's instance_url",
            where=identity.place,
            hint=f'add instance_url = "https://MYDOMAIN.my.salesforce.com" under [orgs.{name}]',
        )


def _org_id(text: str, file: SettingsFile, name: str) -> str:
    if not text:
        return ""
    full = to_18(text) if text.startswith("00D") else None
    if full is None:
        raise UsageError(
            f"org_id {text!r} is not an organization id (00D..., 15 or 18 characters with a "
            "correct ending)",
            where=file.place("orgs", name, "org_id"),
            hint="copy it from Setup > Company Information, or from: optout org show",
        )
    return full


def _production(value: object, file: SettingsFile, name: str) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise UsageError(
        "production must be true or false",
        where=file.place("orgs", name, "production"),
        hint="write production = true",
    )


def _table(value: object, file: SettingsFile, *at: str) -> Mapping[str, Any]:
    if isinstance(value, Mapping):
        return value
    raise UsageError(
        f"{'.'.join(at)} must be a table",
        where=file.place(*at),
        hint=f"write it as [{'.'.join(at)}]",
    )


def _text(body: Mapping[str, Any], key: str, file: SettingsFile, at: tuple[str, ...]) -> str:
    value = body.get(key, "")
    if isinstance(value, str):
        return value
    raise UsageError(
        f"{key} must be a text", where=file.place(*at, key), hint=f'write {key} = "..."'
    )
