"""SOQL text to a Query."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedToken, VisitError

from practice_org.soql.query import (
    Aggregate,
    Among,
    AmongQuery,
    Both,
    Column,
    Compare,
    Condition,
    Day,
    Direction,
    Either,
    Like,
    Membership,
    Moment,
    Negation,
    Nulls,
    Number,
    Operator,
    Path,
    Query,
    Relative,
    Security,
    Sort,
    Text,
    Value,
    Word,
)
from practice_org.soql.refusals import Complaints
from practice_org.soql.spell import ESCAPES
from practice_org.wire import OrgError

FUNCTIONS = frozenset({"COUNT", "COUNT_DISTINCT", "SUM", "AVG", "MIN", "MAX"})
COUNTED = frozenset({"LAST_N_DAYS", "NEXT_N_DAYS", "N_DAYS_AGO"})
PLAIN = frozenset({"TODAY", "YESTERDAY", "TOMORROW"})


@lru_cache(512)
def parse(soql: str) -> Query:
    """Parse one query; programs ask the same ones over and over.

    Errors: OrgError MALFORMED_QUERY that points at the place, or names what is not emulated.
    """
    complaints = Complaints(soql)
    try:
        tree = _parser().parse(soql)
        query: Query = _ToQuery(complaints).transform(tree)
    except VisitError as wrapped:
        if isinstance(wrapped.orig_exc, OrgError):
            raise wrapped.orig_exc from None
        raise
    except (UnexpectedEOF, UnexpectedToken, UnexpectedCharacters) as unexpected:
        raise _refusal(complaints, unexpected) from None
    return query


def _refusal(
    complaints: Complaints, unexpected: UnexpectedEOF | UnexpectedToken | UnexpectedCharacters
) -> OrgError:
    if isinstance(unexpected, UnexpectedCharacters):
        return complaints.malformed(unexpected.line, unexpected.column, unexpected.char)
    token = getattr(unexpected, "token", None)
    if token is None or token.type == "$END":
        lines = complaints.soql.splitlines() or [""]
        return complaints.malformed(len(lines), len(lines[-1]) + 1, "<EOF>")
    return complaints.malformed(token.line, token.column, str(token))


@cache
def _parser() -> Lark:
    grammar = files("practice_org.soql").joinpath("grammar.lark").read_text("utf-8")
    return Lark(grammar, start="query", parser="lalr", propagate_positions=True)


class _ToQuery(Transformer[Token, Any]):
    """Builds the values of query.py; one method per rule of the grammar."""

    def __init__(self, complaints: Complaints) -> None:
        super().__init__()
        self.complaints = complaints

    def path(self, names: list[Token]) -> Path:
        return Path(tuple(map(str, names)), names[0].line or 1, names[0].column or 1)

    def column(self, items: list[Any]) -> Column:
        return Column(items[0], str(items[1]) if len(items) > 1 else "")

    def aggregate(self, items: list[Any]) -> Aggregate:
        name, *rest = items
        path = next((item for item in rest if isinstance(item, Path)), None)
        alias = next((str(item) for item in rest if not isinstance(item, Path)), "")
        function = str(name).upper()
        if function not in FUNCTIONS:
            raise self.complaints.malformed(name.line, name.column, str(name))
        return Aggregate(function, path, alias)

    def where(self, items: list[Condition]) -> Condition:
        return items[0]

    def conjunction(self, items: list[Condition]) -> Both:
        return Both(tuple(items))

    def disjunction(self, items: list[Condition]) -> Either:
        return Either(tuple(items))

    def negation(self, items: list[Condition]) -> Negation:
        return Negation(items[0])

    def compare(self, items: list[Any]) -> Compare:
        path, operator, value = items
        written = "!=" if operator == "<>" else str(operator)
        return Compare(path, Operator(written), value)

    def like(self, items: list[Any]) -> Like:
        return Like(items[0], self._unescaped(items[1], kept="_%\\"))

    def among(self, items: list[Any]) -> Among:
        path, membership, *values = items
        return Among(path, membership, tuple(values))

    def among_query(self, items: list[Any]) -> AmongQuery:
        return AmongQuery(*items)

    def inside(self, _: list[Any]) -> Membership:
        return Membership.INSIDE

    def outside(self, _: list[Any]) -> Membership:
        return Membership.OUTSIDE

    def text(self, items: list[Token]) -> Text:
        return Text(self._unescaped(items[0]))

    def number(self, items: list[Token]) -> Number:
        return Number(str(items[0]))

    def day(self, items: list[Token]) -> Day:
        return Day(str(items[0]))

    def moment(self, items: list[Token]) -> Moment:
        return Moment(str(items[0]))

    def word(self, items: list[Token]) -> Word:
        return Word(str(items[0]).lower())

    def relative(self, items: list[Token]) -> Value:
        token = items[0]
        name, _, count = token.upper().partition(":")
        if name not in (COUNTED if count else PLAIN):
            raise self._bad_relative(token)
        return Relative(name, int(count) if count else None)

    def _bad_relative(self, token: Token) -> OrgError:
        if re.match(r"(THIS|LAST|NEXT)_|N_\w+_AGO|LAST_N_|NEXT_N_", token.upper()):
            return OrgError(
                "MALFORMED_QUERY", f"the practice org does not emulate the date literal {token}"
            )
        return self.complaints.malformed(token.line or 1, token.column or 1, str(token))

    def security(self, _: list[Any]) -> Security:
        return Security.ENFORCED

    def group(self, items: list[Path]) -> dict[str, Any]:
        return {"group": tuple(items)}

    def order(self, items: list[Sort]) -> dict[str, Any]:
        return {"order": tuple(items)}

    def sort(self, items: list[Any]) -> Sort:
        by, *rest = items
        direction = next((i for i in rest if isinstance(i, Direction)), Direction.ASCENDING)
        nulls = next((i for i in rest if isinstance(i, Nulls)), Nulls.FIRST)
        return Sort(by, direction, nulls)

    def ascending(self, _: list[Any]) -> Direction:
        return Direction.ASCENDING

    def descending(self, _: list[Any]) -> Direction:
        return Direction.DESCENDING

    def first(self, _: list[Any]) -> Nulls:
        return Nulls.FIRST

    def last(self, _: list[Any]) -> Nulls:
        return Nulls.LAST

    def limit(self, items: list[Token]) -> dict[str, Any]:
        return {"limit": self._count(items[0])}

    def offset(self, items: list[Token]) -> dict[str, Any]:
        return {"offset": self._count(items[0])}

    def watch(self, _: list[Any]) -> dict[str, Any]:
        return {}

    def query(self, items: list[Any]) -> Query:
        selected = tuple(i for i in items if isinstance(i, Column | Aggregate))
        names = [i for i in items if isinstance(i, Token)]
        clauses: dict[str, Any] = {}
        for item in items:
            if isinstance(item, dict):
                clauses |= item
            elif isinstance(item, Security):
                clauses["security"] = item
            elif isinstance(item, Condition):
                clauses["where"] = item
        clauses |= {"row": names[0].line, "column": names[0].column}
        alias = str(names[1]) if len(names) > 1 else ""
        return Query(selected, str(names[0]), alias, **clauses)

    def _count(self, token: Token) -> int:
        if not token.isdigit():
            raise self.complaints.malformed(token.line or 1, token.column or 1, str(token))
        return int(token)

    def _unescaped(self, token: Token, kept: str = "") -> str:
        def undo(found: re.Match[str]) -> str:
            mark = found[1]
            if mark in kept:
                return found[0]
            if mark.lower() not in ESCAPES:
                raise self.complaints.at(
                    "MALFORMED_QUERY",
                    token.line or 1,
                    token.column or 1,
                    f"Invalid string literal {token}. "
                    f"Illegal character sequence '\\{mark}' in string literal.",
                )
            return ESCAPES[mark.lower()]

        return re.sub(r"\\(.)", undo, token[1:-1], flags=re.DOTALL)
