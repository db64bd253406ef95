"""C23 and C30-C35: who may read and edit the field, and who would see it."""

from __future__ import annotations

from deployer.model.checks import Check, Facts
from deployer.model.findings import Finding, Severity
from deployer.model.org import AccessFacts
from deployer.readiness.checks.layouts import PUT
from deployer.readiness.checks.saying import HELP, named, passed, said
from deployer.readiness.facts.asking import value
from deployer.readiness.facts.placements import Assigned, Placements
from deployer.readiness.facts.rights import OBJECTS, Dangers, FieldReach, Shared
from deployer.readiness.visibility import Visibility

_FLS = HELP + "platform.users_fields_fls.htm&type=5"
_SETS = HELP + "platform.perm_sets_overview.htm&type=5"


def _coverage(facts: Facts) -> list[Finding]:
    found = []
    for seen in value(facts, "visibility", Visibility).headline:
        blind = seen.hidden + seen.partly
        what = f"{seen.object}: {seen.edits} of {seen.users} active users can tick the field"
        if blind:
            what += f", {seen.hidden} do not see it, {seen.partly} on some of their pages only"
            found.append(said(Severity.FAIL, what))
        elif seen.unknown:
            what += f", of {seen.unknown} it cannot be told"
            found.append(said(Severity.UNKNOWN, what))
        elif seen.sees:
            found.append(said(Severity.WARN, f"{what}, {seen.sees} only see it"))
        else:
            found += passed(what)
    return found or [said(Severity.UNKNOWN, "no active user is assigned a layout")]


def _granted(facts: Facts) -> list[Finding]:
    grants = value(facts, "access", AccessFacts).grants
    editing = {obj: sum(g.edit for g in grants if g.object == obj) for obj in OBJECTS}
    without = [obj for obj, count in editing.items() if not count]
    if without:
        return [said(Severity.FAIL, f"nothing gives edit on the field of {' and '.join(without)}")]
    told = ", ".join(f"{obj}: {count}" for obj, count in editing.items())
    return passed(f"profiles and permission sets that give edit: {told}")


def _runner(facts: Facts) -> list[Finding]:
    reach = value(facts, "runner_field", FieldReach)
    blind = [obj for obj in OBJECTS if obj not in reach.edits]
    if blind:
        what = f"the integration user cannot edit the field of {' and '.join(blind)}"
        return [said(Severity.FAIL, what)]
    return passed("the integration user reads and edits the field of Contact and Lead")


def _mismatch(facts: Facts) -> list[Finding]:
    """Profiles that have one half: the field on a page, or access to it."""
    access = value(facts, "access", AccessFacts)
    stands = value(facts, "placements", Placements).behaviors
    with_field = {
        each.profile_id
        for each in value(facts, "assigned", Assigned).all
        if stands.get(each.layout_id)
    }
    with_access = {g.profile_id for g in access.grants if g.profile_id}
    holders = {each.profile_id for each in access.holders}
    names = {each.id: each.name for each in access.profiles if each.users}
    blank = [n for p, n in names.items() if p in with_field and p not in with_access | holders]
    unseen = [n for p, n in names.items() if p in with_access and p not in with_field]
    found = []
    if blank:
        found.append(said(Severity.WARN, f"on the page, but no access: {named(blank)}"))
    if unseen:
        found.append(said(Severity.WARN, f"access, but on no page: {named(unseen)}"))
    return found or passed("whoever has it on a page has access, and the other way round")


def _shared(facts: Facts) -> list[Finding]:
    shared = value(facts, "runner_records", Shared)
    if not shared.looked:
        return [said(Severity.INFO, "the org has no contact and no lead to try with")]
    told = [f"{shared.editable[obj]} of {n} {obj} records" for obj, n in shared.looked.items()]
    what = f"of the newest, the integration user may edit {' and '.join(told)}"
    if shared.looked == shared.editable:
        return passed(what)
    return [said(Severity.FAIL, what)]


def _dangers(facts: Facts) -> list[Finding]:
    names = value(facts, "runner_dangers", Dangers).names
    if not names:
        return passed("the integration user has no right that it does not need")
    return [said(Severity.WARN, f"the integration user does not need {named(names)}")]


CHECKS = (
    Check("C23", "Coverage", Severity.FAIL, "How many active users would see the field?",
          ("visibility",), _coverage, PUT, HELP + "platform.layouts_assigning.htm&type=5"),
    Check("C30", "Field-level security", Severity.FAIL, "Does anything give edit on the field?",
          ("access",), _granted, PUT, _FLS),
    Check("C31", "Integration user", Severity.FAIL, "May the integration user edit the field?",
          ("runner_field",), _runner, "Setup > Permission Sets > the integration user's set > "
          "Object Settings > Contact, then Lead: tick Edit Access for the field; "
          "--runner USERNAME names the user", _FLS),
    Check("C32", "Page and access agree", Severity.WARN, "Who has the field on a page without "
          "access, or access without a page?", ("access", "assigned", "placements"), _mismatch,
          PUT, _FLS),
    Check("C34", "Sharing", Severity.FAIL, "May the integration user edit the records themselves?",
          ("runner_records",), _shared, "Setup > Permission Sets > the integration user's set > "
          "Object Settings > Contact, then Lead: tick Modify All Records, or share the records",
          HELP + "platform.managing_the_sharing_model.htm&type=5"),
    Check("C35", "Too many rights", Severity.WARN, "Has the integration user rights it does not "
          "need?", ("runner_dangers",), _dangers, "Setup > Permission Sets > the integration "
          "user's set > System Permissions: untick them", _SETS),
)  # fmt: skip
