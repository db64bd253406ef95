"""[people]: which store holds an org's people."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from deployer.errors import UsageError
from deployer.settings.loading import Settings
from deployer.settings.table import Setting, Table, Value, check_keys
from sync.people.files.inputs import Nobody, Source
from sync.people.tables import OPTIONAL, REQUIRED

PEOPLE = Table(
    "people",
    (
        Setting("kind", str, "sql", "sql: a database; files: an export; adapter: your own code.",
                env="OPTOUT_PEOPLE_KIND"),
        Setting(
            "url", str, "", "The people database (SQLAlchemy); without it an embedded store.",
            env="OPTOUT_PEOPLE_URL",
        ),
        Setting(
            "table", str, "", "An existing table with the people, schema.table.",
            env="OPTOUT_PEOPLE_TABLE",
        ),
        Setting("input", Path, None, "files: the CSV or Parquet export, or its folder.",
                env="OPTOUT_PEOPLE_INPUT"),
        Setting("output", Path, None, "files: the folder where changes are handed over.",
                env="OPTOUT_PEOPLE_OUTPUT"),
        Setting("may_be_empty", bool, default=False, env="OPTOUT_PEOPLE_MAY_BE_EMPTY",
                help="files: an export that names nobody is believed."),
        Setting("adapter", str, "", "adapter: package.module:function, called with org and clock.",
                env="OPTOUT_PEOPLE_ADAPTER"),
        Setting(
            "org", str, "", "The org this store belongs to; needed with several orgs.",
            env="OPTOUT_PEOPLE_ORG",
        ),
    ),
)  # fmt: skip


class Kind(StrEnum):
    """What keeps the people."""

    SQL = "sql"
    FILES = "files"
    ADAPTER = "adapter"


_OWN = {Kind.SQL: ("url", "table"), Kind.FILES: ("input", "output", "may_be_empty"),
        Kind.ADAPTER: ("adapter",)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """What was chosen; `source` and `output` are set with Kind.FILES alone.

    `columns`: our name of a column -> theirs.
    """

    kind: Kind
    org: str
    url: str
    table: str
    source: Source | None
    output: Path | None
    columns: dict[str, str]
    adapter: str

    @property
    def named(self) -> bool:
        """Whether a store is named at all; else it is the embedded one."""
        return bool(self.url or self.source or self.adapter)


def read_people(settings: Settings) -> PeopleSettings:
    """The [people] table. Errors: UsageError naming file and line."""
    section = settings.file.values.get("people", {})
    if isinstance(section, dict):
        names = (*(row.name for row in PEOPLE.settings), "columns")
        check_keys(section, names, settings.file, "people")
    values = settings.resolve(PEOPLE)
    kind = _kind(values)
    columns = _columns(settings, (*REQUIRED, *OPTIONAL))
    source, output = _folders(settings, values, columns) if kind is Kind.FILES else (None, None)
    texts = {name: str(values[name].value or "") for name in ("org", "url", "table", "adapter")}
    return PeopleSettings(kind=kind, source=source, output=output, columns=columns, **texts)


def _kind(values: dict[str, Value]) -> Kind:
    """Which kind, and nothing set that belongs to the other one."""
    word = values["kind"]
    if word.value not in set(Kind):
        raise UsageError(
            f"kind = {word.value!r} is not known",
            where=word.source,
            hint=f"kind is {', '.join(Kind)}",
        )
    kind = Kind(word.value)
    for name in (name for other in Kind if other is not kind for name in _OWN[other]):
        if values[name].value:
            raise UsageError(
                f"{name} has no meaning with kind = {kind.value}",
                where=values[name].source,
                hint=f"take {name} away, or name the other kind",
            )
    if kind is Kind.ADAPTER and not values["adapter"].value:
        raise UsageError(
            "people.adapter is missing: kind = adapter needs it",
            where=word.source,
            hint='write adapter = "package.module:function"',
        )
    return kind


def _folders(
    settings: Settings, values: dict[str, Value], columns: dict[str, str]
) -> tuple[Source, Path]:
    found = {name: _path(settings, values[name]) for name in ("input", "output")}
    if found["input"].resolve() == found["output"].resolve():
        raise UsageError(
            "input and output are one folder, so changes would be read as an export",
            where=values["output"].source,
            hint="name another folder for output",
        )
    nobody = Nobody.BELIEVED if values["may_be_empty"].value else Nobody.REFUSED
    return Source(found["input"], columns, nobody), found["output"]


def _path(settings: Settings, given: Value) -> Path:
    """A relative path in the settings file starts at that file; in a variable, here."""
    name = given.setting.name
    if given.value is None:
        raise UsageError(
            f"people.{name} is missing: kind = files needs input and output",
            where="[people]",
            hint=f'write {name} = "/srv/crm/{name}", or set {given.setting.variable}',
        )
    path = Path(given.value).expanduser()
    file = settings.file.path
    beside = file is not None and given.source != given.setting.variable
    return file.absolute().parent / path if beside and file else path.absolute()


def _columns(settings: Settings, known: tuple[str, ...]) -> dict[str, str]:
    section = settings.file.values.get("people", {})
    columns: Any = section.get("columns", {}) if isinstance(section, dict) else {}
    place = settings.file.place("people", "columns")
    if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
        raise UsageError(
            "people.columns must be a table of texts",
            where=place,
            hint='write [people.columns] and under it person_id = "their_name"',
        )
    check_keys(columns, known, settings.file, "people", "columns")
    return dict(columns)
