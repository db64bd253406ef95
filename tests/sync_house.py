"""A sync of a test's own: ledger, people and a practice org in one process, one clock for all.

The oracle is the org's tables and audit, and what the test itself put in: never our own ledger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from email.utils import format_datetime
from itertools import count
from pathlib import Path

from sqlalchemy import select
from walk import StepClock

from deployer.errors import TryLater
from deployer.salesforce.client import Writer
from deployer.salesforce.connection import connect_writer
from deployer.salesforce.hosts import Loopback, Origin
from deployer.salesforce.login import Place, TokenLogin
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret
from practice_org.actions.convert import Conversion, convert_lead
from practice_org.actions.merge import Merge, merge_records
from practice_org.actions.org_rules import Rule, set_rule
from practice_org.actions.recycle_bin import delete_record, purge_bin, undelete_record
from practice_org.app import handle
from practice_org.faults.firing import switch_off, switch_on
from practice_org.faults.store import When
from practice_org.inprocess import OrgAdapter
from practice_org.login.sessions import start_session
from practice_org.objects import Field
from practice_org.org import Org
from practice_org.rights import FieldAccess, grant_fields
from practice_org.seed.people import ADMIN_USERNAME
from practice_org.tables import add_custom_field, find_row, find_rows, insert_row, update_row
from practice_org.wire import Request, Response
from sync.drain import Drained, drain
from sync.fields import EMAIL_OPT_OUT, name_on, object_of
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.ledger import Ledger
from sync.ledger.quarantine import cases
from sync.ledger.tables import EVENTS
from sync.night.night import Asked, Mode, Room, Summary, run_night
from sync.org_records import OrgDoor, open_door
from sync.people.model import Mark, Person
from sync.people.protocol import People

ORIGIN = Origin("localhost")
RUNNER = "runner@practice.example.com"
SALES = "Sales_Opt_Out__c"


class Away:
    """A people store that is away until it is let in again; everything else is the real one's."""

    def __init__(self, people) -> None:
        self.people, self.away = people, True

    def __getattr__(self, name):
        if self.away:
            raise TryLater("the people store is away", hint="wait")
        return getattr(self.people, name)


