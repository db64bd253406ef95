"""The queue that calls the workers: Procrastinate's tables, beside the ledger's in its schema.

Nothing in it needs to be kept, so a queue of another version is made anew instead of migrated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import procrastinate
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from deployer.errors import OrgSaidNo
from sync.database.postgresql import CONNECTING
from sync.ledger.ledger import Ledger

_TABLE = "procrastinate_jobs"
_ENGINE = "Procrastinate"
# What made the queue is written on it: a ledger that is copied elsewhere leaves its queue behind.
_LOOK = text(
    "SELECT to_regclass(:queue) IS NOT NULL AS there, "
    "obj_description(to_regclass(:queue), 'pg_class') AS mark"
)
_DROP = r"""
DO $drop$
DECLARE
    mine oid := (SELECT oid FROM pg_namespace WHERE nspname = current_schema());
    lines text[] := ARRAY(
        SELECT format('DROP FUNCTION IF EXISTS %s CASCADE', oid::regprocedure) FROM pg_proc
            WHERE pronamespace = mine AND proname LIKE 'procrastinate\_%'
    ) || ARRAY(
        SELECT format('DROP TABLE IF EXISTS %s CASCADE', oid::regclass) FROM pg_class
            WHERE relnamespace = mine AND relkind = 'r' AND relname LIKE 'procrastinate\_%'
    ) || ARRAY(
        SELECT format('DROP TYPE IF EXISTS %s CASCADE', pg_type.oid::regtype) FROM pg_type
            LEFT JOIN pg_class ON pg_class.oid = typrelid
            WHERE typnamespace = mine AND typname LIKE 'procrastinate\_%'
            AND (typtype = 'e' OR relkind = 'c')
    );
    line text;
BEGIN
    FOREACH line IN ARRAY lines LOOP
        EXECUTE line;
    END LOOP;
END $drop$
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """Where the queue is: what psycopg connects with."""

    connecting: Mapping[str, Any]


def open_queue(ledger: Ledger) -> Queue:
    """The queue beside this ledger, made if need be; the ledger is in PostgreSQL.

    Errors: OrgSaidNo when a newer program made it, or it is somebody else's; as `Engine.begin`.
    """
    with ledger.engine.begin() as db:  # one at a time: two workers may start at once
        _make(db, ledger.place)
    engine = ledger.engine
    _, given = engine.dialect.create_connect_args(engine.url)
    return Queue({**CONNECTING, **given})


def _make(db: Connection, place: str) -> None:
    found = db.execute(_LOOK, {"queue": _TABLE}).one()
    if found.mark == _mark():
        return
    # Not through SQLAlchemy, which would take the text's per cent signs for parameters.
    driver: Any = db.connection.driver_connection
    if found.there:
        _refuse_others(found.mark or "", place)
        driver.execute(_DROP)
    driver.execute(SchemaManager.get_schema())
    driver.execute(f"COMMENT ON TABLE {_TABLE} IS '{_mark()}'")


def _mark() -> str:
    """Which version made it, and of what shape."""
    shape = hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()[:12]
    return f"optout {_ENGINE} {procrastinate.__version__} {shape}"


def _refuse_others(mark: str, place: str) -> None:
    words = mark.split()
    if len(words) != 4 or words[:2] != ["optout", _ENGINE]:
        raise OrgSaidNo(
            f"a queue of {_ENGINE} is there that is not ours",
            where=place,
            hint="keep the ledger in a schema of its own: docs/operating/postgresql.md",
        )
    if _numbers(words[2]) > _numbers(procrastinate.__version__):
        raise OrgSaidNo(
            f"the workers' queue was made by {_ENGINE} {words[2]}, and this program has "
            f"{procrastinate.__version__}",
            where=place,
            hint="update optout and its packages here; nothing was changed",
        )


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]
