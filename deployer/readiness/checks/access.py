"""C23, C30, C32 and C33: who may read and edit the field, and who would see it."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.model.headline import Headline
from deployer.readiness.checks.layouts import PUT, holders, unread
from deployer.readiness.checks.saying import HELP, named, passed, said
from deployer.readiness.facts.grants import OBJECTS, Grants
from deployer.readiness.facts.placements import Layouts
from deployer.readiness.visibility import Obstacle, Row, Verdict, Visibility

_FLS = HELP + "platform.users_fields_fls.htm&type=5"
_WORDS = {
    Obstacle.RECORDS_CLOSED: "open no records",
    Obstacle.RECORDS_READONLY: "edit no records",
}
_SETS = HELP + "platform.perm_sets_overview.htm&type=5"


def _coverage(facts: Facts) -> list[Finding]:
    """Who may open no record of the object, or edit none, lacks that and not the field."""
    visibility = value(facts, "visibility", Visibility)
    fix = way_to_see(visibility.rows)
    found = [
        _seen(line, [row for row in visibility.rows if row.object == line.object], fix)
        for line in visibility.headline
    ]
    return found or [said(Severity.UNKNOWN, "no active user is assigned a layout")]


def _seen(line: Headline, rows: list[Row], fix: str) -> Finding:
    closed, locked = (_held_up(rows, obstacle) for obstacle in _WORDS)
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
    return said(severity, ", ".join(told), fix)


def _held_up(rows: Iterable[Row], obstacle: Obstacle) -> int:
    """Users whom this holds up, each profile's once."""
    found: dict[str, int] = {}
    for row in rows:
        if row.obstacle is obstacle:
            found[row.profile] = max(row.users, found.get(row.profile, 0))
    return sum(found.values())


def way_to_see(rows: Iterable[Row]) -> str:
    """The one deploy for all that stands between these users and the field."""
    on_page = [row for row in rows if row.obstacle is Obstacle.PAGE]
    options = {
        " --lightning-pages": any(r.page and r.verdict is Verdict.HIDDEN for r in on_page),
        " --make-editable": any(r.verdict is Verdict.SEES for r in on_page),
    }
    return PUT + "".join(option for option, wanted in options.items() if wanted)


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
    found, fix = unread(facts, layouts), way_to_see(hidden)
    if blank:
        found.append(said(Severity.WARN, f"on the layout, yet not seen: {named(blank)}", fix))
    if unseen:
        found.append(said(Severity.WARN, f"access, and pages without it: {named(unseen)}", fix))
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
