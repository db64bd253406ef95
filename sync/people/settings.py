"""[people]: which store holds an org's people."""

from __future__ import annotations

from deployer.errors import UsageError
from deployer.settings.loading import Settings
from deployer.settings.table import Setting, Table, check_keys

PEOPLE = Table(
    "people",
    (
        Setting(
            "url", str, "", "The people database (SQLAlchemy); without it an embedded store.",
            env="OPTOUT_PEOPLE_URL",
        ),
        Setting(
            "table", str, "", "An existing table with the people, schema.table.",
            env="OPTOUT_PEOPLE_TABLE",
        ),
        Setting(
            "org", str, "", "The org this database belongs to; needed with several orgs.",
            env="OPTOUT_PEOPLE_ORG",
        ),
    ),
)  # fmt: skip


def read_people(settings: Settings) -> dict[str, str]:
    """url, table and org as configured, "" where they are not.

    Errors: UsageError naming file and line.
    """
    section = settings.file.values.get("people", {})
    if isinstance(section, dict):
        names = (*(row.name for row in PEOPLE.settings), "columns")
        check_keys(section, names, settings.file, "people")
    return {name: str(value.value or "") for name, value in settings.resolve(PEOPLE).items()}


def read_columns(settings: Settings, known: tuple[str, ...]) -> dict[str, str]:
    """[people.columns]: our name of a column -> the table's. Errors: UsageError."""
    columns = settings.file.values.get("people", {}).get("columns", {})
    place = settings.file.place("people", "columns")
    if not isinstance(columns, dict) or not all(isinstance(v, str) for v in columns.values()):
        raise UsageError(
            "people.columns must be a table of texts",
            where=place,
            hint='write [people.columns] and under it person_id = "their_name"',
        )
    check_keys(columns, known, settings.file, "people", "columns")
    return dict(columns)
