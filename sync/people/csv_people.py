"""A row of a CSV and the person it tells of, in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from deployer.settings.record_ids import to_18
from sync.people.model import PREFIXES, Person, to_record_id
from sync.people.moments import read_moment, to_text

_LONGEST_KEY = 255
_LONGEST_EMAIL = 320  # RFC 3696, erratum 1690: 64 + @ + 255
# t and f: how PostgreSQL's COPY writes them.
_FLAGS = {"true": True, "1": True, "yes": True, "t": True, "false": False, "0": False, "no": False,
          "f": False}  # fmt: skip
# Spreadsheets run what begins so. Source: OWASP, "CSV Injection".
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Refused(ValueError):
    """Why a row is not taken; names the column, never what stands in it."""


def to_person(cells: Sequence[str], places: Mapping[str, int], width: int) -> Person:
    """The person this row tells of, with one id or none.

    `places` says where each column stands. Errors: Refused.
    """
    if len(cells) != width:
        raise Refused(f"it has {len(cells)} cells, and the header has {width}")
    told = {name: cells[place] for name, place in places.items()}
    unsubscribed = _flag(told["unsubscribed"])
    salesforce_id = _record_id(told["salesforce_id"].strip())
    person = Person(
        person_id=_person_id(told["person_id"].strip()),
        email=_email(told["email"].strip()),
        salesforce_ids=(salesforce_id,) if salesforce_id else (),
    )
    if not unsubscribed:
        return person
    return Person(
        person.person_id,
        person.email,
        person.salesforce_ids,
        unsubscribed,
        _moment(told.get("unsubscribed_at", "").strip()),
        told.get("source", ""),
        told.get("reason", ""),
    )


def to_rows(person: Person) -> Iterator[tuple[str, ...]]:
    """The person's rows, one for each id, in the order of COLUMNS."""
    at = to_text(person.unsubscribed_at) if person.unsubscribed_at else ""
    flag = "true" if person.unsubscribed else "false"
    for one in person.salesforce_ids or ("",):
        yield (person.person_id, person.email, one, flag, at, person.source, person.reason)


def defuse(cell: str) -> str:
    """The cell for a spreadsheet's user: a text that would be run as a formula is quoted.

    So is one that looks as if it had been, and `fuse` gives back what was there.
    """
    return f"'{cell}" if cell.lstrip("'").startswith(_FORMULA) else cell


def fuse(cell: str) -> str:
    """What `defuse` was given."""
    quoted = cell.startswith("'") and cell.lstrip("'").startswith(_FORMULA)
    return cell[1:] if quoted else cell


def _person_id(text: str) -> str:
    if not text:
        raise Refused("person_id is empty")
    if len(text) > _LONGEST_KEY or not text.isprintable():
        raise Refused(f"person_id has line breaks or more than {_LONGEST_KEY} characters")
    return text


def _email(text: str) -> str:
    if len(text) > _LONGEST_EMAIL or not text.isprintable():
        raise Refused(f"email has line breaks or more than {_LONGEST_EMAIL} characters")
    return text


def _record_id(text: str) -> str:
    if not text:
        return ""
    full = to_record_id(text)
    if full is not None:
        return full
    if to_18(text) is not None:
        raise Refused(f"salesforce_id begins with none of {', '.join(PREFIXES)}")
    if len(text) == 18 and to_18(text[:15]) is not None:
        raise Refused("salesforce_id has a wrong ending: a letter or its case was changed")
    raise Refused("salesforce_id must have 15 or 18 letters and digits")


def _flag(text: str) -> bool:
    try:
        return _FLAGS[text.strip().casefold()]
    except KeyError as unknown:
        raise Refused("unsubscribed must be true or false (or 1, 0, yes, no)") from unknown


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    moment = read_moment(text)
    if moment is None:
        raise Refused("unsubscribed_at must be a time as 2026-11-24T20:00:00Z")
    return moment
