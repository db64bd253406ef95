"""Opening the ledger, and binding it to the one org and the one people store it speaks of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select, update

from deployer.clock import Clock
from deployer.errors import OrgSaidNo
from sync.database.frozen import refuse_elsewhere
from sync.database.places import Place, open_place
from sync.database.postgresql import Room
from sync.database.sqlite import BUSY_WAIT_S
from sync.database.telling import called
from sync.ledger.tables import AUDIT, FORMAT, META, METADATA

# Nothing waits for longer than a day, and clocks of machines that work are not days apart.
UNBELIEVABLE_S = 3 * 86_400.0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The open ledger; every write takes its time from `clock`."""

    engine: Engine
    clock: Clock

    def now(self) -> str:
        """Now, as the tables write it."""
        return to_text(self.clock.now())

    def later(self, seconds: float) -> str:
        """So many seconds from now, as the tables write it."""
        return to_text(self.clock.now() + timedelta(seconds=seconds))

    @property
    def place(self) -> str:
        """The file or address, as a person reads it."""
        return called(self.engine)

    def unbelievable(self) -> str:
        """Nothing is put off to this time or held until it: a later one is a wrong clock's.

        Such a time must not count, or it would until then.
        """
        return self.later(UNBELIEVABLE_S)

    def close(self) -> None:
        """Let go of the database."""
        self.engine.dispose()


def to_text(moment: datetime) -> str:
    """A time as the tables write it: UTC, microseconds, so that texts sort as times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def from_text(text: str) -> datetime:
    """The time that `to_text` wrote."""
    return datetime.fromisoformat(text)


def open_ledger(place: Place, clock: Clock, wait_s: float = BUSY_WAIT_S) -> Ledger:
    """Open (or make) the ledger there; its writers wait at most so many seconds for others.

    Errors: as `open_place`; OrgSaidNo when a newer program wrote it, or it has moved.
    """
    ledger = Ledger(open_place(place, Room.LEDGER, wait_s), clock)
    try:
        with ledger.engine.begin() as db:
            METADATA.create_all(db)
            refuse_elsewhere(db, META, ledger.place)
            _keep_format(db, ledger.place)
    except BaseException:
        ledger.close()
        raise
    return ledger


def _keep_format(db: Connection, place: str) -> None:
    if not read_meta(db, "format"):
        write_meta(db, "format", str(FORMAT))
    refuse_newer(db, place)


def refuse_newer(db: Connection, place: str) -> None:
    """Errors: OrgSaidNo when a newer program wrote this ledger."""
    found = read_meta(db, "format") or "0"
    if int(found) > FORMAT:
        raise OrgSaidNo(
            f"the ledger has format {found}, and this program knows {FORMAT}",
            where=place,
            hint="update optout; nothing was changed",
        )


def read_meta(db: Connection, name: str) -> str:
    """One named value, "" when there is none."""
    return db.scalar(select(META.c.value).where(META.c.name == name)) or ""


def write_meta(db: Connection, name: str, value: str) -> None:
    """Set one named value."""
    done = db.execute(update(META).where(META.c.name == name).values(value=value))
    if not done.rowcount:
        db.execute(insert(META).values(name=name, value=value))


def bind(ledger: Ledger, *, org_id: str, people: str) -> None:
    """Bind the ledger to this org and people store at first use; refuse any other afterwards.

    Errors: OrgSaidNo. An opt-out must never be settled against an org that is not the one it was
    accepted for.
    """
    with ledger.engine.begin() as db:
        for name, value, what in (
            ("org_id", org_id, "org"),
            ("people", people, "people store"),
        ):
            bound = read_meta(db, name)
            if not bound:
                write_meta(db, name, value)
            elif bound != value:
                raise OrgSaidNo(
                    f"this ledger belongs to {what} {bound}, not to {value}",
                    where=ledger.place,
                    hint="use the settings it was begun with, or name the change: "
                    "optout sync rebind --reason ... --by ...",
                )


def note(db: Connection, at: str, by: str, action: str, detail: str) -> None:
    """Append what a person decided to the audit."""
    db.execute(insert(AUDIT).values(at=at, by=by, action=action, detail=detail))
