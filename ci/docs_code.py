"""What the source says beside its code: remarks on the ledger's columns and on the exit codes."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Mapping
from enum import EnumType
from pathlib import Path
from types import ModuleType
from typing import Any

from docs_markdown import code
from sqlalchemy import Column, Index, Table, UniqueConstraint

from deployer import errors
from deployer.cli import Interrupted
from sync.ledger import aliases, events, fences, tables, targets

# Errors of other modules are kinds of these, for those who catch them.
_TOLD = (errors.__name__, Interrupted.__module__)
_WORDS: Mapping[str, EnumType] = {
    "events.selector": events.Selector,
    "events.state": events.EventState,
    "targets.side": targets.Side,
    "targets.state": targets.TargetState,
    "aliases.kind": aliases.AliasKind,
    "resubscribes.state": fences.ResubscribeState,
    "resubscribe_members.standing": fences.Standing,
}


def exits() -> dict[str, Any]:
    """`exits`: number, name and remark of each; `errors`: each class that ends a command."""
    source = _read(errors)
    remarks = {
        node.targets[0].id: source.remark(node.lineno)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    classes = [errors.OptoutError, *_below(errors.OptoutError)]
    return {
        "exits": [(each.value, remarks[each.name]) for each in errors.Exit],
        "errors": [
            (code(each.code), each.exit.value, each.reaction.value,
             (each.__doc__ or "").partition("\n")[0])
            for each in classes
            if each.__module__ in _TOLD and "code" in vars(each)
        ],
    }  # fmt: skip


def _below(kind: type[errors.OptoutError]) -> Iterator[type[errors.OptoutError]]:
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def ledger_tables() -> list[tuple[str, str, list[tuple[str, str, str, str]], list[str]]]:
    """Each table: its name, the remark on it, its columns as rows, and its indexes."""
    source = _read(tables)
    remarks = dict(_column_remarks(source))
    return [
        (name, remarks.get((name, ""), ""),
         [_column(each, remarks.get((name, each.name), "")) for each in held.columns],
         _indexes(held))
        for name, held in tables.METADATA.tables.items()
    ]  # fmt: skip


def ledger_words() -> list[tuple[str, list[str]]]:
    """The words that stand in a column, where they are a closed set."""
    return [(place, [code(word.value) for word in words]) for place, words in _WORDS.items()]


class _Source:
    """A module's tree, and the comments by the line they stand on."""

    def __init__(self, text: str) -> None:
        self.tree = ast.parse(text)
        found = tokenize.generate_tokens(io.StringIO(text).readline)
        marks = [token for token in found if token.type == tokenize.COMMENT]
        self.behind = {t.start[0]: t.string[1:].strip() for t in marks if not _is_alone(t)}
        self.alone = {t.start[0]: t.string[1:].strip() for t in marks if _is_alone(t)}

    def remark(self, line: int) -> str:
        """The comment behind that line, else the ones right above it."""
        if line in self.behind:
            return self.behind[line]
        above = line
        while above - 1 in self.alone:
            above -= 1
        return " ".join(self.alone[each] for each in range(above, line))


def _is_alone(token: tokenize.TokenInfo) -> bool:
    return token.line.lstrip().startswith("#")


def _read(module: ModuleType) -> _Source:
    return _Source(Path(str(module.__file__)).read_text())


def _column_remarks(source: _Source) -> Iterator[tuple[tuple[str, str], str]]:
    """(table, column) -> remark; the column is "" for the table's own."""
    for node in source.tree.body:
        call = node.value if isinstance(node, ast.Assign) else None
        if not (isinstance(call, ast.Call) and ast.unparse(call.func) == "Table"):
            continue
        name = ast.literal_eval(call.args[0])
        yield (name, ""), source.remark(node.lineno)
        for each in call.args:
            if isinstance(each, ast.Call) and ast.unparse(each.func) == "Column":
                remark = "" if each.lineno == node.lineno else source.remark(each.lineno)
                yield (name, ast.literal_eval(each.args[0])), remark


def _column(column: Column[Any], remark: str) -> tuple[str, str, str, str]:
    keys = ["key"] if column.primary_key else []
    keys += [f"of {code(each.target_fullname)}" for each in column.foreign_keys]
    may_lack = column.nullable and not column.primary_key
    return code(column.name), str(column.type).lower(), ", ".join(
        [*keys, *(["may be empty"] if may_lack else [])]
    ), remark  # fmt: skip


def _indexes(held: Table) -> list[str]:
    """Which columns are found quickly, and which are there once, as sentences."""
    once = [each for each in held.constraints if isinstance(each, UniqueConstraint)]
    quick = sorted(held.indexes, key=lambda index: str(index.name))
    return [f"Once each: {_names(each)}." for each in once] + [
        f"Index {code(each.name)}: {_names(each)}." for each in quick
    ]


def _names(held: Index | UniqueConstraint) -> str:
    return ", ".join(code(column.name) for column in held.columns)
