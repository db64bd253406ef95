"""The layouts that the org gives this login itself, to hold the computed matrix against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.errors import OptoutError
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.org import LayoutAssignment
from deployer.readiness.facts.asking import reason_of, told
from deployer.readiness.facts.placements import Assigned, Layouts
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import Answer, GetRequest

OBJECTS = ("Contact", "Lead")
MASTER = "012000000000000AAA"
# One layout's description is large, so a sample of the record types will do: one call in all.
MOST_TYPES = 12
_CLOSED = frozenset({"NOT_FOUND", "INVALID_TYPE", "INSUFFICIENT_ACCESS"})


@dataclass(frozen=True, slots=True)
class OwnLayout:
    """What this login gets for one record type: `assigned` by the tables, `given` by describe.

    Both are layout ids of 15 characters; `shows`: whether the field is on what was given.
    """

    object: str
    record_type_id: str
    assigned: str
    given: str
    shows: bool


@dataclass(frozen=True, slots=True)
class Effective:
    """A sample of this login's layouts; `closed` are objects whose records it may not open.

    `refused` are reasons why others of the sample could not be had, one each.
    """

    layouts: tuple[OwnLayout, ...]
    closed: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()


def fetch_effective(
    conn: Connection, field: str, facts: Mapping[str, Fact[object]]
) -> Fact[object]:
    """Two calls, with the facts layouts and assigned. Source: REST guide, "sObject Layouts"."""
    for name in ("layouts", "assigned"):
        fact = facts[name]
        if isinstance(fact, Unknown):
            return fact
    profile = told(lambda: _fetch_profile(conn))
    if isinstance(profile, Unknown):
        return profile
    sample = _sample(facts, profile.value)
    requests = [GetRequest(name, _path(name, held)) for name, held in sample.items()]
    try:
        answers = conn.composite(requests, purpose="this login's own layouts") if requests else []
    except OptoutError as refused:
        return Unknown(reason_of(refused))
    return Known(_effective(sample, answers, field))


def _fetch_profile(conn: Connection) -> str:
    path = f"sobjects/User/{conn.org.user_id}"
    user = conn.get_json(path, {"fields": "ProfileId"}, purpose="this login's profile")
    return str(user.get("ProfileId") or "")


def _sample(facts: Mapping[str, Fact[object]], profile: str) -> dict[str, LayoutAssignment]:
    """Assignments of this profile by a name that says the object: some of each object."""
    known = {name: fact.value for name, fact in facts.items() if isinstance(fact, Known)}
    layouts, assigned = known["layouts"], known["assigned"]
    if not isinstance(layouts, Layouts) or not isinstance(assigned, Assigned):
        return {}
    objects = {each.id: each.object for each in layouts.all}
    found: dict[str, LayoutAssignment] = {}
    for obj in OBJECTS:
        own = [a for a in assigned.all if a.profile_id == profile and objects[a.layout_id] == obj]
        found |= {f"{obj}_{number}": held for number, held in enumerate(own[:MOST_TYPES])}
    return found


def _path(name: str, held: LayoutAssignment) -> str:
    return f"sobjects/{_object(name)}/describe/layouts/{held.record_type_id or MASTER}"


def _object(name: str) -> str:
    return name.partition("_")[0]


def _effective(
    sample: Mapping[str, LayoutAssignment], answers: list[Answer], field: str
) -> Effective:
    found, closed, refused = [], [], []
    for answer in answers:
        held, obj = sample[answer.reference], _object(answer.reference)
        if answer.error is None:
            shows = field.casefold() in set(_fields(answer.body))
            given = str(answer.body.get("id") or "")[:15]
            found.append(OwnLayout(obj, held.record_type_id, held.layout_id, given, shows))
        elif answer.error.org_code in _CLOSED:
            closed.append(obj)
        else:
            refused.append(reason_of(answer.error))
    return Effective(tuple(found), tuple(dict.fromkeys(closed)), tuple(refused))


def _fields(layout: Any) -> Iterator[str]:
    for section in layout.get("detailLayoutSections") or ():
        for row in section.get("layoutRows") or ():
            for item in row.get("layoutItems") or ():
                for part in item.get("layoutComponents") or ():
                    yield str(part.get("value") or "").casefold()
