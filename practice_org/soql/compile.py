"""A Query to one SQL statement with bound values, and what each of its columns means."""

from __future__ import annotations

from dataclasses import dataclass

from practice_org.objects import SObject
from practice_org.soql.conditions import to_where
from practice_org.soql.context import Context
from practice_org.soql.query import Aggregate, Column, Nulls, Path, Query, Sort
from practice_org.soql.refusals import Complaints
from practice_org.soql.scope import Parameters, Resolved, Scope
from practice_org.wire import OrgError

_FUNCTIONS = {
    "COUNT": "count({x})",
    "COUNT_DISTINCT": "count(DISTINCT {x})",
    "SUM": "sum({x})",
    "AVG": "avg({x})",
    "MIN": "min({x})",
    "MAX": "max({x})",
}


@dataclass(frozen=True, slots=True)
class Output:
    """One selected value: where it goes in the record, and its describe type."""

    names: tuple[str, ...]
    type: str
    aggregate: str = ""


@dataclass(frozen=True, slots=True)
class Compiled:
    """A statement ready to run.

    Its columns: `outputs` first, then the key of each of `parents`, last the row's own id (not
    in a grouped query). `counting` counts the rows before LIMIT and OFFSET.
    """

    query: Query
    sobject: SObject
    outputs: tuple[Output, ...]
    parents: tuple[tuple[tuple[str, ...], SObject], ...]
    columns: str
    body: str
    order: str
    key: str
    parameters: dict[str, object]

    @property
    def only_counts(self) -> bool:
        """Whether this is SELECT COUNT(): a number and no records."""
        return self.query.selected == (Aggregate("COUNT"),) and not self.query.group

    @property
    def grouped(self) -> bool:
        """Whether the records are AggregateResults."""
        some = any(isinstance(item, Aggregate) for item in self.query.selected)
        return bool(self.query.group) or some

    @property
    def counting(self) -> str:
        """The statement that counts."""
        if self.grouped and not self.only_counts:
            return f"SELECT count(*) FROM (SELECT {self.columns} {self.body})"
        return f"SELECT count(*) {self.body}"


def compile_query(context: Context, query: Query, soql: str) -> Compiled:
    """Compile for this caller.

    Errors: OrgError INVALID_TYPE, INVALID_FIELD, MALFORMED_QUERY, INSUFFICIENT_ACCESS.
    """
    scope = Scope(context, query, Complaints(soql), Parameters(), "t")
    outputs, columns = _outputs(query, scope)
    _refuse_ungrouped(query, scope)
    order = _order(query, scope)
    group = ", ".join(scope.resolve(path).sql for path in query.group)
    where = _where(query, scope)
    grouped = bool(query.group) or any(isinstance(i, Aggregate) for i in query.selected)
    parents = () if grouped else _parents(outputs)
    keys = [scope.key_of(names) for names in parents]
    own = [] if grouped else [scope.key_of(())]
    body = f"FROM {' '.join(scope.joins)} WHERE {where}"
    return Compiled(
        query,
        scope.sobject,
        tuple(outputs),
        tuple((names, scope.object_at(names)) for names in parents),
        ", ".join([*columns, *keys, *own]) or "1",
        f"{body} GROUP BY {group}" if group else body,
        order,
        scope.key_of(()),
        scope.bound.values,
    )


def _outputs(query: Query, scope: Scope) -> tuple[list[Output], list[str]]:
    outputs: list[Output] = []
    columns: list[str] = []
    unnamed = 0
    for item in query.selected:
        if isinstance(item, Aggregate):
            name = item.alias or f"expr{unnamed}"
            unnamed += not item.alias
            outputs.append(Output((name,), _aggregate_type(item, scope), item.function))
            columns.append(_aggregate(item, scope))
        else:
            found = scope.resolve(item.path)
            _refuse_repeated(outputs, found, item.path, scope)
            names = (item.alias or found.names[-1],) if query.group else found.names
            outputs.append(Output(names, found.field.type))
            columns.append(found.sql)
    return outputs, columns


def _refuse_repeated(outputs: list[Output], found: Resolved, path: Path, scope: Scope) -> None:
    if found.names in [output.names for output in outputs]:
        raise scope.complaints.at(
            "INVALID_FIELD", path.row, path.column, f"duplicate field selected: {path}"
        )


def _aggregate(item: Aggregate, scope: Scope) -> str:
    if item.path is None:
        return "count(*)"
    return _FUNCTIONS[item.function].format(x=scope.resolve(item.path).sql)


def _aggregate_type(item: Aggregate, scope: Scope) -> str:
    if item.function in {"MIN", "MAX"} and item.path:
        return scope.resolve(item.path).field.type
    return "double" if item.function == "AVG" else "int"


def _refuse_ungrouped(query: Query, scope: Scope) -> None:
    grouped = {scope.resolve(path).names for path in query.group}
    aggregates = any(isinstance(item, Aggregate) for item in query.selected)
    for item in query.selected:
        if not (grouped or aggregates):
            if isinstance(item, Column) and item.alias:
                raise _misplaced(item.path, item.alias, scope)
        elif isinstance(item, Column) and scope.resolve(item.path).names not in grouped:
            sentence = f"Field must be grouped or aggregated: {item.path}"
            raise scope.complaints.at("MALFORMED_QUERY", item.path.row, item.path.column, sentence)


def _misplaced(path: Path, alias: str, scope: Scope) -> OrgError:
    sentence = f"only aggregate expressions use field aliasing: {alias}"
    return scope.complaints.at("MALFORMED_QUERY", path.row, path.column, sentence)


def _parents(outputs: list[Output]) -> tuple[tuple[str, ...], ...]:
    found: dict[tuple[str, ...], None] = {}
    for output in outputs:
        for depth in range(1, len(output.names)):
            found[output.names[:depth]] = None
    return tuple(found)


def _where(query: Query, scope: Scope) -> str:
    tests = scope.standing_conditions()
    if query.where is not None:
        tests.append(to_where(query.where, scope, _nested))
    return " AND ".join(tests) or "1"


def _nested(query: Query, outer: Scope) -> str:
    """The SELECT of a semi-join, with the caller's rights of its own object."""
    if len(query.selected) != 1 or isinstance(query.selected[0], Aggregate):
        sentence = "SELECT in an inner query must name one field"
        raise outer.complaints.at("MALFORMED_QUERY", query.row, query.column, sentence)
    scope = Scope(outer.context, query, outer.complaints, outer.bound, f"{outer.prefix}n")
    column = scope.resolve(query.selected[0].path).sql
    where = _where(query, scope)
    return f"SELECT {column} FROM {' '.join(scope.joins)} WHERE {where} AND {column} IS NOT NULL"


def _order(query: Query, scope: Scope) -> str:
    return ", ".join(_sort(sort, scope) for sort in query.order)


def _sort(sort: Sort, scope: Scope) -> str:
    if isinstance(sort.by, Aggregate):
        by = _aggregate(sort.by, scope)
    else:
        found = scope.resolve(sort.by)
        by = f"{found.sql} COLLATE NOCASE" if found.field.textual else found.sql
    nulls = "LAST" if sort.nulls is Nulls.LAST else "FIRST"
    return f"{by} {sort.direction.value} NULLS {nulls}"
