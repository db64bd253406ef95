"""What a sync command works with: settings, ledger, people and the org, opened when asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from deployer.clock import Clock, SystemClock
from deployer.commands.options import open_connection
from deployer.salesforce.client import Connection, Writer
from deployer.settings.loading import Settings, load
from sync.database.places import Place
from sync.database.views import reading
from sync.ledger.binding import Bound, bind_people, read_bound
from sync.ledger.former import note_place, refuse_anew, refuse_empty
from sync.ledger.ledger import Ledger, bind, open_ledger
from sync.ledger.trouble import ledger_told
from sync.org_records import OrgDoor, open_door
from sync.people.opening import open_people
from sync.people.protocol import People
from sync.settings import SyncSettings, read_sync

ROLE = "runner"


class Empty(Enum):
    """What to do about an empty ledger while an older one has something to apply."""

    REFUSED = "refused"
    TAKEN = "taken"  # the older one is about to be put into it


@dataclass(frozen=True, slots=True)
class Ask:
    """What was typed: --org, --config and --json."""

    org: str | None = None
    config: Path | None = None
    as_json: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """One org's ledger, open; people and org follow when they are asked for.

    What is opened is closed with the desk.
    """

    ask: Ask
    settings: Settings
    sync: SyncSettings
    org: str
    ledger: Ledger
    opened: ExitStack

    @property
    def clock(self) -> Clock:
        """The clock every write takes its time from."""
        return self.ledger.clock

    def open_people(self) -> People:
        """The people of this org, bound to the ledger. Errors: OrgSaidNo for another store."""
        people = self.open_any_people()
        bind_people(self.ledger, people.identity())
        return people

    def open_any_people(self) -> People:
        """The people store that the settings name, whichever the ledger is bound to."""
        people = open_people(self.settings, self.org, self.clock)
        self.opened.callback(people.close)
        return people

    def open_door(self, people: People) -> OrgDoor:
        """Log in to write. The ledger is bound to that org before anything of it is read.

        Errors: OrgSaidNo when it is another org; UsageError, LoginRefused, as any login.
        """
        writer = self.open_any_writer()
        bind(self.ledger, org_id=writer.org.org_id, people=people.identity())
        return open_door(writer)

    def open_any_writer(self) -> Writer:
        """Log in to write, whichever org the ledger is bound to."""
        return self.opened.enter_context(
            open_connection(
                self.org, "write", role=ROLE, config=self.ask.config, as_json=self.ask.as_json,
                clock=self.clock,
            )
        )  # fmt: skip

    def open_reading(self, people: People) -> Connection:
        """Log in to read only; bound as `open_door` does. Errors: as `open_door`."""
        connection = self.open_any_reader()
        bind(self.ledger, org_id=connection.org.org_id, people=people.identity())
        return connection

    def open_any_reader(self) -> Connection:
        """Log in to read only, whichever org the ledger is bound to."""
        return self.opened.enter_context(
            open_connection(
                self.org, "read", role=ROLE, config=self.ask.config, as_json=self.ask.as_json,
                clock=self.clock,
            )
        )  # fmt: skip

    @property
    def runs(self) -> Path:
        """Where each run has a folder of its own."""
        place = ledger_place(self.settings, self.sync, self.org)
        beside = place if isinstance(place, Path) else usual_ledger(self.settings, self.org)
        return beside.parent / "runs"

    def bound(self) -> Bound:
        """What the ledger belongs to."""
        with reading(self.ledger.engine) as db:
            return read_bound(db)


def ledger_place(settings: Settings, sync: SyncSettings, org: str) -> Place:
    """Where this org's ledger is kept: a file, or a PostgreSQL."""
    return sync.ledger or usual_ledger(settings, org)


def usual_ledger(settings: Settings, org: str) -> Path:
    """The file of an org's ledger unless the settings say otherwise."""
    return settings.home / "sync" / org / "ledger.sqlite"


def note_ledger(settings: Settings, org: str, place: Place) -> None:
    """Remember that this org's ledger is here now."""
    note_place(place, usual_ledger(settings, org))


@contextmanager
def open_desk(ask: Ask, clock: Clock | None = None, empty: Empty = Empty.REFUSED) -> Iterator[Desk]:
    """Read the settings and open the ledger of the org named (or the only one configured).

    No org and no network is needed. Errors: UsageError, also for an empty ledger beside an older
    one with open rows; OrgSaidNo for a newer ledger; OSError; TryLater and BadInput when the
    ledger cannot be used, also in the block.
    """
    settings = load(ask.config)
    sync = read_sync(settings)
    org = settings.pick_org(ask.org)
    place, usual = ledger_place(settings, sync, org), usual_ledger(settings, org)
    with ledger_told(place), ExitStack() as opened:
        if empty is Empty.REFUSED and isinstance(place, Path):
            refuse_anew(place, usual)
        ledger = open_ledger(place, clock or SystemClock())
        opened.callback(ledger.close)
        if empty is Empty.REFUSED and not isinstance(place, Path):
            refuse_empty(ledger, place, usual)
        note_place(place, usual)
        yield Desk(ask, settings, sync, org, ledger, opened)
