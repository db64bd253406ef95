"""Find and read optout.toml, and know on which line each key stands."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deployer.errors import UsageError

FILE_NAME = "optout.toml"
_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(#.*)?$")
_KEY = re.compile(r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*[A-Za-z0-9_"'-]+)*)\s*=""")

KeyPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SettingsFile:
    """What one file says; `path` is None when there is no file, and then it says nothing."""

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[KeyPath, int] = field(default_factory=dict)

    def place(self, *key: str) -> str:
        """file:line of the key, or of the nearest table around it."""
        for length in range(len(key), 0, -1):
            if line := self.lines.get(key[:length]):
                return f"{self.path}:{line}"
        return str(self.path or FILE_NAME)


def find_file(config: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    """The settings file in force: --config, $OPTOUT_CONFIG, upward to the repository's root, user.

    Errors: UsageError when a named file is not there.
    """
    named = config or (Path(environ["OPTOUT_CONFIG"]) if environ.get("OPTOUT_CONFIG") else None)
    if named is not None:
        if named.is_file():
            return named
        raise UsageError(
            "there is no such settings file",
            where=str(named),
            hint="check --config and OPTOUT_CONFIG, or leave both away",
        )
    import platformdirs

    candidates = [*_upward(cwd), platformdirs.user_config_path("optout") / FILE_NAME]
    return next((path for path in candidates if path.is_file()), None)


def _upward(cwd: Path) -> list[Path]:
    """optout.toml here and above, up to the folder that holds .git; without one, only here."""
    folders = [cwd, *cwd.parents]
    root = next((i for i, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    return [folder / FILE_NAME for folder in folders[: root + 1]]


def read_file(path: Path | None) -> SettingsFile:
    """Read one settings file. Errors: UsageError naming the line that is not TOML."""
    if path is None:
        return SettingsFile()
    try:
        text = path.read_text(encoding="utf-8")
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise UsageError(
            f"not TOML: {str(broken).partition(' (at')[0]}{_position(broken)}",
            where=str(path),
            hint="correct that line; optout settings shows what was read",
        ) from broken
    except OSError as refused:
        raise UsageError(
            f"the settings file cannot be read: {refused.strerror}",
            where=str(path),
            hint="check its permissions, or name another with --config",
        ) from refused
    return SettingsFile(path, values, _line_numbers(text))


def _position(broken: Exception) -> str:
    _, at, rest = str(broken).partition(" (at ")
    return f", {rest.rstrip(')')}" if at else ""


def _line_numbers(text: str) -> dict[KeyPath, int]:
    """Line of each table and key. A line inside a multi-line string may add a key nobody asks."""
    lines: dict[KeyPath, int] = {}
    table: KeyPath = ()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _dotted(header[1])
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            lines.setdefault(table + _dotted(key[1]), number)
    return lines


def _dotted(text: str) -> KeyPath:
    return tuple(part.strip().strip("\"'") for part in text.split("."))
