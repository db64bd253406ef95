"""From an accepted event to what it must reach: the persons it means, and the records they hold."""

from __future__ import annotations

import hashlib

from deployer.errors import TryLater
from sync.ledger.events import Event, Selector, accepted_events
from sync.ledger.ledger import Ledger
from sync.ledger.targets import Side, TargetState, Want, replace_waiting, spread, waiting, want_more
from sync.people.model import Person, to_record_ids
from sync.people.protocol import People

LOT = 200


def spread_events(ledger: Ledger, people: People) -> None:
    """Write down the targets of every accepted event.

    While the people side does not answer, a record that an event names itself is written down all
    the same: neither side holds up the other.
    """
    while events := accepted_events(ledger, LOT):
        for event in events:
            try:
                persons = _persons(people, event)
            except TryLater:
                _want_named_record(ledger, events)
                return
            spread(ledger, event.id, _wants(close_over(people, persons)))


def _want_named_record(ledger: Ledger, events: list[Event]) -> None:
    for event in events:
        if event.selector is Selector.SALESFORCE:
            want_more(ledger, event.id, [Want(Side.ORG, event.selected, event.selected)])


def _persons(people: People, event: Event) -> list[Person]:
    """Everybody the event means; somebody new when nobody is known by it."""
    found = {
        Selector.PERSON: lambda: people.find([event.selected]),
        Selector.EMAIL: lambda: people.find_email(event.selected),
        Selector.SALESFORCE: lambda: people.holders([event.selected]),
    }[event.selector]()
    if found:
        return found
    stranger = _stranger(event)
    people.add(stranger)
    return [stranger]


def _stranger(event: Event) -> Person:
    """A person nobody knew. The id is the event's, never made from the address: it is shown."""
    if event.selector is Selector.PERSON:
        return Person(event.selected)
    digest = hashlib.sha256(f"{event.id}:{event.received_at}".encode()).hexdigest()
    person_id = f"optout-{digest[:16]}"
    if event.selector is Selector.EMAIL:
        return Person(person_id, email=event.selected)
    return Person(person_id, salesforce_ids=to_record_ids([event.selected]))


def close_over(people: People, persons: list[Person]) -> list[Person]:
    """These persons and everybody joined to them by a shared id, over any number of steps."""
    reached = {person.person_id: person for person in persons}
    asked: set[str] = set()
    while new := {i for p in reached.values() for i in p.salesforce_ids} - asked:
        asked |= new
        for person in people.holders(new):
            reached.setdefault(person.person_id, person)
    return list(reached.values())


def _wants(persons: list[Person]) -> list[Want]:
    """Each person, and each record once; a person alone without an id waits for one."""
    wants = [Want(Side.PEOPLE, person.person_id, person.person_id) for person in persons]
    records = {i: person.person_id for person in persons for i in person.salesforce_ids}
    wants += [Want(Side.ORG, record, owner) for record, owner in records.items()]
    wants += [
        Want(Side.ORG, person.person_id, person.person_id, TargetState.WAITING)
        for person in persons
        if not person.salesforce_ids
    ]
    return wants


def look_at_waiting(ledger: Ledger, people: People) -> None:
    """Give those who waited for a Salesforce Id their records, where they have one now."""
    targets = waiting(ledger)
    known = {p.person_id: p for p in people.find({target.key for target in targets})}
    for target in targets:
        person = known.get(target.key)
        if person is not None and person.salesforce_ids:
            replace_waiting(ledger, target, _wants(close_over(people, [person])))


def wants_from_records(people: People, record_ids: list[str]) -> list[Want]:
    """What else an event must reach once it has come to these records."""
    return _wants(close_over(people, people.holders(record_ids)))
