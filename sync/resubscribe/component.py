"""The whole component of one person: everybody and every record joined by ids and aliases."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from deployer.errors import CouldNotTell, UsageError
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind
from deployer.settings.record_ids import to_18
from sync.batches import batches
from sync.database.views import reading
from sync.fields import object_of
from sync.ledger.aliases import known_aliases, sources
from sync.ledger.fences import Standing
from sync.ledger.ledger import Ledger, from_text, to_text
from sync.ledger.resubscribes import Member
from sync.ledger.targets import Side
from sync.org_records import Fate, OrgDoor, Record, fetch_fates
from sync.people.model import Person, to_record_id
from sync.people.protocol import People

_STANDING = {
    Fate.LIVE: Standing.LIVE,
    Fate.MOVED: Standing.DEAD,
    Fate.GONE: Standing.DEAD,
    Fate.NOT_FOUND: Standing.UNSEEN,
    Fate.NOBODY: Standing.UNSEEN,
}
# Dead ids that lead to a record: (object asked, column that is answered, column that leads there,
# object it leads to). Source: Object Reference, "Contact", "Lead", "Account".
_LEADING = (
    ("Contact", "Id", "MasterRecordId", "Contact"),
    ("Lead", "Id", "MasterRecordId", "Lead"),
    ("Lead", "Id", "ConvertedContactId", "Contact"),
    ("Account", "Id", "MasterRecordId", "Account"),
)
_PAIR = ("Account", "PersonContactId", "Id", "Account")
_IDS_A_QUERY = 200


@dataclass(frozen=True, slots=True)
class Component:
    """What was read: members by key, the ticked boxes of live records, the org's time then.

    `org_at` is "" when no record had to be asked for.
    """

    members: Mapping[str, Member]
    boxes: Mapping[str, tuple[str, ...]]
    org_at: str


@dataclass(frozen=True, slots=True)
class Sources:
    """Where a component is read from; `fields` are the boxes that matter."""

    ledger: Ledger
    people: People
    door: OrgDoor
    fields: tuple[str, ...]


def find_persons(people: People, who: str) -> list[Person]:
    """Those known by a person_id, a Salesforce Id (15 or 18 characters) or an e-mail address.

    Errors: UsageError when that is nobody.
    """
    record_id = to_record_id(who)
    found = people.find([who]) or (
        people.holders([record_id]) if record_id else people.find_email(who)
    )
    if not found:
        raise UsageError(
            "nobody is known by this",
            where="PERSON",
            hint="optout people list shows who there is; give a person_id or a Salesforce Id",
        )
    return found


class _Growing:
    """A component while it is followed from member to member."""

    def __init__(self, sources_: Sources, persons: list[Person]) -> None:
        self.sources = sources_
        self.persons = {person.person_id: person for person in persons}
        self.records: dict[str, Record] = {}
        self.org_at = ""

    def grow(self) -> bool:
        """Ask for the ids nobody has looked at yet; whether there were any."""
        held = {i for person in self.persons.values() for i in person.salesforce_ids}
        new = held - set(self.records)
        while new:
            self.records |= (found := self._fetch(new))
            new = (self._onward(found) | self._leading_to(found)) - set(self.records)
        for person in self.sources.people.holders(self.records):
            self.persons[person.person_id] = person
        return not held.issuperset(
            i for person in self.persons.values() for i in person.salesforce_ids
        )

    def _fetch(self, ids: Collection[str]) -> dict[str, Record]:
        door = self.sources.door
        found = fetch_fates(door.writer, door.shape, dict.fromkeys(ids, self.sources.fields))
        self.org_at = self.org_at or _org_time(door.writer)
        return found

    def _onward(self, found: Mapping[str, Record]) -> set[str]:
        """Where dead ids lead: an alias applies only while the old id is not live."""
        dead = {each for each, record in found.items() if record.fate is not Fate.LIVE}
        with reading(self.sources.ledger.engine) as db:
            kept = known_aliases(db, dead)
        told = {record.alias.live_id for record in found.values() if record.alias}
        return told | {alias.live_id for each, alias in kept.items() if not found[each].alias}

    def _leading_to(self, found: Mapping[str, Record]) -> set[str]:
        """Dead ids that lead here; one that lives again is another record."""
        with reading(self.sources.ledger.engine) as db:
            olds = {old for each in sources(db, set(found)).values() for old in each}
        olds |= _fetch_leading(self.sources.door, set(found))
        new = olds - set(self.records)
        return {each for each, r in self._fetch(new).items() if r.fate is not Fate.LIVE}


def find_component(from_: Sources, who: str) -> Component:
    """Read the component of whoever is known by `who`, both sides, as they are now.

    Errors: UsageError when that is nobody, or several people who are not joined; CouldNotTell
    when the org does not say its time; as any read of either side.
    """
    persons = find_persons(from_.people, who)
    growing = _Growing(from_, persons[:1])
    while growing.grow():
        pass
    if strangers := {person.person_id for person in persons} - set(growing.persons):
        raise UsageError(
            "several people are known by this, who share no record",
            where="PERSON",
            hint="name one of them: " + ", ".join(sorted({*strangers, persons[0].person_id})),
        )
    return _component(growing)


def _component(growing: _Growing) -> Component:
    first = min(growing.persons)
    in_order = sorted(growing.persons.values(), key=lambda person: person.person_id, reverse=True)
    owners = {i: person.person_id for person in in_order for i in person.salesforce_ids}
    members = [_person_member(person) for person in growing.persons.values()]
    members += [_record_member(r, owners.get(i, first)) for i, r in growing.records.items()]
    return Component(
        members={member.key: member for member in members},
        boxes={i: r.boxes for i, r in growing.records.items() if r.fate is Fate.LIVE and r.boxes},
        org_at=growing.org_at,
    )


def _person_member(person: Person) -> Member:
    stamp = f"{person.unsubscribed_at or ''} {person.source} {person.reason}"
    return Member(
        Side.PEOPLE, person.person_id, person.person_id, Standing.LIVE,
        opted_out=person.unsubscribed, stamp=stamp if person.unsubscribed else "",
    )  # fmt: skip


def _record_member(record: Record, person_id: str) -> Member:
    return Member(
        Side.ORG, record.record_id, person_id, _STANDING[record.fate],
        opted_out=bool(record.boxes), stamp=to_stamp(record.stamp),
    )  # fmt: skip


def read_member(from_: Sources, member: Member) -> tuple[Member | None, tuple[str, ...]]:
    """One member as it is now, None when it is not there, with its ticked boxes."""
    if member.side is Side.PEOPLE:
        found = from_.people.find([member.key])
        return (_person_member(found[0]) if found else None), ()
    door = from_.door
    record = fetch_fates(door.writer, door.shape, {member.key: from_.fields})[member.key]
    return _record_member(record, member.person_id), record.boxes


def to_stamp(told: str) -> str:
    """A time of the org's as the tables write times, however it was written; "" for none."""
    return to_text(from_text(told)) if told else ""


def _org_time(connection: Connection) -> str:
    try:
        return to_text(parsedate_to_datetime(connection.server_time))
    except ValueError as untold:
        raise CouldNotTell(
            "the org's answers do not say what time it is there",
            where=connection.org.instance_url,
            hint="a proxy that takes the Date header away is a usual cause; nothing was changed",
        ) from untold


def _fetch_leading(door: OrgDoor, ids: Collection[str]) -> set[str]:
    """Ids of records that were merged into these, became these, or are their Contact side."""
    found: set[str] = set()
    asked = (*_LEADING, _PAIR) if door.shape.person_accounts else _LEADING[:3]
    for sobject, answered, leads, to in asked:
        for lot in batches(sorted(i for i in ids if object_of(i) == to), _IDS_A_QUERY):
            soql = f"SELECT {answered} FROM {sobject} WHERE {leads} IN :ids"  # noqa: S608 - ours
            rows = door.writer.query_all(bind(soql, ids=lot))
            found.update(full for row in rows if (full := to_18(str(row[answered] or ""))))
    return found
