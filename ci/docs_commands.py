"""Every command of optout with its arguments and options, as click has them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

import click
from docs_markdown import code

from deployer.cli import optout

_SYNC = "optout sync"
_KEPT_LINES = "\b"


@dataclass(frozen=True, slots=True)
class Told:
    """One command: its words, its help as Markdown, how it is typed, its options as rows."""

    path: str
    help: str
    usage: str
    options: list[tuple[str, str, str]]


def command_trees(root: str) -> list[Told]:
    """The commands below these words, each group before what is in it; the sync's are apart."""
    below = root == _SYNC
    return [told for told in _walk(optout, "optout", None) if told.path.startswith(_SYNC) is below]


def _walk(command: click.Command, word: str, above: click.Context | None) -> Iterator[Told]:
    context = click.Context(command, info_name=word, parent=above)
    yield Told(
        context.command_path,
        _prose(command.help or ""),
        " ".join([context.command_path, *command.collect_usage_pieces(context)]),
        [_row(option, context) for option in command.params if _is_shown(option)],
    )
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None and not found.hidden:
                yield from _walk(found, name, context)


def _is_shown(option: click.Parameter) -> bool:
    return isinstance(option, click.Option) and not option.hidden


def _row(option: click.Parameter, context: click.Context) -> tuple[str, str, str]:
    """How it is written, what it is when left away, and its help."""
    names = ", ".join(code(name) for name in [*option.opts, *option.secondary_opts])
    takes = isinstance(option, click.Option) and not option.is_flag and not option.count
    written = f"{names} {code(option.make_metavar(context))}" if takes else names
    notes = [str(getattr(option, "help", "") or "")]
    notes += ["Needed."] if option.required else []
    notes += ["May be repeated."] if option.multiple else []
    notes += [f"From {code(option.envvar)} when left away."] if option.envvar else []
    return written, code(_default(option)), " ".join(filter(None, notes))


def _default(option: click.Parameter) -> str:
    """What it is when left away; "" for flags, and where the command itself decides."""
    default = option.default
    if isinstance(default, Enum) and isinstance(default.value, str):
        return default.value
    is_plain = isinstance(default, str | int | float) and not isinstance(default, bool)
    return str(default) if is_plain and default != "" else ""


def _prose(text: str) -> str:
    """A command's help; a paragraph whose lines click keeps as they are is a block."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    return "\n\n".join(_paragraph(each) for each in paragraphs)


def _paragraph(text: str) -> str:
    if text.startswith(_KEPT_LINES):
        return f"```text\n{text.removeprefix(_KEPT_LINES).strip(chr(10))}\n```"
    return re.sub(r"([<*\[\]])", r"\\\1", text)
