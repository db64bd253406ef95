"""Ask the org, then plan: what plan, deploy and remove share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from deployer.clock import Clock
from deployer.errors import BadInput
from deployer.model.facts import Known, Unknown
from deployer.model.findings import Finding, Severity
from deployer.model.org import AccessFacts, OrgFacts
from deployer.model.plans import (
    NO_PERMISSION_SET,
    AccessPlan,
    Aim,
    LightningPages,
    Plan,
    Wish,
    default_field,
)
from deployer.planning.access import pick_assignees, plan_permission_set
from deployer.planning.access_facts import fetch_access, fetch_active_users
from deployer.planning.fields import choose_field
from deployer.planning.org_facts import (
    Listing,
    fetch_org_facts,
    fetch_saved,
    member_of,
    stamp_of,
)
from deployer.planning.package import NOT_THERE, layout_path, page_path, permission_set_path
from deployer.planning.pages import pages_to_read
from deployer.planning.plan import Inputs, make_plan
from deployer.planning.proof import proven
from deployer.planning.targets import pick_targets
from deployer.salesforce.client import Connection
from deployer.salesforce.metadata import Retrieved, fetch_components

RETRIEVE_WAIT_S = 600.0


@dataclass(frozen=True, slots=True)
class Asker:
    """The org to ask and the clock to wait by."""

    conn: Connection
    clock: Clock


def fetch_plan(asker: Asker, wish: Wish) -> Plan:
    """Make the plan from the org as it is now.

    Errors: UsageError for a wish that names nothing; OrgSaidNo for a field or set that will not do.
    """
    org, saved = fetch_org_facts(asker.conn, default_field(wish.field), wish.pages)
    choice = choose_field(wish.field, org)
    targets = pick_targets(org, wish.layouts)
    access = fetch_access(asker.conn, choice.name, wish.access.permission_set, saved)
    if isinstance(access, Known):
        org = replace(org, access=access.value)
    wanted = _wanted_set(wish, saved)
    pages = pages_to_read(org, wish)
    retrieved = fetch_bodies(asker, org, wanted, pages)
    bodies = layout_bodies(org, retrieved.files)
    page_bodies = by_name(retrieved.files, {name: page_path(name) for name in pages})
    inputs = Inputs(
        wish, org, choice, targets, bodies, messages=retrieved.messages, page_bodies=page_bodies
    )
    current = current_set(wanted, retrieved)
    plan = proven(make_plan(replace(inputs, access=_plan_access(asker, inputs, access, current))))
    if isinstance(access, Unknown):
        return replace(plan, seen=(), seen_before=(), findings=(*plan.findings, not_asked(access)))
    return plan


def fetch_bodies(
    asker: Asker, org: OrgFacts, permission_set: str, pages: tuple[str, ...] = ()
) -> Retrieved:
    """Every layout of the org's person objects, the set when it is there, and these pages."""
    members = {"Layout": [layout.name.member for layout in org.layouts]}
    members["FlexiPage"] = list(pages)
    if permission_set:
        members["PermissionSet"] = [permission_set]
    members = {kind: names for kind, names in members.items() if names}
    if not members:
        return Retrieved({}, (), ())
    return fetch_components(asker.conn, members, asker.clock, RETRIEVE_WAIT_S)


def fetch_stamps(conn: Connection, plan: Plan) -> Mapping[str, str]:
    """When each file of the plan was last saved in the org: one call, nothing retrieved."""
    pages = any(path.startswith("flexipages/") for path in plan.stamps)
    stamps = to_stamps(fetch_saved(conn, LightningPages.EDIT if pages else LightningPages.LEAVE))
    return {path: stamps.get(path, NOT_THERE) for path in plan.stamps}


def to_stamps(saved: Listing) -> dict[str, str]:
    """When each layout, page and permission set was last saved, by package path."""
    stamps = {layout_path(member_of(c).member): stamp_of(c) for c in saved.layouts}
    stamps |= {page_path(c.full_name): stamp_of(c) for c in saved.pages}
    return stamps | {permission_set_path(c.full_name): stamp_of(c) for c in saved.permission_sets}


def _wanted_set(wish: Wish, saved: Listing) -> str:
    """The set to retrieve; "" when none is wanted or the org has none of that name."""
    name = wish.access.permission_set
    if wish.aim is not Aim.PUT or name == NO_PERMISSION_SET:
        return ""
    return name if any(c.full_name == name for c in saved.permission_sets) else ""


def current_set(wanted: str, retrieved: Retrieved) -> bytes | None:
    """The permission set's bytes; None when the org has no such set.

    Errors: BadInput when the org lists it and does not return it: a new one would replace it.
    """
    if not wanted:
        return None
    found = retrieved.files.get(permission_set_path(wanted))
    if found is None:
        raise BadInput(
            "the org lists this permission set, but did not return it on retrieve",
            where=wanted,
            hint="check the deploying user's rights, or give --permission-set none",
        )
    return found


def layout_bodies(org: OrgFacts, bodies: Mapping[str, bytes]) -> dict[str, bytes]:
    """The retrieved layouts by their member names."""
    paths = {layout.name.member: layout_path(layout.name.member) for layout in org.layouts}
    return by_name(bodies, paths)


def by_name(bodies: Mapping[str, bytes], paths: Mapping[str, str]) -> dict[str, bytes]:
    """The files at these paths, by the names the paths have here."""
    return {name: bodies[path] for name, path in paths.items() if path in bodies}


def _plan_access(
    asker: Asker, inputs: Inputs, access: Known[AccessFacts] | Unknown, current: bytes | None
) -> AccessPlan:
    wish = inputs.wish
    if wish.aim is not Aim.PUT:
        return AccessPlan()
    facts = access.value if isinstance(access, Known) else AccessFacts()
    name = wish.access.permission_set
    plan = plan_permission_set(name, inputs.choice.name, current, facts)
    if not wish.access.assign:
        return plan
    users = fetch_active_users(asker.conn, wish.access.assign)
    chosen = {fact.id for fact in inputs.targets.chosen}
    assignments = tuple(a for a in inputs.org.assignments if a.layout_id in chosen)
    return replace(plan, assign=pick_assignees(wish.access, users, facts, assignments))


def not_asked(access: Unknown) -> Finding:
    """What to say where nobody could be asked who may read and edit the field."""
    return Finding(
        "who-sees-it",
        Severity.UNKNOWN,
        "field access",
        f"who would see the field could not be asked: {access.reason}",
        fix="give the deploying user View Setup and Configuration",
    )
