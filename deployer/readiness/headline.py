"""How many active users would have the field, object by object, from the facts."""

from __future__ import annotations

from deployer.model.checks import Facts
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.org import AccessFacts
from deployer.readiness.facts.asking import value
from deployer.readiness.facts.placements import Assigned, Layouts, Placements
from deployer.readiness.visibility import Headline, Pages, Visibility, count_seen

_NEEDS = ("layouts", "assigned", "placements", "access")


def to_visibility(facts: Facts) -> Fact[object]:
    """The counts, or why they cannot be told."""
    for name in _NEEDS:
        fact = facts[name]
        if isinstance(fact, Unknown):
            return fact
    assigned = value(facts, "assigned", Assigned).all
    access = value(facts, "access", AccessFacts)
    found = []
    for pages in _pages(facts):
        mine = tuple(each for each in assigned if each.layout_id in pages.shown)
        if mine:
            seen = count_seen(pages, mine, access)
            found.append(Headline(seen.object, seen.users, seen.edits, seen.sees, seen.partly,
                                  seen.hidden))  # fmt: skip
    return Known(Visibility(tuple(found), ()))


def _pages(facts: Facts) -> list[Pages]:
    stands = value(facts, "placements", Placements).behaviors
    by_object: dict[str, dict[str, str]] = {}
    for layout in value(facts, "layouts", Layouts).all:
        behavior = (*stands[layout.id], "")[0]
        by_object.setdefault(layout.object, {})[layout.id] = behavior
    return [
        Pages(obj, "Contact" if obj == "PersonAccount" else obj, shown)
        for obj, shown in by_object.items()
    ]
