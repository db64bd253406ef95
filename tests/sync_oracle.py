"""What must come of what happened to a house: who is owed an opt-out, and who may be opted out.

It knows what a test did, the org's own rows and the people store; never the ledger. What is owed
is kept low where nobody can tell from outside whether a write had gone through, so that a breach
is always a bug.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field

from sync_house import House

from sync.fields import EMAIL_OPT_OUT, name_on, object_of
from sync.people.model import Person
from sync.people.sql import SqlPeople

_IDS = """SELECT person_id, salesforce_id FROM people LEFT JOIN people_ids USING (person_id)
    ORDER BY person_id, salesforce_id"""


@dataclass
class Oracle:
    """Keys are person ids and record ids.

    `owed` are keys that an accepted event must still reach; one leaves it when somebody undoes by
    hand what may have been done. Of these, `fresh` ones no drain has seen yet.
    """

    house: House
    store: SqlPeople
    records: list[str]
    dead: dict[str, str] = field(default_factory=dict)  # what each became, "" for deleted
    asked: set[str] = field(default_factory=set)  # opted out by somebody, ever
    joined: list[set[str]] = field(default_factory=list)  # whatever was one person at any time
    owed: set[str] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    waiting: set[str] = field(default_factory=set)  # persons whose event waits for their first id
    addressed: set[str] = field(default_factory=set)  # addresses that no drain has looked up
    stays: set[str] = field(default_factory=set)  # out until somebody clears them by hand
    by_hand: set[str] = field(default_factory=set)  # persons cleared so, and not named since

    # What happened ----------------------------------------------------------------------------

    def owe(self, named: set[str]) -> None:
        """An event names these: they and whoever shares an id with them are to be reached."""
        held = [{person, *ids} for person, ids in self._ids().items()]
        reached = closure(held, named)
        self.asked |= named
        self.owed |= reached
        self.fresh |= reached
        self.by_hand -= reached
        self.waiting |= {each for each in named if {each} in held}

    def clears(self, person: str) -> None:
        """Somebody clears a person by hand: what marked them is done, and is not done again."""
        self.owed.discard(person)
        self.stays.discard(person)
        self.by_hand.add(person)

    def begins(self) -> None:
        """A drain begins: whom the addresses mean may be opted out from now on."""
        for address in self.addressed:
            self.asked |= {person.person_id for person in self.store.find_email(address)}

    def looked_up(self) -> None:
        """A drain has looked everything up that it was given."""
        for address in sorted(self.addressed):
            self.owe({person.person_id for person in self.store.find_email(address)})
        self.addressed.clear()
        self.fresh.clear()
        self.waiting = {p.person_id for p in self.store.find(self.waiting) if not p.salesforce_ids}

    def hold(self, person: str, record: str) -> None:
        """The people side learns one more id of a person."""
        self.store.add(Person(person, salesforce_ids=(record,)))
        self.joined.append({person, record})
        if person in self.waiting:
            cleared = set(self.by_hand)
            self.owe({person})  # by an event of before
            self.owed -= cleared
            self.by_hand = cleared
            self.waiting.add(person)

    def dies(self, record: str, became: str) -> None:
        """A record was merged or converted into another, or deleted ("")."""
        self.undone(record)
        self.dead[record] = became
        if became:
            self.joined.append({record, became})

    def lives_again(self, record: str) -> None:
        """A record was undeleted: what had been done for it by then is not done again."""
        passed = {each for each in self.owed if record in self.chain(each)}
        self.owed -= passed - self.fresh
        del self.dead[record]

    def undone(self, record: str) -> None:
        """A write that its event may have made into this record is not made again."""
        if self.ticked(record):
            self.owed -= {each for each in self.owed if self.chain(each)[-1] == record}

    # What must be so --------------------------------------------------------------------------

    def over_reached(self) -> set[str]:
        """Who is opted out and was never joined to anybody who asked."""
        ticked = {each for each in self.records if each not in self.dead and self.ticked(each)}
        known = {each for group in self.joined for each in group}
        return (self.out() & known | ticked) - closure(self.joined, self.asked)

    def missed(self, keys: set[str]) -> set[str]:
        """Those of the keys, or what they live on as, that are not opted out."""
        out = self.out()
        live = {each: self.chain(each)[-1] for each in keys}
        return {
            each
            for each, last in live.items()
            if not (self.ticked(last) if self._is_record(last) else last in out)
            and last not in self.dead
        }

    def asserted(self) -> set[str]:
        """Who says now that somebody is opted out: either side, bin included, and what is owed.

        An event has nothing to say any more where it came to a record that is deleted.
        """
        named = {p.person_id for each in self.addressed for p in self.store.find_email(each)}
        self.owe(named)
        ticked = {each for each in self.records if self.ticked(each)}
        ends = {self.chain(each)[-1] for each in self.owed} - self.dead.keys()
        return {self.chain(each)[-1] for each in self.out() | ticked} | ends

    def held(self) -> list[set[str]]:
        """Each person with the records that theirs live on as now."""
        return [
            {person, *(self.chain(each)[-1] for each in ids)} for person, ids in self._ids().items()
        ]

    # How things stand --------------------------------------------------------------------------

    def out(self) -> set[str]:
        """The persons the people side holds opted out, by its table."""
        return {row[0] for row in self._rows("SELECT person_id FROM people WHERE unsubscribed")}

    def _ids(self) -> dict[str, list[str]]:
        """The Salesforce Ids of each person, by the people side's tables."""
        ids: dict[str, list[str]] = {}
        for person, held in self._rows(_IDS):
            ids.setdefault(person, []).extend([held] if held else [])
        return ids

    def _rows(self, asked: str) -> list[tuple[str, ...]]:
        # After each move, so by the driver itself.
        with closing(self.store.engine.raw_connection()) as db:
            return db.cursor().execute(asked).fetchall()

    def live_contacts(self) -> list[str]:
        """Contacts that are neither merged nor deleted."""
        return [each for each in self.records if each not in self.dead and each.startswith("003")]

    def binned(self) -> list[str]:
        """Records that can be undeleted: a converted lead cannot."""
        return [each for each, became in self.dead.items() if not became or each[:3] == "003"]

    def chain(self, record: str) -> list[str]:
        """The record and what it became, one after the other; the last is live, or deleted."""
        chain = [record]
        while (onward := self.dead.get(chain[-1], "")) and onward not in chain:
            chain.append(onward)
        return chain

    def ticked(self, record: str) -> bool:
        """Whether its box is ticked, also in the bin."""
        sobject = object_of(record)
        asked = f'SELECT "{name_on(sobject, EMAIL_OPT_OUT)}" FROM "{sobject}" WHERE "Id" = ?'  # noqa: S608 - ours
        return bool(self.house.org.db.execute(asked, (record,)).fetchone()[0])

    def _is_record(self, key: str) -> bool:
        return key in self.records


def closure(groups: list[set[str]], keys: set[str]) -> set[str]:
    """The keys, and whatever stands in a group with one of them, over any number of groups."""
    found = set(keys)
    while grown := {each for group in groups if group & found for each in group} - found:
        found |= grown
    return found
