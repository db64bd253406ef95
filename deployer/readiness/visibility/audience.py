"""How many active users of each profile may read and edit the field and the records under it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from itertools import product
from typing import NamedTuple


class Level(IntEnum):
    """Access to a field or to an object; more is greater, and includes less."""

    NONE = 0
    READ = 1
    EDIT = 2


class Reach(NamedTuple):
    """What some users may do: with the object's records, and with the field."""

    record: Level
    field: Level

    @property
    def level(self) -> Level:
        """What is left of both."""
        return min(self)


@dataclass(frozen=True, slots=True)
class Audience:
    """Users by what they may do: layout object -> profile id -> reach -> active users.

    A profile's users sum up to its active users; a reach without users is left out.
    """

    users: Mapping[str, Mapping[str, Mapping[Reach, int]]]

    def of(self, object_name: str, profile_id: str) -> Mapping[Reach, int]:
        """One profile's users on one object; empty when nothing is told of them."""
        return self.users.get(object_name, {}).get(profile_id, {})


AtLeast = Mapping[Reach, int]
"""Users whose permission sets and groups alone give at least this; NONE leaves that side open."""


def split_users(total: int, own: Reach, at_least: AtLeast) -> dict[Reach, int]:
    """How one profile's users divide, from what the profile gives and counts of what sets add.

    `at_least` needs every reach but NONE, NONE; a reach that is missing has no users.
    """

    def reaching(record: int, field: int) -> int:
        if record > Level.EDIT or field > Level.EDIT:
            return 0
        missing = Reach(
            Level(record) if record > own.record else Level.NONE,
            Level(field) if field > own.field else Level.NONE,
        )
        return total if not any(missing) else at_least.get(missing, 0)

    return {
        Reach(record, field): users
        for record, field in product(Level, Level)
        if (
            users := reaching(record, field)
            - reaching(record + 1, field)
            - reaching(record, field + 1)
            + reaching(record + 1, field + 1)
        )
    }


def asked_reaches() -> Iterator[Reach]:
    """Every reach that `split_users` wants counted."""
    return (Reach(*pair) for pair in product(Level, Level) if any(pair))
