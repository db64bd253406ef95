"""The catalogue: which objects and standard fields this org has."""

from __future__ import annotations

from practice_org.objects.access import ACCESS, OBJECT_FIELDS, SYSTEM_PERMISSIONS
from practice_org.objects.people import PEOPLE, PERSON_FIELDS, mirrored
from practice_org.objects.setup import SETUP
from practice_org.objects.shapes import Api, Field, Kind, Sharing, SObject
from practice_org.objects.virtual import VIRTUAL

OBJECTS: dict[str, SObject] = {found.name: found for found in (*PEOPLE, *ACCESS, *SETUP, *VIRTUAL)}
_BY_LOWER = {name.lower(): found for name, found in OBJECTS.items()}
_BY_PREFIX = {found.prefix: found for found in OBJECTS.values() if found.prefix}


def find_object(name: str) -> SObject | None:
    """The object of this name, in any case; None when there is none."""
    return _BY_LOWER.get(name.lower())


def object_of_id(record_id: str) -> SObject | None:
    """The object whose records carry this id's key prefix."""
    return _BY_PREFIX.get(record_id[:3])


__all__ = [
    "OBJECTS",
    "OBJECT_FIELDS",
    "PERSON_FIELDS",
    "SYSTEM_PERMISSIONS",
    "Api",
    "Field",
    "Kind",
    "SObject",
    "Sharing",
    "find_object",
    "mirrored",
    "object_of_id",
]
