"""The naive answer to who has the field: one user, one page at a time, from the org's own tables.

Rights are what the org itself lets a user do, layouts and their assignments are read from its
tables; which page is in force and what a page shows is what was drawn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from xml.etree import ElementTree as ET

from visibility_org import APPS, FACTORS, NS, OBJECTS, Drawn, page_of

from practice_org.metadata.components import component_by_id, layout_assignments
from practice_org.metadata.names import decoded
from practice_org.org import Org
from practice_org.rights import FieldAccess, field_access, object_rights
from practice_org.tables import find_rows

WORLDS = tuple(product((False, True), repeat=3))
Cells = dict[tuple[str, ...], tuple[str, str, Counter]]


@dataclass(frozen=True)
class Given:
    """What a user gets for records of one type: the layout's name, how it holds the field."""

    kind: str
    layout: str
    standing: str


def naive(org: Org, drawn: Drawn) -> tuple[dict[str, Counter], Cells]:
    """Each object's users by verdict, and the same of every single page.

    A page goes by (object, profile, record type, app, form factor) and tells layout, page and
    users by verdict.
    """
    totals: dict[str, Counter] = {name: Counter() for name in OBJECTS}
    cells: Cells = {}
    profiles = {row["Id"]: row["Name"] for row in find_rows(org, "Profile")}
    for (name, profile_id, level), users in _alike(org).items():
        verdicts = set()
        for given in _given(org, profile_id, name):
            for app, factor in product(("", *APPS), FACTORS):
                where = name, profiles[profile_id], given.kind, app, factor
                page = in_force(drawn, where)
                verdict = _verdict(drawn, given.standing, (page, factor), level)
                cells.setdefault(where, (given.layout, page, Counter()))[2][verdict] += users
                verdicts.add(verdict)
        if verdicts:
            totals[name][_whole(verdicts)] += users
    return totals, cells


def _alike(org: Org) -> Counter:
    """Active users of each object, profile and level: whoever is alike there has the same pages."""
    users = find_rows(org, "User", IsActive=True)
    return Counter(
        (name, user["ProfileId"], _level(org, user["Id"], name))
        for name, user in product(OBJECTS, users)
    )


def _level(org: Org, user_id: str, name: str) -> str:
    """What the org lets this user do with the field of such records."""
    about = OBJECTS[name]
    rights = object_rights(org, user_id, about.page)
    field = field_access(org, user_id, about.page, about.field)
    if not rights.read or field is FieldAccess.NONE:
        return "hidden"
    return "edits" if rights.edit and field is FieldAccess.EDIT else "sees"


def _given(org: Org, profile_id: str, name: str) -> Iterator[Given]:
    kinds = {row["Id"]: row["DeveloperName"] for row in find_rows(org, "RecordType")}
    for found in layout_assignments(org):
        if (found.profile_id, found.object) == (profile_id, name):
            layout = component_by_id(org, found.layout_id)
            label = decoded(layout.full_name).partition("-")[2]
            label = label.removeprefix(f"{layout.namespace}__") if layout.namespace else label
            standing = _on_layout(layout.body, OBJECTS[name].field)
            yield Given(kinds.get(found.record_type_id, ""), label, standing)


def _on_layout(body: bytes, field: str) -> str:
    items = ET.fromstring(body).iter(f"{{{NS}}}layoutItems")
    found = [i for i in items if i.findtext(f"{{{NS}}}field") == field]
    behaviors = {i.findtext(f"{{{NS}}}behavior") for i in found}
    return "hidden" if not found else "sees" if behaviors == {"Readonly"} else "edits"


def _verdict(drawn: Drawn, standing: str, where: tuple[str, str], level: str) -> str:
    """The same in every world, or unknown: no rule and no phone is guessed at."""
    seen = {_least(_in_world(drawn, standing, where, world), level) for world in WORLDS}
    return seen.pop() if len(seen) == 1 else "unknown"


def _in_world(drawn: Drawn, on_layout: str, where: tuple[str, str], world: tuple) -> str:
    """What an editor of everything has when the two rules are met or not, on such a phone."""
    name, factor = where
    panel_rule, field_rule, phone_ignores_page = world
    if not name or (factor == "Small" and phone_ignores_page):
        return on_layout
    panel, own = drawn.pages[name]
    found = {"edit": {"edits"}, "readonly": {"sees"}}.get(own, set())
    found |= {"edits"} if own == "rule" and field_rule else set()
    found |= {on_layout} if panel == "shown" or (panel == "rule" and panel_rule) else set()
    return next((each for each in ("edits", "sees") if each in found), "hidden")


def _least(*seen: str) -> str:
    return next(each for each in ("hidden", "sees", "edits") if each in seen)


def _whole(verdicts: set[str]) -> str:
    """One user over all pages: shown here and hidden there is partly, whatever else is unknown."""
    if "hidden" in verdicts and verdicts & {"edits", "sees"}:
        return "partly"
    return next((each for each in ("unknown", "hidden", "sees") if each in verdicts), "edits")


def in_force(drawn: Drawn, where: tuple[str, ...]) -> str:
    """The page that the org shows there: the most particular setting wins."""
    name, profile, kind, app, factor = where
    for key, table in (
        ((name, app, factor, profile, kind), drawn.profile_pages),
        ((name, app, factor, profile, ""), drawn.profile_pages),
        ((name, app, factor), drawn.apps),
        ((name, factor), drawn.defaults),
    ):
        if key in table:
            return page_of(name, table[key])
    return ""
