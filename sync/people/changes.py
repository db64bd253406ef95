"""What happens to a person, decided on values: join, mark, clear. Stores only write it down.

Opt-out wins and joining is a union, so any order of joins and marks ends the same; `cleared` alone
takes an unsubscription back.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sync.people.model import Action, HistoryEntry, Mark, Marked, Person

_NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Change:
    """A person before (None: not there) and after, and the lines the history gets."""

    before: Person | None
    after: Person
    entries: tuple[HistoryEntry, ...] = ()

    @property
    def new_ids(self) -> tuple[str, ...]:
        """The ids the person did not have before."""
        had = self.before.salesforce_ids if self.before else ()
        return tuple(one for one in self.after.salesforce_ids if one not in had)


def joined(known: Person | None, told: Person, now: datetime) -> Change:
    """Join what is told of a person to what is known: ids are added, true stays true.

    An address that is told replaces the known one. Of two unsubscriptions the earlier is kept.
    """
    if known is None:
        created = HistoryEntry(now, Action.CREATED, source=told.source)
        after = told if told.unsubscribed else _subscribed(told)
        return Change(None, after, (created, *_unsubscribed(told, now)))
    after = replace(
        known,
        email=told.email or known.email,
        salesforce_ids=tuple(sorted({*known.salesforce_ids, *told.salesforce_ids})),
    )
    if told.unsubscribed and (not known.unsubscribed or _order(told) < _order(known)):
        after = _take_unsubscription(after, told)
        return Change(known, after, _unsubscribed(told, now))
    return Change(known, after)


def marked(known: Person, mark: Mark) -> tuple[Change, Marked]:
    """Mark a person unsubscribed; an earlier mark wins over a later one."""
    told = Person(
        known.person_id,
        unsubscribed=True,
        unsubscribed_at=mark.at,
        source=mark.source,
        reason=mark.reason,
    )
    answer = Marked.ALREADY if known.unsubscribed else Marked.DONE
    return joined(known, told, mark.at), answer


def cleared(known: Person, at: datetime, reason: str, by: str) -> tuple[Change, Marked]:
    """Take an unsubscription back."""
    if not known.unsubscribed:
        return Change(known, known), Marked.ALREADY
    entry = HistoryEntry(at, Action.RESUBSCRIBED, reason=reason, by=by)
    return Change(known, _subscribed(known), (entry,)), Marked.DONE


def _subscribed(person: Person) -> Person:
    if not (person.unsubscribed or person.unsubscribed_at or person.source or person.reason):
        return person
    return replace(person, unsubscribed=False, unsubscribed_at=None, source="", reason="")


def _take_unsubscription(person: Person, told: Person) -> Person:
    return replace(
        person,
        unsubscribed=True,
        unsubscribed_at=told.unsubscribed_at,
        source=told.source,
        reason=told.reason,
    )


def _unsubscribed(person: Person, now: datetime) -> tuple[HistoryEntry, ...]:
    if not person.unsubscribed:
        return ()
    at = person.unsubscribed_at or now
    return (HistoryEntry(at, Action.UNSUBSCRIBED, person.source, person.reason),)


def _order(person: Person) -> tuple[datetime, str, str]:
    """Earlier first, unknown times last; texts break ties, so that the order told never matters."""
    return (person.unsubscribed_at or _NEVER, person.source, person.reason)


class Desk:
    """People while a batch of things happens to them, and what it comes to in the end."""

    def __init__(self, known: Iterable[Person]) -> None:
        self._now = {person.person_id: person for person in known}
        self._changes: dict[str, Change] = {}

    def get(self, person_id: str) -> Person | None:
        """The person as they are by now."""
        return self._now.get(person_id)

    def note(self, change: Change) -> None:
        """Go on from this change."""
        person_id = change.after.person_id
        first = self._changes.get(person_id)
        self._now[person_id] = change.after
        self._changes[person_id] = (
            Change(first.before, change.after, first.entries + change.entries) if first else change
        )

    def changes(self) -> list[Change]:
        """One change a person, without those that come to nothing."""
        return [c for c in self._changes.values() if c.before != c.after or c.entries]
