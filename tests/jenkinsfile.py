"""As much of Jenkins' declarative pipelines as ours are written in; anything else is refused.

Source: Jenkins, "Pipeline Syntax"; Groovy, "Syntax", 4: only double quotes are interpolated, and a
backslash before a newline in any quotes takes both away.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

PARTS = {"agent", "triggers", "options", "environment", "stages", "post"}
STAGE_PARTS = {"when", "options", "environment", "steps"}
_TOKEN = re.compile(
    r"""(?P<skip>[ \t]+|//[^\n]*)
      | (?P<newline>\n)
      | '''(?P<long>.*?)'''
      | '(?P<single>(?:[^'\\\n]|\\.)*)'
      | "(?P<double>(?:[^"\\\n]|\\.)*)"
      | (?P<word>\w+)
      | (?P<mark>[{}()=,:])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPED = {"\n": "", "n": "\n", "\\": "\\", "'": "'", '"': '"'}


@dataclass(frozen=True)
class Token:
    kind: str
    text: str


@dataclass(frozen=True)
class Node:
    """One statement: its name, the tokens behind it, what is in its braces (None: no braces)."""

    name: str
    said: tuple[Token, ...]
    inside: tuple[Node, ...] | None

    def __getitem__(self, name: str) -> Node:
        (found,) = self.all(name)
        return found

    def all(self, name: str) -> list[Node]:
        return [node for node in self.inside or () if node.name == name]

    @property
    def texts(self) -> list[str]:
        """The strings it was given, in order."""
        return [token.text for token in self.said if token.kind in {"single", "double", "long"}]

    @property
    def line(self) -> str:
        """What was said, as words with a blank between."""
        return " ".join(token.text for token in self.said)


def read_jenkinsfile(text: str) -> Node:
    """The pipeline. Errors: ValueError for what this reader, or Jenkins, does not know."""
    tokens = list(_tokens(text))
    (pipeline,), rest = _statements(tokens, 0)
    _refuse(rest != len(tokens) or pipeline.name != "pipeline", "more than one pipeline")
    _refuse(
        bool({n.name for n in pipeline.inside or ()} - PARTS), "an unknown part of the pipeline"
    )
    for stage in pipeline["stages"].inside or ():
        known = stage.name == "stage" and {n.name for n in stage.inside or ()} <= STAGE_PARTS
        _refuse(not known, f"an unknown part of a stage: {stage.line}")
        steps = stage["steps"].inside or ()
        _refuse(any(s.name != "sh" or len(s.texts) != 1 for s in steps), "a step that is no sh")
    return pipeline


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        _refuse(found is None, f"unreadable from here: {text[at : at + 40]!r}")
        at = found.end()
        kind = found.lastgroup
        if kind in {"long", "single", "double"}:
            yield Token(kind, _ESCAPE.sub(lambda m: _ESCAPED[m[1]], found[kind]))
        elif kind != "skip":
            yield Token(kind, found[kind])


def _statements(tokens: list[Token], at: int) -> tuple[tuple[Node, ...], int]:
    """The statements up to the closing brace, or the end, and where that is."""
    found = []
    while at < len(tokens) and tokens[at].text != "}":
        if tokens[at].kind == "newline":
            at += 1
            continue
        node, at = _statement(tokens, at)
        found.append(node)
    return tuple(found), at


def _statement(tokens: list[Token], at: int) -> tuple[Node, int]:
    _refuse(tokens[at].kind != "word", f"a statement that begins with {tokens[at].text!r}")
    start = at + 1
    end = start
    while tokens[end].kind != "newline" and not _is_mark(tokens[end], "{}"):
        end += 1
    name, said = tokens[at].text, tuple(tokens[start:end])
    if not _is_mark(tokens[end], "{"):
        return Node(name, said, None), end
    inside, closing = _statements(tokens, end + 1)
    _refuse(closing == len(tokens), f"{name} is not closed")
    return Node(name, said, inside), closing + 1


def _is_mark(token: Token, marks: str) -> bool:
    return token.kind == "mark" and token.text in marks


def _refuse(wrong: bool, why: str) -> None:
    if wrong:
        raise ValueError(why)
