"""Names of one query: its object, the joins its paths need, and what the caller may see."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from practice_org.columns import fields_of
from practice_org.data.sharing import only_row
from practice_org.faults.firing import late_visible_s
from practice_org.objects import OBJECTS, Field, Kind, SObject, find_object
from practice_org.org import to_timestamp
from practice_org.rights import FieldAccess, field_accesses, may_any, object_rights
from practice_org.soql.context import Context, Deleted
from practice_org.soql.query import Path, Query
from practice_org.soql.refusals import Complaints
from practice_org.wire import OrgError

# From this version on FieldPermissions and ObjectPermissions ask for View Setup.
SETUP_RIGHTS_SINCE = 49.0
_KEYS = {"EntityDefinition": "DurableId", "FieldDefinition": "DurableId"}


@dataclass(frozen=True, slots=True)
class Resolved:
    """A path made out: `names` as the catalogue spells them, the field, its SQL."""

    names: tuple[str, ...]
    field: Field
    sql: str


class Parameters:
    """Values bound to one statement, shared by a query and its semi-joins."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def bind(self, value: object) -> str:
        """A placeholder for this value."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"


@dataclass(slots=True)
class _Table:
    alias: str
    sobject: SObject
    fields: Mapping[str, Field]
    access: dict[str, FieldAccess]


class Scope:
    """The tables of one SELECT. `prefix` keeps the aliases of nested SELECTs apart."""

    def __init__(
        self, context: Context, query: Query, complaints: Complaints, bound: Parameters, prefix: str
    ) -> None:
        self.context = context
        self.query = query
        self.complaints = complaints
        self.bound = bound
        self.prefix = prefix
        self.sobject = self._find_source()
        self.tables: dict[tuple[str, ...], _Table] = {}
        self.joins = [f"{self._rows(self.sobject)} AS {prefix}0"]
        self.tables[()] = self._table(f"{prefix}0", self.sobject)

    def _find_source(self) -> SObject:
        found = find_object(self.query.source)
        if found is None or self.context.api not in found.apis or not self._may_read(found):
            raise self.complaints.no_object(self.query.source, self.query.row, self.query.column)
        needs_setup = self.context.version >= SETUP_RIGHTS_SINCE and bool(found.reads_with)
        if needs_setup and not may_any(self.context.org, self.context.user_id, found.reads_with):
            # Code and sentence as OrgCheck met them; which objects say so is unverified.
            raise OrgError(
                "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id"
            )
        return found

    def _may_read(self, sobject: SObject) -> bool:
        rights = object_rights(self.context.org, self.context.user_id, sobject.name)
        return rights.read or not sobject.business

    def _table(self, alias: str, sobject: SObject) -> _Table:
        org = self.context.org
        access = field_accesses(org, self.context.user_id, sobject.name) if sobject.business else {}
        return _Table(alias, sobject, fields_of(org, sobject.name), access)

    def _rows(self, sobject: SObject) -> str:
        if sobject.kind is Kind.STORED:
            only = only_row(self.context.org, self.context.user_id, sobject.name)
            table = f'"{sobject.name}"'
            return (
                f'(SELECT * FROM {table} WHERE "Id" = {self.bound.bind(only)})' if only else table
            )
        provide = self.context.providers[sobject.name]
        rows = list(provide(self.context.org, self.context.user_id, self.query))
        columns = ", ".join(
            f"json_extract(value, '$.{name}') AS \"{name}\"" for name in sobject.fields
        )
        return f"(SELECT {columns} FROM json_each({self.bound.bind(json.dumps(rows))}))"

    def resolve(self, path: Path) -> Resolved:
        """Make out a path. Errors: OrgError INVALID_FIELD, hidden fields included."""
        parts = path.parts
        if len(parts) > 1 and parts[0].lower() in self._own_names():
            parts = parts[1:]
        table = self.tables[()]
        names: tuple[str, ...] = ()
        for part in parts[:-1]:
            link = self._relationship(table, part, path)
            names = (*names, link.relationship)
            table = self._joined(names, table, link)
        field = self._field(table, parts[-1], path)
        if field.mirror:
            held = self.resolve(Path((*names, *field.mirror.split(".")), path.row, path.column))
            sql = f"coalesce({held.sql}, 0)" if field.type == "boolean" else held.sql
            return Resolved((*names, field.name), field, sql)
        return Resolved((*names, field.name), field, f'{table.alias}."{field.name}"')

    def _own_names(self) -> set[str]:
        return {self.sobject.name.lower(), self.query.alias.lower() or self.sobject.name.lower()}

    def _visible(self, table: _Table, field: Field) -> bool:
        return table.access.get(field.name) is not FieldAccess.NONE

    def _field(self, table: _Table, name: str, path: Path) -> Field:
        spelled = table.fields.get(name)  # as most clients do
        if spelled and self._visible(table, spelled):
            return spelled
        for field in table.fields.values():
            if field.name.lower() == name.lower() and self._visible(table, field):
                return field
        raise self.complaints.no_column(name, table.sobject.name, path.row, path.column)

    def _relationship(self, table: _Table, name: str, path: Path) -> Field:
        for field in table.fields.values():
            usable = field.relationship.lower() == name.lower() and field.refers_to
            if usable and field.refers_to[0] in OBJECTS and self._visible(table, field):
                return field
        raise self.complaints.no_relationship(name, path.row, path.column)

    def _joined(self, names: tuple[str, ...], table: _Table, link: Field) -> _Table:
        if names not in self.tables:
            target = OBJECTS[link.refers_to[0]]
            alias = f"{self.prefix}{len(self.tables)}"
            key = _KEYS.get(target.name, "Id")
            self.joins.append(
                f'LEFT JOIN {self._rows(target)} AS {alias} ON {alias}."{key}" = '
                f'{table.alias}."{link.name}"'
            )
            self.tables[names] = self._table(alias, target)
        return self.tables[names]

    def key_of(self, names: tuple[str, ...]) -> str:
        """The SQL of a joined row's own key: null where there is no parent."""
        table = self.tables[names]
        name = next((key for key in ("Id", "DurableId") if key in table.fields), "")
        return f'{table.alias}."{name}"' if name else "NULL"

    def object_at(self, names: tuple[str, ...]) -> SObject:
        """The object a relationship path leads to; () is the query's own."""
        return self.tables[names].sobject

    def standing_conditions(self) -> list[str]:
        """What holds whatever the query says: the recycle bin and sharing."""
        alias = f"{self.prefix}0"
        found = []
        if self.sobject.keeps_deleted and self.context.deleted is Deleted.LEFT_OUT:
            found.append(f'{alias}."IsDeleted" = 0')
        late = late_visible_s(self.context.org, self.sobject.name) if self.sobject.business else 0
        if late:
            before = to_timestamp(self.context.org.now() - timedelta(seconds=late))
            found.append(f'{alias}."SystemModstamp" <= {self.bound.bind(before)}')
        if self.sobject.business and not self._sees_all():
            found.append(f'{alias}."OwnerId" = {self.bound.bind(self.context.user_id)}')
        return found

    def _sees_all(self) -> bool:
        org = self.context.org
        rights = object_rights(org, self.context.user_id, self.sobject.name)
        private = org.setting("sharing", "private") == "private"
        return rights.view_all or rights.modify_all or not private
