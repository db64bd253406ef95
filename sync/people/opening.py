"""The people store of one org: embedded unless the settings name a database."""

from __future__ import annotations

import sqlalchemy
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from deployer.clock import Clock
from deployer.errors import UsageError
from deployer.settings.loading import Settings
from sync.people.settings import PEOPLE, read_columns, read_people
from sync.people.sql import SqlPeople, open_embedded, open_existing, open_own
from sync.people.tables import OPTIONAL, REQUIRED


def open_people(settings: Settings, org: str, clock: Clock) -> SqlPeople:
    """Open the store of this org (a name that `settings.pick_org` gave); close it after use.

    A configured database belongs to `people.org`, or to the only org there is: the practice org
    never shares it unless it is named there. Errors: UsageError; TryLater; OrgSaidNo.
    """
    configured = read_people(settings)
    if not configured["url"] or org != (configured["org"] or settings.pick_org()):
        return open_embedded(settings.home / "people" / f"{org}.sqlite", clock)
    engine = _engine(settings, configured["url"])
    if not configured["table"]:
        return open_own(engine, clock)
    columns = read_columns(settings, (*REQUIRED, *OPTIONAL))
    return open_existing(engine, clock, configured["table"], columns)


def _engine(settings: Settings, url: str) -> Engine:
    place = settings.resolve(PEOPLE)["url"].source
    try:
        parsed = make_url(url)
        if parsed.password and place != "OPTOUT_PEOPLE_URL":
            raise UsageError(
                "the people database's password does not belong in this file",
                where=place,
                hint="set OPTOUT_PEOPLE_URL, or use ~/.pgpass; and change it: it was readable",
            )
        return sqlalchemy.create_engine(parsed, hide_parameters=True, pool_pre_ping=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as wrong:
        raise UsageError(
            "people.url names no database this program can talk to",
            where=place,
            hint="postgresql+psycopg://USER@HOST/DATABASE, with 'salesforce-optout[postgres]'",
        ) from wrong
