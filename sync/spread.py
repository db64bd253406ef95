"""From an accepted event to what it must reach: the persons it means, and the records they hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from deployer.errors import TryLater
from sync.batches import batches
from sync.database.postgresql import Room, one_at_a_time
from sync.database.views import reading
from sync.ledger.events import Event, Selector, accepted_events
from sync.ledger.fences import closed_events
from sync.ledger.ledger import Ledger
from sync.ledger.targets import Side, TargetState, Want, spread, want_more
from sync.ledger.waiting import put_last, replace_waiting, waiting
from sync.people.model import Person, to_email_key, to_record_ids
from sync.people.protocol import People

LOT = 200
MOST_LOOKED_AT = 2_000


def spread_events(ledger: Ledger, people: People) -> int:
    """Write down the targets of the oldest accepted events, in one commit; 0 when none is left.

    While the people side does not answer, a record that an event names itself is written down all
    the same, and the answer is 0: neither side holds up the other.
    """
    with one_at_a_time(ledger.engine, Room.SPREADING):  # many drains would all take the same lot
        return _spread_lot(ledger, people)


def _spread_lot(ledger: Ledger, people: People) -> int:
    events = accepted_events(ledger, LOT)
    if not events:
        return 0
    try:
        meant = _meant(people, events)
        joined = _by_id(close_over(people, [p for who in meant for p in who], _records(events)))
    except TryLater:
        _want_named_records(ledger, events)
        return 0
    means = list(zip(events, meant, strict=True))
    with reading(ledger.engine) as db:
        closed = closed_events(db, {e.id: (e.received_at, _named(e, who)) for e, who in means})
    spread(
        ledger,
        {e.id: _marks(who) if e.id in closed else _wants(_joined(who, joined)) for e, who in means},
    )
    # What came in meanwhile is for the next drain: else a steady stream would hold up both sides.
    return len(events) if len(events) == LOT else 0


def _want_named_records(ledger: Ledger, events: Iterable[Event]) -> None:
    named = [event for event in events if event.selector is Selector.SALESFORCE]
    want_more(ledger, {e.id: [Want(Side.ORG, e.selected, e.selected)] for e in named})


def _records(events: Iterable[Event]) -> list[str]:
    return [event.selected for event in events if event.selector is Selector.SALESFORCE]


def _meant(people: People, events: Sequence[Event]) -> list[list[Person]]:
    """Everybody each event means; somebody new, once, where nobody is known by it."""
    known = {selector: _find(people, selector, events) for selector in Selector}
    strangers: dict[tuple[Selector, str], Person] = {}
    meant = []
    for event in events:
        found = known[event.selector].get(_key(event))
        new = (event.selector, _key(event))
        meant.append(found or [strangers.setdefault(new, _stranger(event))])
    people.add(*strangers.values())
    return meant


def _named(event: Event, persons: Iterable[Person]) -> list[str]:
    """Whom it means; a record that it names itself, whoever holds that now."""
    if event.selector is Selector.SALESFORCE:
        return [event.selected]
    return [person.person_id for person in persons]


def _key(event: Event) -> str:
    return to_email_key(event.selected) if event.selector is Selector.EMAIL else event.selected


def _find(
    people: People, selector: Selector, events: Iterable[Event]
) -> Mapping[str, list[Person]]:
    """Who is known by what the events of this kind name."""
    keys = list(dict.fromkeys(_key(event) for event in events if event.selector is selector))
    if not keys:
        return {}
    if selector is Selector.PERSON:
        return {person.person_id: [person] for person in people.find(keys)}
    if selector is Selector.EMAIL:
        return {key: people.find_email(key) for key in keys}
    return _by_id(people.holders(keys))


def _by_id(persons: Iterable[Person]) -> dict[str, list[Person]]:
    """Who holds each id."""
    holders: dict[str, list[Person]] = {}
    for person in persons:
        for record_id in person.salesforce_ids:
            holders.setdefault(record_id, []).append(person)
    return holders


def _joined(persons: Iterable[Person], holders: Mapping[str, list[Person]]) -> list[Person]:
    """These persons and everybody joined to them, among those who hold an id."""
    reached = {person.person_id: person for person in persons}
    found = list(reached.values())
    for person in found:  # which grows meanwhile
        for record_id in person.salesforce_ids:
            new = [p for p in holders.get(record_id, ()) if p.person_id not in reached]
            reached.update((p.person_id, p) for p in new)
            found += new
    return found


def _stranger(event: Event) -> Person:
    """A person nobody knew. The id is the event's, never made from the address: it is shown."""
    if event.selector is Selector.PERSON:
        return Person(event.selected)
    digest = hashlib.sha256(f"{event.id}:{event.received_at}".encode()).hexdigest()
    person_id = f"optout-{digest[:16]}"
    if event.selector is Selector.EMAIL:
        return Person(person_id, email=event.selected)
    return Person(person_id, salesforce_ids=to_record_ids([event.selected]))


def close_over(people: People, persons: list[Person], held: Iterable[str] = ()) -> list[Person]:
    """These persons and everybody joined to them by a shared id, over any number of steps.

    `held` are ids whose holders are all among the persons.
    """
    reached = {person.person_id: person for person in persons}
    asked = set(held)
    while new := {i for p in reached.values() for i in p.salesforce_ids} - asked:
        asked |= new
        for person in people.holders(new):
            reached.setdefault(person.person_id, person)
    return list(reached.values())


def _marks(persons: Iterable[Person]) -> list[Want]:
    return [Want(Side.PEOPLE, person.person_id, person.person_id) for person in persons]


def _wants(persons: list[Person]) -> list[Want]:
    """Each person, and each record once; a person alone without an id waits for one."""
    wants = _marks(persons)
    records = {i: person.person_id for person in persons for i in person.salesforce_ids}
    wants += [Want(Side.ORG, record, owner) for record, owner in records.items()]
    wants += [
        Want(Side.ORG, person.person_id, person.person_id, TargetState.WAITING)
        for person in persons
        if not person.salesforce_ids
    ]
    return wants


def look_at_waiting(ledger: Ledger, people: People, most: int = MOST_LOOKED_AT) -> None:
    """Give those who waited for a Salesforce Id their records, where they have one now.

    Where very many wait, it is some of them each time, in turn.
    """
    looked_at = waiting(ledger, most)
    if len(looked_at) == most:
        put_last(ledger, looked_at)
    for targets in batches(looked_at, LOT):
        found = people.find({target.key for target in targets})
        known = {person.person_id: person for person in found if person.salesforce_ids}
        if known:
            joined = _by_id(close_over(people, list(known.values())))
            replace_waiting(
                ledger,
                {
                    target: _wants(_joined([known[target.key]], joined))
                    for target in targets
                    if target.key in known
                },
            )


def wants_from_records(people: People, record_ids: list[str]) -> list[Want]:
    """What else an event must reach once it has come to these records."""
    return _wants(close_over(people, people.holders(record_ids), record_ids))
