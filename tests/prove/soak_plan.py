"""What a soak does, drawn from its seed: who is sent what, in which order, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum
from random import Random

DUPLICATE, POISON, OLD, RESUBSCRIBED = 0.05, 0.01, 0.10, 0.005
# Never asked for, and so never opted out.
SILENT_SHARE = 0.05


class Kind(Enum):
    """What one delivery is."""

    NEW = "new"
    DUPLICATE = "sent again, word for word"
    FORGED = "signed by nobody"
    BROKEN = "signed, and no JSON"
    NOBODY = "signed, and names nobody"

    @property
    def is_poison(self) -> bool:
        """Whether it has to be refused."""
        return self not in {Kind.NEW, Kind.DUPLICATE}


class Selected(Enum):
    """How a delivery names the person."""

    PERSON = "person_id"
    EMAIL = "email"
    RECORD = "salesforce_id"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery: `number` is its webhook's id, `age` how long ago it happened."""

    number: int
    person: int
    kind: Kind
    selected: Selected
    age: timedelta


class Upset(Enum):
    """What goes wrong for a while, as faults of the practice org: place and code.

    The limit is the last, since nobody asks the org for an hour after it.
    """

    UNAVAILABLE = (("any", "HTML_503"),)
    REVOKED = (("rest", "INVALID_SESSION_ID"), ("token", "EXPIRED_TOKEN"))
    READ_ONLY = (("writes", "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"),)
    LIMIT = (("rest", "REQUEST_LIMIT_EXCEEDED"),)


class Act(Enum):
    """What happens at a mark."""

    KILL = "SIGKILL"
    RESTART = "the database is stopped and started"
    CRASH = "the database dies and is started"
    BEGIN = "an upset begins"
    END = "an upset is over"


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """After so many deliveries this happens."""

    after: int
    act: Act = field(compare=False)
    upset: Upset | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """So many `events` to so many `people`, with so many kills.

    `outages` befall what keeps the ledger, in this order; a file has none.
    """

    seed: int
    events: int
    people: int
    kills: int
    outages: tuple[Act, ...] = ()

    @property
    def resubscribers(self) -> range:
        """Who resubscribes, once each; they are sent one event, at the beginning."""
        return range(int(self.events * RESUBSCRIBED))

    @property
    def silent(self) -> range:
        """Who is never sent anything."""
        return range(self.people - int(self.people * SILENT_SHARE), self.people)

    def deliveries(self) -> Iterator[Delivery]:
        """Every delivery, in the order of their being sent."""
        draw = Random(self.seed)  # noqa: S311 - repeatable on purpose
        asking = range(self.resubscribers.stop, self.silent.start)
        for number in range(self.events):
            if number < self.resubscribers.stop:
                yield Delivery(number, number, Kind.NEW, Selected.PERSON, timedelta(0))
                continue
            kind = draw.choices(
                (Kind.DUPLICATE, draw.choice((Kind.FORGED, Kind.BROKEN, Kind.NOBODY)), Kind.NEW),
                (DUPLICATE, POISON, 1 - DUPLICATE - POISON),
            )[0]
            age = timedelta(hours=draw.uniform(1, 240)) if draw.random() < OLD else timedelta(0)
            selected = draw.choice((Selected.PERSON, Selected.PERSON, *Selected))
            yield Delivery(number, draw.choice(asking), kind, selected, age)

    def marks(self) -> list[Mark]:
        """What happens when: kills anywhere, the upsets one after the other, outages between."""
        draw = Random(f"marks {self.seed}")  # noqa: S311 - repeatable on purpose
        found = [
            Mark(draw.randrange(self.events // 20, self.events), Act.KILL)
            for _ in range(self.kills)
        ]
        for number, upset in enumerate(Upset):
            begin = self.events * (2 * number + 2) // 11
            found.append(Mark(begin, Act.BEGIN, upset))
            found.append(Mark(begin + self.events // 25, Act.END, upset))
        found += [
            Mark(self.events * (2 * number + 3) // 11, outage)
            for number, outage in enumerate(self.outages)
        ]
        return sorted(found)
