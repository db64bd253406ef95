"""Commands on files of hostile inputs: the exit code, no traceback, nothing half written."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from random import Random

from prove.badinput_doors import CUSTOM, FIELD, PACKAGE, PEOPLE, SET, TOML
from prove.badinput_made import spoil
from sample_layouts import a_layout

from deployer.cli import main
from deployer.errors import OptoutError
from deployer.layouts import find_field

EACH = 12


@dataclass(frozen=True, slots=True)
class Command:
    """A command on files made of `goods`; `look` says what is wrong with what it left, or ""."""

    words: tuple[str, ...]
    goods: dict[str, bytes]
    exits: tuple[int, ...]
    look: Callable[[dict[str, bytes], dict[str, bytes]], str]


def _untouched(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    return "" if before == after else "it changed what it was to read"


def _as_it_was_or_with_the_field(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    for name, data in after.items():
        if data != before.get(name):
            try:
                if find_field(data, FIELD):
                    continue
            except OptoutError as refused:
                return f"{name} cannot be read any more: {refused}"
            return f"{name} is neither what it was nor has the field"
    return "" if before.keys() == after.keys() else "files came or went"


def _as_it_was_beside_rejects(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    return _untouched(before, {n: d for n, d in after.items() if "rejected" not in n})


COMMANDS = (
    Command(("validate",), {"package.xml": PACKAGE, "permissionsets/a.permissionset": SET,
            "objects/Contact/fields/Opt_Out__c.field-meta.xml": CUSTOM,
            "layouts/Contact-A.layout": a_layout("Email")}, (0, 1), _untouched),
    Command(("edit",), {f"Contact-{name}.layout": a_layout("Email") for name in "ABC"}, (0, 1),
            _as_it_was_or_with_the_field),
    Command(("people", "import"), {"in.csv": PEOPLE}, (0, 1, 2), _as_it_was_beside_rejects),
    Command(("settings", "--config"), {"optout.toml": TOML}, (0, 2), _untouched),
)  # fmt: skip


def commands(seed: int, times: int, room: Path) -> Iterator[str]:
    """What came of each command, EACH times `times`: "ok ..." or what is wrong."""
    for number in range(EACH * times):
        for command in COMMANDS:
            name = " ".join(command.words)
            draw = Random(f"{name}:{seed}:{number}")  # noqa: S311 - repeatable on purpose
            with tempfile.TemporaryDirectory(dir=room) as folder:
                said = _try(command, draw, Path(folder))
            yield said if said.startswith("ok") else f"{name} {number}: {said}"


def _try(command: Command, draw: Random, folder: Path) -> str:
    files, home = folder / "files", folder / "home"
    home.mkdir()
    for name, good in command.goods.items():
        (files / name).parent.mkdir(parents=True, exist_ok=True)
        (files / name).write_bytes(spoil(good, draw))
    before = _content(files)
    # One file is named itself, as a folder of settings or people would not be read.
    target = files if len(command.goods) > 1 else files / next(iter(command.goods))
    code, said = _type([*command.words, f"{target}"], home)
    if code not in command.exits or "Traceback" in said:
        return f"exit {code}: {said[-300:]}"
    if code and "next: " not in said and command.words[0] in ("settings", "people"):
        return f"exit {code} without a next step: {said[-300:]}"
    return command.look(before, _content(files)) or f"ok {code}"


def _content(files: Path) -> dict[str, bytes]:
    return {f"{p.relative_to(files)}": p.read_bytes() for p in files.rglob("*") if p.is_file()}


def _type(words: list[str], home: Path) -> tuple[int, str]:
    """Exit code, and all that was printed."""
    said = io.StringIO()
    with _environment(home), redirect_stdout(said), redirect_stderr(said):
        try:
            main(words)
        except SystemExit as ended:
            return int(ended.code or 0), said.getvalue()
    return 0, said.getvalue()


@contextmanager
def _environment(home: Path) -> Iterator[None]:
    before = os.environ.copy()
    os.environ.update({"OPTOUT_HOME": f"{home}", "HOME": f"{home}"})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
