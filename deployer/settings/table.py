"""A package declares its settings as rows; flags beat environment beats file beats default."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deployer.errors import UsageError
from deployer.settings.secret import MASK
from deployer.settings.toml_file import SettingsFile

# In an address: what stands between the user and the host, or is called so.
_PASSWORD = re.compile(r"(://[^/@:]*:|[?&]password=)[^@&]*(?=@|&|$)")
_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Setting:
    """One row: `type` is str, int, bool or Path; a secret's value is never shown.

    `env` is the variable's name, OPTOUT_ and the setting's name in capitals unless given.
    """

    name: str
    type: type
    default: object
    help: str
    secret: bool = False
    env: str = ""

    @property
    def variable(self) -> str:
        """The environment variable that sets it."""
        return self.env or f"OPTOUT_{self.name.upper()}"


@dataclass(frozen=True, slots=True)
class Table:
    """A package's rows, and the TOML table they stand in ("" is the top of the file)."""

    section: str
    settings: tuple[Setting, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """One resolved setting: `source` is "flag", "OPTOUT_X", "optout.toml:12" or "default"."""

    setting: Setting
    value: Any
    source: str

    @property
    def shown(self) -> str:
        """The value for a person; a secret's is masked, and so is a password in an address."""
        if self.value is None or self.value == "":
            return "-"
        return MASK if self.setting.secret else _PASSWORD.sub(rf"\1{MASK}", str(self.value))


def resolve(
    table: Table, flags: Mapping[str, object], environ: Mapping[str, str], file: SettingsFile
) -> dict[str, Value]:
    """Give each setting of the table its value and say where it came from.

    A flag that is None was not given. Errors: UsageError naming file and line, or the variable.
    """
    section = _section(file, table.section)
    return {row.name: _resolve_one(row, flags, environ, (section, file, table.section)) for row in
            table.settings}  # fmt: skip


def _resolve_one(
    row: Setting,
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    origin: tuple[Mapping[str, Any], SettingsFile, str],
) -> Value:
    section, file, name = origin
    if flags.get(row.name) is not None:
        return Value(row, flags[row.name], "flag")
    if environ.get(row.variable):
        return Value(row, _from_text(row, environ[row.variable]), row.variable)
    if row.name in section:
        place = file.place(*filter(None, (name, row.name)))
        if row.secret:
            refuse_inline(row.name, place)
        return Value(row, _from_toml(row, section[row.name], place), place)
    return Value(row, row.default, "default")


def _section(file: SettingsFile, name: str) -> Mapping[str, Any]:
    section = file.values.get(name, {}) if name else file.values
    if isinstance(section, Mapping):
        return section
    raise UsageError(
        f"{name} must be a table, [{name}]", where=file.place(name), hint="write it as a table"
    )


def _from_text(row: Setting, text: str) -> object:
    parse: Mapping[type, Callable[[str], object]] = {
        bool: lambda word: _WORDS[word.lower()],
        int: int,
        Path: Path,
    }
    try:
        return parse.get(row.type, str)(text)
    except (KeyError, ValueError) as wrong:
        raise UsageError(
            f"{row.name} must be {_kind(row)}, not {MASK if row.secret else repr(text)}",
            where=row.variable,
            hint=f"set {row.variable} to {_kind(row)}, or unset it",
        ) from wrong


def _from_toml(row: Setting, value: object, place: str) -> object:
    if row.type is Path and isinstance(value, str):
        return Path(value)
    if type(value) is row.type:  # exactly: TOML's true is no integer
        return value
    raise UsageError(
        f"{row.name} must be {_kind(row)}", where=place, hint=f"write {row.name} as {_kind(row)}"
    )


def _kind(row: Setting) -> str:
    return {bool: "true or false", int: "a whole number", Path: "a path"}.get(row.type, "a text")


def refuse_inline(name: str, place: str) -> None:
    """A secret never stands in a settings file. Errors: UsageError, always."""
    raise UsageError(
        f"{name} is a secret and does not belong in this file",
        where=place,
        hint=f"use {name}_file, {name}_env or {name}_keyring, and change that secret: it was "
        "readable",
    )


def check_keys(given: Iterable[str], known: Iterable[str], file: SettingsFile, *at: str) -> None:
    """Errors: UsageError for the first key nobody declared, with the near matches."""
    names = sorted(known)
    for key in given:
        if key in names:
            continue
        near = difflib.get_close_matches(key, names, n=3, cutoff=0.5)
        guess = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(names)}"
        raise UsageError(
            f"unknown setting {'.'.join((*at, key))}", where=file.place(*at, key), hint=guess
        )
