"""C23, C30, C32 and C33: who may read and edit the field, and who would see it."""

from __future__ import annotations

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.readiness.checks.layouts import PUT, holders, unread
from deployer.readiness.checks.saying import HELP, named, passed, said
from deployer.readiness.facts.grants import OBJECTS, Grants
from deployer.readiness.facts.placements import Layouts
from deployer.readiness.visibility import Headline, Obstacle, Verdict, Visibility

_FLS = HELP + "platform.users_fields_fls.htm&type=5"
_WORDS = {
    Obstacle.RECORDS_CLOSED: "open no records",
    Obstacle.RECORDS_READONLY: "edit no records",
}
_SETS = HELP + "platform.perm_sets_overview.htm&type=5"


def _coverage(facts: Facts) -> list[Finding]:
    """Who may open no record of the object, or edit none, lacks that and not the field."""
    visibility = value(facts, "visibility", Visibility)
    found = [
        _seen(line, *(_held_up(visibility, line.object, obstacle) for obstacle in _WORDS))
        for line in visibility.headline
    ]
    return found or [said(Severity.UNKNOWN, "no active user is assigned a layout")]


def _seen(line: Headline, closed: int, locked: int) -> Finding:
    blind = line.hidden - closed
    told = [f"{line.object}: {line.edits} of {line.users} active users can tick the field"]
    counts = {f"{line.sees} only see it": line.sees,
              f"{blind} do not see it": blind,
              f"{line.partly} do on some of their pages only": line.partly,
              f"of {line.unknown} it cannot be told": line.unknown,
              f"{closed} may open no such record": closed,
              f"{locked} may edit no such record": locked}  # fmt: skip
    told += [words for words, count in counts.items() if count]
    weights = {Severity.FAIL: blind + line.partly, Severity.UNKNOWN: line.unknown,
               Severity.WARN: max(line.sees - locked, 0)}  # fmt: skip
    severity = next((each for each, count in weights.items() if count), Severity.PASS)
    return said(severity, ", ".join(told))


def _held_up(visibility: Visibility, object_name: str, obstacle: Obstacle) -> int:
    """Users of the object's layouts whom this holds up, each profile's once."""
    found: dict[str, int] = {}
    for row in visibility.rows:
        if row.object == object_name and row.obstacle is obstacle:
            found[row.profile] = max(row.users, found.get(row.profile, 0))
    return sum(found.values())


def _records(facts: Facts) -> list[Finding]:
    rows = value(facts, "visibility", Visibility).rows
    found = []
    for obstacle, words in _WORDS.items():
        held = (row for row in rows if row.obstacle is obstacle)
        places = sorted({f"{row.profile} ({row.object})" for row in held})
        if places:
            told = f"users of these profiles {words}, field or no field: {named(places)}"
            found.append(said(Severity.INFO, told))
    return found or passed("whoever has the field in front of them may edit the records")


def _granted(facts: Facts) -> list[Finding]:
    editing = value(facts, "grants", Grants).editing
    without = [obj for obj in OBJECTS if not editing.get(obj)]
    if without:
        return [said(Severity.FAIL, f"nothing gives edit on the field of {' and '.join(without)}")]
    told = ", ".join(f"{obj}: {editing[obj]}" for obj in OBJECTS)
    return passed(f"profiles and permission sets that give edit: {told}")


def _mismatch(facts: Facts) -> list[Finding]:
    """Profiles whose users have one half: the field on a page, or access to it."""
    layouts = value(facts, "layouts", Layouts).all
    holding = {(each.object, each.name) for each in holders(facts, layouts)}
    rows = value(facts, "visibility", Visibility).rows
    hidden = [row for row in rows if row.verdict is Verdict.HIDDEN and row.users
              and row.obstacle is not Obstacle.RECORDS_CLOSED]  # fmt: skip
    granted = value(facts, "grants", Grants).profiles
    blank = sorted({row.profile for row in hidden if (row.object, row.layout) in holding})
    unseen = sorted({row.profile for row in hidden if row.profile in granted} - set(blank))
    found = unread(facts, layouts)
    if blank:
        found.append(said(Severity.WARN, f"on the layout, yet not seen: {named(blank)}"))
    if unseen:
        found.append(said(Severity.WARN, f"access, and pages without it: {named(unseen)}"))
    return found or passed("whoever has it on a page has access, and the other way round")


CHECKS = (
    Check("C23", "Coverage", Severity.FAIL, "How many active users would see the field?",
          ("visibility",), _coverage, PUT, HELP + "platform.layouts_assigning.htm&type=5"),
    Check("C30", "Field-level security", Severity.FAIL, "Does anything give edit on the field?",
          ("grants",), _granted, PUT, _FLS),
    Check("C32", "Page and access agree", Severity.WARN, "Who has the field on a page without "
          "access, or access without a page?",
          ("layouts", "placements", "grants", "visibility"), _mismatch, PUT, _FLS),
    Check("C33", "Object access", Severity.INFO, "Who has it on a page and may not edit the "
          "records?", ("visibility",), _records, "Setup > Permission Sets > the users' set > "
          "Object Settings > Contact, then Lead: tick Edit", _SETS),
)  # fmt: skip
