"""What the sync asks of the people side, whatever keeps it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from sync.people.model import HistoryEntry, Mark, Marked, PeopleCount, Person


class People(Protocol):
    """A people store. `conformance.PeopleConformance` says in tests what each method promises.

    Methods raise TryLater when the store is busy or away for a while, and OrgSaidNo when asking
    again does not help.
    """

    def identity(self) -> str:
        """A stable text that says which store this is; it holds no secret.

        Another store, or one that was made anew and empty in its place, has another.
        """
        ...

    def opted_out(self) -> Iterator[Person]:
        """Everybody unsubscribed, streamed, as of one moment."""
        ...

    def everybody(self) -> Iterator[Person]:
        """All people, streamed, as of one moment."""
        ...

    def holders(self, salesforce_ids: Collection[str]) -> list[Person]:
        """Everybody who holds one of these 18-character ids, each with all of theirs.

        Any number of ids.
        """
        ...

    def find(self, person_ids: Collection[str]) -> list[Person]:
        """Those of these people who are here."""
        ...

    def find_email(self, email: str) -> list[Person]:
        """Everybody with this address, compared as `model.to_email_key` does; nobody for ""."""
        ...

    def mark(self, marks: Sequence[Mark]) -> list[Marked]:
        """Mark people unsubscribed, all in one transaction; an answer for each, in order.

        Again is harmless. Of several times the earliest is kept, with its source and reason, so
        the order of marks does not matter.
        """
        ...

    def add(self, *people: Person) -> None:
        """Add people, all in one transaction.

        Of a known one the ids are joined, and whoever is unsubscribed stays so.
        """
        ...

    def clear(self, person_id: str, at: datetime, reason: str, by: str) -> Marked:
        """Take the unsubscription back: a resubscribe, the only way to lose one.

        ALREADY when the person was not unsubscribed. Errors: OrgSaidNo where only another system
        may do that.
        """
        ...

    def history(self, person_id: str) -> list[HistoryEntry]:
        """What happened to this person, the oldest first; empty for one who is not here."""
        ...

    def count(self) -> PeopleCount:
        """How many people there are."""
        ...

    def close(self) -> None:
        """Let go of the store."""
        ...
