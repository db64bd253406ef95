"""People of another system: read from its export, told of changes by files."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain
from pathlib import Path

from deployer.clock import Clock
from deployer.errors import OrgSaidNo, TryLater
from sync.people.changes import Desk, joined, marked
from sync.people.files.index import open_index
from sync.people.files.inputs import Source, fingerprint
from sync.people.files.outbox import Kind, Outbox, Row, read_store_id
from sync.people.model import (
    Action,
    HistoryEntry,
    Mark,
    Marked,
    PeopleCount,
    Person,
    to_email_key,
)
from sync.people.sql import SqlPeople, make_store_id

_ACTIONS = {Kind.ADDED: Action.CREATED, Kind.UNSUBSCRIBED: Action.UNSUBSCRIBED}


@dataclass(frozen=True, slots=True)
class Known:
    """The export at one moment, and whom the files of changes add to it.

    `strangers` are in it under no name; `twins` are, under another person_id: an address or a
    record of theirs is somebody's there, and that somebody tells what they are by now.
    """

    mark: str
    index: SqlPeople
    added: dict[str, Person]
    strangers: dict[str, Person]
    twins: dict[str, Person]


@dataclass(slots=True)
class FilesPeople:
    """The People of an export; whoever was handed over is unsubscribed once the export says so."""

    source: Source
    outbox: Outbox
    folder: Path
    clock: Clock
    store: str
    _known: Known | None = field(default=None)

    def identity(self) -> str:
        return self.store

    def opted_out(self) -> Iterator[Person]:
        return self._now().index.opted_out()

    def everybody(self) -> Iterator[Person]:
        known = self._now()
        return chain(known.index.everybody(), known.strangers.values())

    def holders(self, salesforce_ids: Collection[str]) -> list[Person]:
        known, wanted = self._now(), set(salesforce_ids)
        strangers = (p for p in known.strangers.values() if wanted & set(p.salesforce_ids))
        return [*known.index.holders(wanted), *strangers]

    def find(self, person_ids: Collection[str]) -> list[Person]:
        known = self._now()
        found = known.index.find(person_ids)
        unknown = set(person_ids) - {person.person_id for person in found}
        others = known.strangers | known.twins
        return [*found, *(others[each] for each in sorted(unknown) if each in others)]

    def find_email(self, email: str) -> list[Person]:
        known, key = self._now(), to_email_key(email)
        strangers = (p for p in known.strangers.values() if key and to_email_key(p.email) == key)
        return [*known.index.find_email(email), *strangers]

    def mark(self, marks: Sequence[Mark]) -> list[Marked]:
        desk = Desk(self.find({mark.person_id for mark in marks}))
        shown = {mark.person_id for mark in marks if _is_out(desk.get(mark.person_id))}
        answers = [_mark(desk, mark, shown) for mark in marks]
        rows = [
            (Kind.UNSUBSCRIBED, change.after)
            for change in desk.changes()
            if change.after.person_id not in shown
        ]
        self._hand_over(rows)
        return answers

    def add(self, *people: Person) -> None:
        desk = Desk(self.find({person.person_id for person in people}))
        rows = []
        for person in people:
            change = joined(desk.get(person.person_id), person, self.clock.now())
            desk.note(change)
            if change.before != change.after:
                rows.append((Kind.ADDED, person))
        self._hand_over(rows)

    def clear(self, person_id: str, at: datetime, reason: str, by: str) -> Marked:
        """Refuse to hand over an opt-in, which the other system could apply after a newer opt-out.

        Errors: OrgSaidNo. Once that system was told, and its export shows it, this is ALREADY.
        """
        del at, reason, by
        (found,) = self.find([person_id]) or (None,)
        if found is None:
            return Marked.NOT_THERE
        if not found.unsubscribed:
            return Marked.ALREADY
        raise OrgSaidNo(
            "this person is another system's, and an opt-in is never handed over to it",
            where=person_id,
            hint="take the unsubscription back there; once its export shows that, run this again",
        )

    def history(self, person_id: str) -> list[HistoryEntry]:
        """What the files of changes say, and what the export says of now; it keeps no history."""
        rows = self.outbox.about(person_id)
        shown = [Row(Kind.UNSUBSCRIBED, p, self.clock.now()) for p in self.find([person_id])
                 if p.unsubscribed and p.unsubscribed_at]  # fmt: skip
        told = dict.fromkeys(_entry(row) for row in (*rows, *shown))
        return sorted(told, key=lambda entry: entry.at)

    def count(self) -> PeopleCount:
        known = self._now()
        index, strangers = known.index.count(), known.strangers.values()
        return PeopleCount(
            people=index.people + len(strangers),
            with_id=index.with_id + sum(bool(person.salesforce_ids) for person in strangers),
            unsubscribed=index.unsubscribed,
        )

    def close(self) -> None:
        if self._known is not None:
            self._known.index.close()
        self._known = None

    def _hand_over(self, rows: Sequence[tuple[Kind, Person]]) -> None:
        if rows:
            self.outbox.write(rows, self.clock.now())

    def _now(self) -> Known:
        """The export as it is; read again when it is another one. Errors: InputUnusable."""
        mark, added, known = fingerprint(self.source), self.outbox.added(), self._known
        if known is not None and (known.mark, known.added) == (mark, added):
            return known
        if known is not None and known.mark == mark:
            index = known.index
        else:
            self.close()
            index = open_index(self.folder, self.source, mark, self.clock, self.outbox.word)
        self._known = _known(mark, index, added)
        return self._known


def open_files(
    source: Source,
    output: Path,
    folder: Path,
    clock: Clock,
    make_id: Callable[[], str] = make_store_id,
) -> FilesPeople:
    """The people that `source` exports; changes go to `output`, and `folder` is for our own use.

    Errors: TryLater when output cannot be used; OrgSaidNo when a newer program wrote to it.
    """
    try:
        store = read_store_id(output, make_id)
    except OSError as refused:
        raise TryLater(
            f"the folder for changes cannot be used: {refused.strerror}",
            where=str(output),
            hint="see that it is there and writable, or correct output under [people]",
        ) from refused
    return FilesPeople(source, Outbox(output, make_id()), folder, clock, store)


def _known(mark: str, index: SqlPeople, added: dict[str, Person]) -> Known:
    here = {person.person_id for person in index.find(added)}
    new = {key: person for key, person in added.items() if key not in here}
    found = {key: _twin(index, person) for key, person in new.items()}
    twins = {key: twin for key, twin in found.items() if twin is not None}
    strangers = {key: person for key, person in new.items() if key not in twins}
    return Known(mark, index, added, strangers, twins)


def _twin(index: SqlPeople, person: Person) -> Person | None:
    """What those in the export who have this person's address or records say of them."""
    same = [*index.find_email(person.email), *index.holders(person.salesforce_ids)]
    if not same:
        return None
    ids = {*person.salesforce_ids, *(each for other in same for each in other.salesforce_ids)}
    return replace(
        person,
        salesforce_ids=tuple(sorted(ids)),
        unsubscribed=all(other.unsubscribed for other in same),
    )


def _is_out(person: Person | None) -> bool:
    return person is not None and person.unsubscribed


def _mark(desk: Desk, mark: Mark, shown: Collection[str]) -> Marked:
    known = desk.get(mark.person_id)
    if known is None:
        return Marked.NOT_THERE
    if mark.person_id in shown:
        return Marked.ALREADY
    desk.note(marked(known, mark)[0])
    return Marked.HANDED_OVER


def _entry(row: Row) -> HistoryEntry:
    person = row.person
    told = person.unsubscribed_at if row.kind is Kind.UNSUBSCRIBED else None
    return HistoryEntry(told or row.at, _ACTIONS[row.kind], person.source, person.reason)
