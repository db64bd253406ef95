"""What the practice org's source says: the codes it refuses with, and what nobody has checked."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

_CODE = re.compile(r"[A-Z][A-Za-z]{2,}(_[A-Za-z]+)*")
_DOUBT = re.compile(r"\bunverified\b", re.IGNORECASE)
_CODE_KEYS = frozenset({"errorCode", "statusCode", "exceptionCode"})
_ON_WORDS = re.compile(r"\b(sentences?|words?|codes?|property)\b")
# Three words or more, and no SQL.
_SENTENCE = re.compile(r"(?!SELECT )\S.* .* ")
# How many lines below a remark the words it speaks of may stand.
_NEAR = 8
# A remark of fewer letters leans on the sentence before it.
_SHORT = 45
_DEFAULT_STATUS = 400


@dataclass(frozen=True, slots=True)
class Module:
    """One source file; `name` is its path inside practice_org."""

    name: str
    text: str
    nodes: tuple[ast.AST, ...]

    @property
    def room(self) -> str:
        """The package it is in, "" for those at the top."""
        return self.name.rpartition("/")[0]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One remark that something is unverified, the function it stands in, what that answers."""

    module: str
    function: str
    remark: str
    answer: str


def read_modules(package: Path) -> list[Module]:
    """Every Python file below the folder."""
    found = []
    for path in sorted(package.rglob("*.py")):
        text = path.read_text("utf-8")
        nodes = tuple(ast.walk(ast.parse(text)))
        found.append(Module(path.relative_to(package).as_posix(), text, nodes))
    return found


def refusals(modules: list[Module]) -> dict[str, dict[str, set[int]]]:
    """The error codes each room names, and the HTTP statuses it names with them.

    A code is a literal in a parameter, field, variable or key that is called so.
    """
    takers = _code_takers(modules)
    found: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for module in modules:
        for node in module.nodes:
            status = _status(node)
            for code in _codes_in(node, takers):
                found[module.room][code] |= status
    return found


def _code_takers(modules: list[Module]) -> dict[str, int]:
    """Name of a function or class with something called `code` -> where that stands."""
    takers = {"OrgError": 0}
    for module in modules:
        for node in module.nodes:
            names: list[str] = []
            if isinstance(node, ast.FunctionDef):
                names = [arg.arg for arg in node.args.args if arg.arg not in {"self", "cls"}]
            elif isinstance(node, ast.ClassDef):
                fields = [part.target for part in node.body if isinstance(part, ast.AnnAssign)]
                names = [field.id for field in fields if isinstance(field, ast.Name)]
            if "code" in names and isinstance(node, ast.FunctionDef | ast.ClassDef):
                takers[node.name] = names.index("code")
    return takers


def _codes_in(node: ast.AST, takers: dict[str, int]) -> Iterator[str]:
    for value in _coded(node, takers):
        for part in ast.walk(value):
            if (
                isinstance(part, ast.Constant)
                and isinstance(part.value, str)
                and _CODE.fullmatch(part.value)
            ):
                yield part.value


def _coded(node: ast.AST, takers: dict[str, int]) -> list[ast.expr]:
    """The expressions in this node that are called a code."""
    if isinstance(node, ast.Call):
        place = takers.get(_called(node))
        if place is None:
            return []
        named = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        return node.args[place : place + 1] + named
    if isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "code" for target in node.targets
    ):
        # The condition of "A if so else B" is no code.
        chosen = node.value
        return [chosen.body, chosen.orelse] if isinstance(chosen, ast.IfExp) else [chosen]
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return [v for k, v in pairs if isinstance(k, ast.Constant) and k.value in _CODE_KEYS]
    return []


def _called(node: ast.Call) -> str:
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def _status(node: ast.AST) -> set[int]:
    """The status named in the call, else that of REST's refusals."""
    given = (
        [k.value for k in node.keywords if k.arg == "status"] if isinstance(node, ast.Call) else []
    )
    named = [value.value for value in given if isinstance(value, ast.Constant)]
    return {status for status in named if isinstance(status, int)} or {_DEFAULT_STATUS}


def doubts(modules: list[Module]) -> list[Doubt]:
    """Every comment, and every sentence of a docstring, that says "unverified"."""
    return [
        _doubt(module, line, remark)
        for module in modules
        for line, remark in sorted([*_doubtful_comments(module), *_doubtful_docstrings(module)])
    ]


def _doubt(module: Module, line: int, remark: str) -> Doubt:
    around = _around(module, line)
    answer = _answer_after(module, line, remark)
    return Doubt(module.name, around.name if around else "", remark, answer)


def _doubtful_comments(module: Module) -> Iterator[tuple[int, str]]:
    """Last line and text of the blocks of comments."""
    block: list[tuple[int, str]] = []
    tokens = tokenize.generate_tokens(io.StringIO(module.text).readline)
    comments = [(t.start[0], t.string.lstrip("# ")) for t in tokens if t.type == tokenize.COMMENT]
    for here, after in pairwise([*comments, (0, "")]):
        block.append(here)
        if after[0] != here[0] + 1:
            text = " ".join(words for _, words in block)
            if _DOUBT.search(text):
                yield here[0], text
            block = []


def _doubtful_docstrings(module: Module) -> Iterator[tuple[int, str]]:
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            text = ast.get_docstring(node)
            if text and _DOUBT.search(text):
                for remark in _doubtful_sentences(text):
                    yield node.body[0].lineno, remark


def _doubtful_sentences(text: str) -> Iterator[str]:
    sentences = re.split(r"(?<=\.)\s+", " ".join(text.split()))
    for before, here in pairwise(["", *sentences]):
        if _DOUBT.search(here.replace('"unverified"', "")):
            yield f"{before} {here}".strip() if len(here) < _SHORT else here


def _around(module: Module, line: int) -> ast.FunctionDef | ast.ClassDef | None:
    """The innermost function or class around the line."""
    around = [
        node
        for node in module.nodes
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and node.lineno <= line <= (node.end_lineno or 0)
    ]
    return max(around, key=lambda node: node.lineno, default=None)


def _answer_after(module: Module, line: int, remark: str) -> str:
    """The first sentence in the lines that follow a remark on one, with its placeholders."""
    function = _around(module, line)
    if function is None or not _ON_WORDS.search(remark):
        return ""
    last = min(line + _NEAR, function.end_lineno or line)
    texts = [n for n in module.nodes if isinstance(n, ast.Constant | ast.JoinedStr)]
    parts = {id(part) for n in texts if isinstance(n, ast.JoinedStr) for part in ast.walk(n)}
    whole = (n for n in texts if isinstance(n, ast.JoinedStr) or id(n) not in parts)
    near = [(n.lineno, n.col_offset, _spelled(n)) for n in whole if line < n.lineno <= last]
    return next((text for *_, text in sorted(near) if _SENTENCE.match(text)), "")


def _spelled(text: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(text, ast.Constant):
        return text.value if isinstance(text.value, str) else ""
    parts = (
        f"{{{ast.unparse(part.value)}}}" if isinstance(part, ast.FormattedValue) else _spelled(part)
        for part in text.values
        if isinstance(part, ast.FormattedValue | ast.Constant)
    )
    return "".join(parts)
