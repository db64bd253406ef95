"""A SOQL query as values. Positions are kept for error messages and do not count in comparisons."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Operator(Enum):
    """How a field is compared; <> reads as !=."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    LESS_OR_EQUAL = "<="
    GREATER = ">"
    GREATER_OR_EQUAL = ">="


class Membership(Enum):
    """IN or NOT IN."""

    INSIDE = "IN"
    OUTSIDE = "NOT IN"


class Direction(Enum):
    """Which way rows are sorted."""

    ASCENDING = "ASC"
    DESCENDING = "DESC"


class Nulls(Enum):
    """Where rows without a value go; Salesforce says FIRST when nothing is said."""

    FIRST = "FIRST"
    LAST = "LAST"


class Security(Enum):
    """Whether WITH SECURITY_ENFORCED was written; field security holds over REST anyway."""

    CALLER = ""
    ENFORCED = "WITH SECURITY_ENFORCED"


@dataclass(frozen=True, slots=True)
class Path:
    """A field by its relationships: Parent.Profile.Name; row and column count from one."""

    parts: tuple[str, ...]
    row: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Text:
    """A string, its escapes undone."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written."""

    value: str


@dataclass(frozen=True, slots=True)
class Day:
    """A date: 2026-11-24."""

    value: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as written: 2026-11-24T09:00:00Z."""

    value: str


@dataclass(frozen=True, slots=True)
class Word:
    """true, false or null."""

    value: str


@dataclass(frozen=True, slots=True)
class Relative:
    """A date literal: TODAY, LAST_N_DAYS:30; upper case."""

    name: str
    count: int | None = None


Value = Text | Number | Day | Moment | Word | Relative


@dataclass(frozen=True, slots=True)
class Column:
    """A selected field, with the alias a grouped query may give it."""

    path: Path
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """COUNT() or a function of a field; the function in upper case."""

    function: str
    path: Path | None = None
    alias: str = ""


@dataclass(frozen=True, slots=True)
class Compare:
    """A field against one value."""

    path: Path
    operator: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class Like:
    r"""A field against a pattern of % and _; \% and \_ mean themselves, as does \\."""

    path: Path
    pattern: str


@dataclass(frozen=True, slots=True)
class Among:
    """A field against a list of values."""

    path: Path
    membership: Membership
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class AmongQuery:
    """A field against the one column of another query: a semi-join or anti-join."""

    path: Path
    membership: Membership
    query: Query


@dataclass(frozen=True, slots=True)
class Both:
    """All of these, two or more."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one of these, two or more."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Negation:
    """Not this."""

    part: Condition


Condition = Compare | Like | Among | AmongQuery | Both | Either | Negation


@dataclass(frozen=True, slots=True)
class Sort:
    """One part of ORDER BY."""

    by: Path | Aggregate
    direction: Direction = Direction.ASCENDING
    nulls: Nulls = Nulls.FIRST


@dataclass(frozen=True, slots=True)
class Query:
    """One SELECT from one object; names are as written until they are compiled."""

    selected: tuple[Column | Aggregate, ...]
    source: str
    alias: str = ""
    where: Condition | None = None
    security: Security = Security.CALLER
    group: tuple[Path, ...] = ()
    order: tuple[Sort, ...] = ()
    limit: int | None = None
    offset: int | None = None
    row: int = field(default=1, compare=False)
    column: int = field(default=1, compare=False)
