"""The people store of one org: embedded unless the settings name a database, an export or code."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from deployer.clock import Clock
from deployer.errors import UsageError
from deployer.settings.loading import Settings
from deployer.settings.table import Value
from sync.database.places import read_url
from sync.database.postgresql import Room, open_postgresql
from sync.database.sqlite import open_database
from sync.people.files.store import open_files
from sync.people.protocol import People
from sync.people.settings import PEOPLE, Kind, PeopleSettings, read_people
from sync.people.sql import SqlPeople, open_embedded, open_existing, open_own


def open_people(settings: Settings, org: str, clock: Clock) -> People:
    """Open the store of this org (a name that `settings.pick_org` gave); close it after use.

    A configured store belongs to `people.org`, or to the only org there is: the practice org
    never shares it unless it is named there. Errors: UsageError; TryLater; OrgSaidNo.
    """
    chosen = read_people(settings)
    if not chosen.named or org != (chosen.org or settings.pick_org()):
        return open_embedded(embedded_file(settings, org), clock)
    if chosen.source is not None and chosen.output is not None:
        export = settings.home / "people" / f"{org}.export"
        return open_files(chosen.source, chosen.output, export, clock)
    if chosen.kind is Kind.ADAPTER:
        return _load(settings, chosen.adapter)(org, clock)
    engine = _engine(settings.resolve(PEOPLE)["url"])
    if not chosen.table:
        return open_own(engine, clock)
    return open_existing(engine, clock, chosen.table, chosen.columns)


def embedded_file(settings: Settings, org: str) -> Path:
    """The file of an org's people unless the settings name another store."""
    return settings.home / "people" / f"{org}.sqlite"


def open_movable(settings: Settings, org: str) -> Engine | None:
    """The database with our own tables of this org's people, even if they have moved away.

    None where there are none: another system's people, a table that existed, or nobody yet.
    """
    chosen = read_people(settings)
    if chosen.named and org == (chosen.org or settings.pick_org()):
        return _engine(settings.resolve(PEOPLE)["url"]) if _is_own(chosen) else None
    file = embedded_file(settings, org)
    return open_database(file) if file.exists() else None


def _is_own(chosen: PeopleSettings) -> bool:
    return chosen.kind is Kind.SQL and not chosen.table


def open_importable(settings: Settings, org: str, clock: Clock) -> SqlPeople:
    """As `open_people`, to put people into it. Errors: also UsageError for another system's."""
    people = open_people(settings, org, clock)
    if isinstance(people, SqlPeople):
        return people
    people.close()
    raise UsageError(
        "these people are another system's, so nothing can be imported",
        where=settings.resolve(PEOPLE)["kind"].source,
        hint="add them in that system, or set kind = sql under [people]",
    )


def _load(settings: Settings, name: str) -> Callable[[str, Clock], People]:
    """The function of this name, whoever wrote it."""
    module, _, function = name.partition(":")
    try:
        loaded: Callable[[str, Clock], People] = getattr(import_module(module), function)
    except (ImportError, AttributeError, ValueError) as wrong:
        raise UsageError(
            f"people.adapter cannot be loaded: {wrong}",
            where=settings.resolve(PEOPLE)["adapter"].source,
            hint='write adapter = "package.module:function", installed beside optout',
        ) from wrong
    return loaded


def _engine(given: Value) -> Engine:
    url = read_url(given)
    try:
        if url.get_backend_name() == "postgresql":
            return open_postgresql(url, Room.PEOPLE)
        return sqlalchemy.create_engine(url, hide_parameters=True, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as wrong:
        raise UsageError(
            "people.url names no database this program can talk to",
            where=given.source,
            hint="postgresql+psycopg://USER@HOST/DATABASE, with 'salesforce-optout[postgres]'",
        ) from wrong