@dataclass
class House:
    """Everything one runner needs, and the org's insides to look at."""

    ledger: Ledger
    people: People
    org: Org
    clock: StepClock
    numbers: count
    fields: tuple[str, ...] = (EMAIL_OPT_OUT,)
    folder: Path | None = None  # where runs are kept; beside the ledger's file unless given

    @property
    def runs(self) -> Path:
        return (self.folder or Path(self.ledger.engine.url.database).parent) / "runs"

    # What people do -------------------------------------------------------------------------

    def contact(self, **values) -> str:
        self.org.user_id = self.admin
        return insert_row(self.org, "Contact", {"LastName": "Moss", **values})

    def lead(self, **values) -> str:
        self.org.user_id = self.admin
        return insert_row(self.org, "Lead", {"LastName": "Moss", "Company": "Moss & Co.", **values})

    def person(self, person_id: str, *ids: str, out: bool = False, email: str = "") -> None:
        """Somebody on the people side."""
        at = self.clock.now() if out else None
        self.people.add(Person(person_id, email, tuple(sorted(ids)), out, at))

    def opted_out(self, count: int) -> list[str]:
        """So many people who are out on the people side only; the ids of their Contacts."""
        with self.org.transaction():
            ids = [self.contact() for _ in range(count)]
        at = self.clock.now()
        people = (Person(f"p{n}", "", (each,), True, at) for n, each in enumerate(ids))
        self.people.join(people, lambda _person, _change: None)
        return ids

    def tick(self, record_id: str, value: bool = True, field: str = EMAIL_OPT_OUT) -> None:
        self.org.user_id = self.admin
        sobject = object_of(record_id)
        update_row(self.org, sobject, record_id, {name_on(sobject, field): value})

    @property
    def admin(self) -> str:
        return find_rows(self.org, "User", Username=ADMIN_USERNAME)[0]["Id"]

    def person_account(self, **values) -> tuple[str, str]:
        """The Account's id and the Contact's."""
        self.org.user_id = self.admin
        account = insert_row(self.org, "Account", {"LastName": "Lee", **values})
        return account, find_row(self.org, "Account", account)["PersonContactId"]

    def business_account(self) -> str:
        """An Account's id, in an org that has no person accounts any more."""
        self.org.set_setting("person_accounts", "0")
        return insert_row(self.org, "Account", {"Name": "Moss & Co."})

    def merge(self, winner: str, loser: str, **keep: str) -> None:
        with self.org.transaction():
            merge_records(self.org, self.admin, Merge(winner, (loser,), keep))

    def convert(self, lead: str, contact: str = "") -> str:
        """The contact that the lead became (or was merged into)."""
        account = find_row(self.org, "Contact", contact)["AccountId"] if contact else ""
        with self.org.transaction():
            return convert_lead(self.org, self.admin, Conversion(lead, contact, account)).contact

    def account_of(self, contact: str) -> str:
        return find_row(self.org, "Contact", contact)["AccountId"]

    def delete(self, record_id: str) -> None:
        with self.org.transaction():
            delete_record(self.org, self.admin, record_id)

    def undelete(self, record_id: str) -> None:
        with self.org.transaction():
            undelete_record(self.org, self.admin, record_id)

    def purge(self) -> None:
        purge_bin(self.org, self.admin)

    def install(self, field: str) -> None:
        """The org gets this field, and the runner may edit it."""
        (runner,) = find_rows(self.org, "PermissionSet", Name="Opt_Out_Runner")
        for sobject in ("Contact", "Lead"):
            made = Field(field, "boolean", "Sales Opt Out", default=False, nillable=False)
            add_custom_field(self.org, sobject, made)
            grant_fields(self.org, runner["Id"], sobject, {field: FieldAccess.EDIT})

    def rule(self, sobject: str, *, active: bool) -> None:
        """A validation rule that refuses every write, as one about old data does."""
        set_rule(self.org, self.admin, Rule(sobject, "Old_Data", "put the phone right", "", active))

    def fault(self, at: str, code: str, **when) -> None:
        switch_on(self.org, at, code, When(**when))

    def clear_faults(self) -> None:
        switch_off(self.org)

    # What the runner does -------------------------------------------------------------------

    def open_org(self, username: str = RUNNER) -> OrgDoor:
        return open_door(self.writer(username))

    def answer(self, asked: Request) -> Response:
        """Every call of the runner comes through here; the answer has a Date, as every real one."""
        answered = handle(self.org, asked)
        date = format_datetime(self.clock.now(), usegmt=True)
        return replace(answered, headers={**answered.headers, "Date": date})

    def writer(self, username: str = RUNNER) -> Writer:
        """A client logged in as this user, with no socket between."""
        user = find_rows(self.org, "User", Username=username)[0]["Id"]
        session = OrgSession(self.clock, loopback=Loopback.PRACTICE)
        session.mount("https://", OrgAdapter(self.answer, self.clock.sleep))
        token = TokenLogin(Secret(start_session(self.org, user)))
        place = Place(ORIGIN, None, Loopback.PRACTICE)
        return connect_writer(token, place, session, self.clock)

    def accept(self, selector: Selector, selected: str, fields: tuple[str, ...] = ()) -> int:
        """An unsubscribe is collected; on disk when this returns."""
        key = f"event-{next(self.numbers)}"
        wanted = fields or self.fields
        event = NewEvent("test", key, key, self.clock.now(), selector, selected, wanted)
        return accept(self.ledger, [event])[0].id

    def drain(self) -> Drained:
        return drain(self.ledger, self.people, self.open_org, f"claim-{next(self.numbers)}")

    def night(self, **asked) -> Summary:
        """One night, whatever the clock says."""
        room = Room(
            self.ledger, self.people, self.open_org, self.runs, lambda: f"run-{next(self.numbers)}"
        )
        return run_night(room, self.fields, Asked(**asked))

    def adopt(self) -> Summary:
        """The first run, approved as it stands."""
        return self.night(mode=Mode.ADOPT, approve_all=True)

    # What is so -----------------------------------------------------------------------------

    def ticked(self, record_id: str, field: str = EMAIL_OPT_OUT) -> bool:
        sobject = object_of(record_id)
        row = find_row(self.org, sobject, record_id)
        return bool(row[name_on(sobject, field)])

    def writes(self, record_id: str) -> int:
        """How often the runner has changed this record, by the org's own audit."""
        runner = find_rows(self.org, "User", Username=RUNNER)[0]["Id"]
        return self.org.db.execute(
            "SELECT count(*) FROM audit WHERE record_id = ? AND user_id = ?", (record_id, runner)
        ).fetchone()[0]

    def opt_ins(self) -> int:
        """How often the runner has unticked anything, by the org's own audit."""
        runner = find_rows(self.org, "User", Username=RUNNER)[0]["Id"]
        return self.org.db.execute(
            # Written through an API it is a number, by a person in the browser a word.
            "SELECT count(*) FROM audit WHERE user_id = ? "
            "AND (changes LIKE '%OptedOut%: false%' OR changes LIKE '%OptedOut%: 0%')",
            (runner,),
        ).fetchone()[0]

    def mark_of(self, person_id: str) -> Mark:
        return Mark(person_id, self.clock.now(), "Manual")

    def settled(self, event_id: int) -> bool:
        with self.ledger.engine.begin() as db:
            return db.scalar(select(EVENTS.c.state).where(EVENTS.c.id == event_id)) == "settled"

    def cases(self) -> list[tuple[str, str]]:
        """What is in quarantine: key and code."""
        with self.ledger.engine.begin() as db:
            return [(case.key, case.code) for case in cases(db)]

    def is_known(self, person_id: str) -> bool:
        return bool(self.people.find([person_id]))

    def out(self, person_id: str) -> bool:
        return self.people.find([person_id])[0].unsubscribed
