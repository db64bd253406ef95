"""[sync.senders.NAME]: who may send, how it proves itself, and how its bodies read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from deployer.errors import UsageError
from deployer.settings.key_places import Keeper, KeyPlace
from deployer.settings.table import check_keys, refuse_inline
from deployer.settings.toml_file import SettingsFile
from sync.webhooks.formats import Format
from sync.webhooks.mapping import OWN_FIELDS, BodyShape, to_field_map
from sync.webhooks.signature import ID_HEADER, SIGNATURE_HEADER, TIME_HEADER

# During a rotation both are good: first give us the new one as `secret`, then the sender.
SECRETS = ("secret", "previous_secret")
SENDER_KEYS = ("kind", "header", "format", "fields")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")  # RFC 9110, token
_NOT_SECRET = frozenset(
    {ID_HEADER, TIME_HEADER, SIGNATURE_HEADER, "host", "content-type", "content-length",
     "user-agent", "transfer-encoding", "connection"}
)  # fmt: skip
_Word = TypeVar("_Word", bound=Enum)


class SenderKind(Enum):
    """How a sender proves itself."""

    STANDARD_WEBHOOKS = "standard-webhooks"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class Sender:
    """One configured sender. `header` is in small letters, "" for those that sign."""

    name: str
    kind: SenderKind
    header: str
    shape: BodyShape
    secrets: tuple[KeyPlace, ...]
    place: str = ""


@dataclass(frozen=True, slots=True)
class _At:
    """A table of the settings file and where it stands."""

    body: Mapping[str, Any]
    file: SettingsFile
    path: tuple[str, ...]

    def place(self, *key: str) -> str:
        return self.file.place(*self.path, *key)

    def text(self, key: str) -> str:
        value = self.body.get(key, "")
        if isinstance(value, str):
            return value
        raise UsageError(f"{key} must be a text", where=self.place(key), hint=f'{key} = "..."')

    def table(self, key: str) -> _At:
        value = self.body.get(key, {})
        path = (*self.path, key)
        if isinstance(value, Mapping):
            return _At(value, self.file, path)
        dotted = ".".join(path)
        raise UsageError(
            f"{dotted} must be a table", where=self.place(key), hint=f"write it as [{dotted}]"
        )


def read_senders(file: SettingsFile) -> tuple[Sender, ...]:
    """The senders in the order of the file; none when there is no [sync.senders].

    Errors: UsageError naming file and line, one sentence about the first mistake.
    """
    senders = _At(file.values, file, ()).table("sync").table("senders")
    return tuple(_read_sender(name, senders.table(name)) for name in senders.body)


def _read_sender(name: str, at: _At) -> Sender:
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name for a sender",
            where=at.place(),
            hint="use letters, digits, hyphens and underscores",
        )
    for secret in SECRETS:
        if secret in at.body:
            refuse_inline(secret, at.place(secret))
    keepers = [f"{secret}_{keeper.value}" for secret in SECRETS for keeper in Keeper]
    check_keys(at.body, (*SENDER_KEYS, *keepers), at.file, *at.path)
    kind = _word(SenderKind, "kind", at, SenderKind.STANDARD_WEBHOOKS)
    return Sender(
        name=name,
        kind=kind,
        header=_header(kind, at),
        shape=_shape(at),
        secrets=_secrets(at),
        place=at.place(),
    )


def _word(words: type[_Word], key: str, at: _At, otherwise: _Word) -> _Word:
    text = at.text(key)
    found = next((word for word in words if word.value == text), None)
    if found is not None or not text:
        return found or otherwise
    known = ", ".join(str(word.value) for word in words)
    raise UsageError(
        f"{key} = {text!r} is not known", where=at.place(key), hint=f"{key} is one of: {known}"
    )


def _header(kind: SenderKind, at: _At) -> str:
    header = at.text("header").lower()
    if kind is SenderKind.STANDARD_WEBHOOKS and not header:
        return ""
    if kind is SenderKind.HEADER and _HEADER.fullmatch(header) and header not in _NOT_SECRET:
        return header
    what, hint = {
        SenderKind.HEADER: ("kind = 'header' needs the header", 'write header = "X-Token"'),
        SenderKind.STANDARD_WEBHOOKS: ("a sender that signs has no header", "take header out"),
    }[kind]
    raise UsageError(what + " that holds the secret", where=at.place("header"), hint=hint)


def _shape(at: _At) -> BodyShape:
    form = _word(Format, "format", at, Format.JSON)
    if "fields" not in at.body:
        return BodyShape(form, OWN_FIELDS)
    fields = at.table("fields")
    return BodyShape(form, to_field_map(fields.body, form, fields.place()))


def _secrets(at: _At) -> tuple[KeyPlace, ...]:
    found = tuple(place for name in SECRETS for place in _key_places(name, at))
    names = [place.name for place in found]
    if "secret" in names and len(set(names)) == len(names):
        return found
    what = "its secret is missing" if "secret" not in names else "a secret is given more than once"
    raise UsageError(
        f"sender {at.path[-1]}: {what}",
        where=at.place(),
        hint="name one of secret_file, secret_env and secret_keyring",
    )


def _key_places(name: str, at: _At) -> list[KeyPlace]:
    keys = {keeper: f"{name}_{keeper.value}" for keeper in Keeper}
    return [
        KeyPlace(name, keeper, _where(keeper, at.text(key), at.file), at.place(key))
        for keeper, key in keys.items()
        if key in at.body
    ]


def _where(keeper: Keeper, text: str, file: SettingsFile) -> str:
    """A relative path in a settings file starts at that file."""
    if keeper is not Keeper.FILE or file.path is None:
        return text
    return str(file.path.parent / Path(text).expanduser())
