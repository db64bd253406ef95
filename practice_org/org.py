"""The org's state: one SQLite file, a clock and a source of randomness, all handed in."""

from __future__ import annotations

import json
import os
import random
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from practice_org.ids import make_id

FORMAT = 1
API_VERSIONS = tuple(f"{n}.0" for n in range(31, 68))
LATEST = API_VERSIONS[-1]

_CORE = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sequence (prefix TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS audit (
    number INTEGER PRIMARY KEY, request_id TEXT NOT NULL, at TEXT NOT NULL, user_id TEXT NOT NULL,
    action TEXT NOT NULL, subject TEXT NOT NULL, record_id TEXT NOT NULL, changes TEXT NOT NULL);
"""
# Made once: json.dumps would make one for every line of the audit.
_to_json = json.JSONEncoder(default=str).encode


@dataclass(slots=True)
class Org:
    """Everything an endpoint may touch.

    `now` gives an aware UTC time; `request_id` and `user_id` name the call under way and are
    written to the audit with every change.
    """

    db: sqlite3.Connection
    now: Callable[[], datetime]
    rng: random.Random
    request_id: str = "seed"
    user_id: str = ""
    cache: dict[str, Any] = field(default_factory=dict)

    def setting(self, name: str, default: str = "") -> str:
        """One named value of the org."""
        row = self.db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return str(row[0]) if row else default

    def set_setting(self, name: str, value: str) -> None:
        """Write one named value of the org."""
        self.db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def new_id(self, prefix: str) -> str:
        """The next record id of this key prefix."""
        row = self.db.execute(
            "INSERT INTO sequence VALUES (?, 1) "
            "ON CONFLICT (prefix) DO UPDATE SET last = last + 1 RETURNING last",
            (prefix,),
        ).fetchone()
        return make_id(prefix, int(row[0]))

    def new_ids(self, prefix: str, block: int) -> Iterator[str]:
        """Record ids without end, taken `block` at a time; what is left of a block is lost."""
        while True:
            row = self.db.execute(
                "INSERT INTO sequence VALUES (?1, ?2) "
                "ON CONFLICT (prefix) DO UPDATE SET last = last + ?2 RETURNING last",
                (prefix, block),
            ).fetchone()
            for number in range(int(row[0]) - block + 1, int(row[0]) + 1):
                yield make_id(prefix, number)

    def timestamp(self) -> str:
        """Now, as Salesforce writes it: 2026-11-24T09:00:00.000+0000."""
        return to_timestamp(self.now())

    def record(self, action: str, subject: str, record_id: str, changes: Mapping[str, Any]) -> None:
        """Append one change to the audit: who, in which request, what."""
        self.db.execute(
            "INSERT INTO audit (request_id, at, user_id, action, subject, record_id, changes) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                self.request_id,
                self.timestamp(),
                self.user_id,
                action,
                subject,
                record_id,
                _to_json(changes),
            ),
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what is written inside is kept only when the block ends well.

        Nests: an inner block that fails takes back its own writes only.
        """
        outer = not self.db.in_transaction
        name = f"s{self.db.total_changes}"
        self.db.execute("BEGIN IMMEDIATE" if outer else f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK" if outer else f"ROLLBACK TO {name}")
            raise
        self.db.execute("COMMIT" if outer else f"RELEASE {name}")


@lru_cache(maxsize=64)
def to_timestamp(moment: datetime) -> str:
    """A datetime as Salesforce writes it: 2026-11-24T09:00:00.000+0000."""
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return f"{utc.isoformat(timespec='milliseconds')}+0000"


def known_versions(org: Org) -> tuple[str, ...]:
    """The API versions the org answers, ascending; the setting newest_api_version ends them."""
    newest = float(org.setting("newest_api_version", LATEST))
    return tuple(version for version in API_VERSIONS if float(version) <= newest)


def open_org(path: Path | str, now: Callable[[], datetime], seed: int = 0) -> Org:
    """Open (or create) the org in this file, for its owner alone; ":memory:" for a test's own.

    Errors: ValueError when the file was written by a newer format.
    """
    if path != ":memory:":
        # Made before SQLite does, so that nobody else can read what the org holds.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    db.executescript(_CORE)
    org = Org(db, now, random.Random(seed))  # noqa: S311 - repeatable on purpose
    stored = int(org.setting("format", str(FORMAT)))
    if stored > FORMAT:
        raise ValueError(f"practice data of format {stored}; this program reads {FORMAT}")
    org.set_setting("format", str(FORMAT))
    return org
