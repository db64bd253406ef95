"""Where a sender keeps what an unsubscribe is made of: our words -> its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import Enum

from deployer.errors import UsageError
from sync.webhooks.formats import DEEPEST, Format

SELECTORS = ("person_id", "email", "salesforce_id")


@dataclass(frozen=True, slots=True)
class FieldMap:
    """A path each; "" where the sender has no such thing.

    JSON paths are dotted (`data.email`); in a form the whole text is the field's name. Without
    `occurred_at` an event happened when it came in, without `id` its key is the webhook-id or the
    hash of the body.
    """

    id: str = ""
    person_id: str = ""
    email: str = ""
    salesforce_id: str = ""
    occurred_at: str = ""
    reason: str = ""
    source: str = ""


NAMES = tuple(row.name for row in fields(FieldMap))
OWN_FIELDS = FieldMap(**{name: name for name in NAMES})


class Undated(Enum):
    """What an event is that lacks the time it happened, where the sender has a field for it."""

    REFUSED = "refused"
    HAPPENS_NOW = "happens-now"


@dataclass(frozen=True, slots=True)
class BodyShape:
    """How to read one sender's bodies."""

    format: Format = Format.JSON
    fields: FieldMap = OWN_FIELDS
    undated: Undated = Undated.REFUSED


OWN_SHAPE = BodyShape()


def to_field_map(given: Mapping[str, object], form: Format, where: str) -> FieldMap:
    """The table `fields` of a sender; what it does not name is not read.

    Errors: UsageError, one sentence about the first mistake.
    """
    for name, path in given.items():
        if name not in NAMES:
            raise _wrong(f"an unsubscribe has no field {name!r}", where, f"name {', '.join(NAMES)}")
        _check_path(name, path, form, where)
    found = FieldMap(**{name: str(path) for name, path in given.items()})
    paths = list(given.values())
    if len(set(paths)) < len(paths):
        raise _wrong("two fields have the same path", where, "give each a path of its own")
    if not any(asdict(found)[name] for name in SELECTORS):
        raise _wrong("fields do not say who unsubscribed", where, f"name {' or '.join(SELECTORS)}")
    return found


def _check_path(name: str, path: object, form: Format, where: str) -> None:
    if not isinstance(path, str) or not path:
        raise _wrong(f"the path of {name} must be a text", where, f'write {name} = "data.{name}"')
    parts = path.split(".") if form is Format.JSON else [path]
    if not all(parts):
        raise _wrong(f"the path of {name} has an empty part", where, "write it like data.email")
    if len(parts) > DEEPEST:
        raise _wrong(f"the path of {name} is more than {DEEPEST} deep", where, "shorten it")


def _wrong(what: str, where: str, hint: str) -> UsageError:
    return UsageError(what, where=where, hint=hint)
