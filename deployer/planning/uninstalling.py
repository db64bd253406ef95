"""What an uninstall would take back: a plan made from the snapshots and the org as it is now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from deployer.errors import OrgSaidNo
from deployer.model.facts import Known, Unknown
from deployer.model.findings import Finding, Severity
from deployer.model.org import AccessFacts, FieldFact, OrgFacts
from deployer.model.plans import (
    AccessWish,
    Aim,
    Assignee,
    FieldWish,
    LayoutWish,
    LightningPages,
    Plan,
    Scope,
    Wish,
    default_field,
)
from deployer.planning.access_facts import fetch_access
from deployer.planning.fields import FieldChoice, discover_field, is_hidden
from deployer.planning.from_org import (
    Asker,
    by_name,
    current_set,
    fetch_bodies,
    layout_bodies,
    not_asked,
)
from deployer.planning.from_snapshot import refuse_other_org
from deployer.planning.installed import Installed, find_installed
from deployer.planning.org_facts import FIELD_OBJECTS, fetch_org_facts
from deployer.planning.package import page_path
from deployer.planning.plan import Inputs, make_plan
from deployer.planning.proof import proven
from deployer.planning.set_removal import FoundSet, plan_set_removal
from deployer.planning.snapshot import Snapshot
from deployer.planning.targets import Skipped, Targets, pick_targets
from deployer.salesforce.client import Connection
from deployer.salesforce.soql import bind

_HOLDERS = (
    "SELECT AssigneeId, Assignee.Name, Assignee.ProfileId FROM PermissionSetAssignment "
    "WHERE PermissionSetId = :set"
)
_GROUPS = "SELECT Id FROM PermissionSetGroupComponent WHERE PermissionSetId = :set LIMIT 1"
_NOT_OURS = "optout did not put the field there"


@dataclass(frozen=True, slots=True)
class TakeBack:
    """What to take back; `ticked` is where the ids go before the field is deleted, "" to keep it.

    The ids that are ticked are written there by whoever carries the plan out.
    """

    field: FieldWish
    permission_set: str
    ticked: str = ""


def fetch_take_back_plan(asker: Asker, wish: TakeBack, snapshots: Sequence[Snapshot]) -> Plan:
    """Hold what optout did to the org, oldest first, against the org and plan what goes.

    Errors: OrgSaidNo for a snapshot of another org, for a field that optout did not create or whose
    ticks this login cannot read, when it is to be deleted.
    """
    for snapshot in snapshots:
        refuse_other_org(snapshot, asker.conn.org.org_id)
    pages = _pages_wanted(snapshots)
    org, saved = fetch_org_facts(asker.conn, default_field(wish.field), pages)
    name = default_field(wish.field) or discover_field({o: _fields(org, o) for o in FIELD_OBJECTS})
    installed = find_installed(snapshots, name, wish.permission_set)
    org = replace(org, pages=tuple(page for page in org.pages if page.name in installed.pages))
    access = fetch_access(asker.conn, name, wish.permission_set, saved)
    if isinstance(access, Known):
        org = replace(org, access=access.value)
    listed = any(c.full_name == wish.permission_set for c in saved.permission_sets)
    wanted = wish.permission_set if listed else ""
    names = tuple(page.name for page in org.pages)
    retrieved = fetch_bodies(asker, org, wanted, names)
    inputs = Inputs(
        Wish(Aim.TAKE_OUT, wish.field, LayoutWish(scope=Scope.ALL),
             AccessWish(wish.permission_set), pages),
        org,
        FieldChoice(name),
        _targets(org, installed),
        layout_bodies(org, retrieved.files),
        messages=retrieved.messages,
        page_bodies=by_name(retrieved.files, {page: page_path(page) for page in names}),
    )  # fmt: skip
    found = _fetch_set(asker.conn, wish.permission_set, current_set(wanted, retrieved), org.access)
    return _planned(inputs, found, installed, wish, access)


def _planned(
    inputs: Inputs,
    found: FoundSet,
    installed: Installed,
    wish: TakeBack,
    access: Known[AccessFacts] | Unknown,
) -> Plan:
    name = inputs.choice.name
    set_plan, told = plan_set_removal(found, name, installed.set, inputs.org.access)
    plan = proven(make_plan(replace(inputs, access=set_plan)))
    deleted = _deleted_fields(inputs.org, name, installed) if wish.ticked else ()
    findings = [*told, *_field_findings(deleted, wish), *_kept_field(deleted, installed, inputs)]
    if isinstance(access, Unknown):
        plan = replace(plan, seen=(), seen_before=())
        findings.append(not_asked(access))
    return replace(plan, deleted_fields=deleted, findings=tuple(findings))


def _pages_wanted(snapshots: Sequence[Snapshot]) -> LightningPages:
    """Pages are listed only where optout ever edited one: it costs calls."""
    edited = any(path.startswith("flexipages/") for s in snapshots for path in s.after)
    return LightningPages.EDIT if edited else LightningPages.LEAVE


def _fields(org: OrgFacts, object_name: str) -> dict[str, FieldFact]:
    return {**org.hidden_fields.get(object_name, {}), **org.fields.get(object_name, {})}


def _targets(org: OrgFacts, installed: Installed) -> Targets:
    """Only what optout put the field on; a layout that had it before keeps it."""
    everything = pick_targets(org, LayoutWish(scope=Scope.ALL))
    ours = tuple(fact for fact in everything.chosen if fact.name.member in installed.layouts)
    others = (fact for fact in everything.chosen if fact.name.member not in installed.layouts)
    left = tuple(Skipped(fact.name, _NOT_OURS) for fact in others)
    return Targets(ours, (*everything.skipped, *left))


def _fetch_set(conn: Connection, name: str, body: bytes | None, facts: AccessFacts) -> FoundSet:
    """The set, with everybody who holds it themselves: inactive users keep a set from going."""
    if body is None or not facts.permission_set_id:
        return FoundSet(name, body)
    set_id = facts.permission_set_id
    holders = conn.query(bind(_HOLDERS, set=set_id), purpose="who holds the set")
    groups = conn.query(bind(_GROUPS, set=set_id), purpose="groups that hold the set")
    profiles = {profile.id: profile.name for profile in facts.profiles}
    return FoundSet(
        name,
        body,
        tuple(
            _assignee(str(row["AssigneeId"]), row["Assignee"] or {}, profiles) for row in holders
        ),
        in_group=bool(groups),
    )


def _assignee(user_id: str, user: dict[str, object], profiles: dict[str, str]) -> Assignee:
    profile_id = str(user.get("ProfileId") or "")
    profile = profiles.get(profile_id, "inactive")
    return Assignee(user_id, f"{user.get('Name') or user_id} ({profile})", profile_id)


def _deleted_fields(org: OrgFacts, name: str, installed: Installed) -> tuple[str, ...]:
    there = [obj for obj in FIELD_OBJECTS if name in _fields(org, obj)]
    ours = tuple(f"{obj}.{name}" for obj in there if f"{obj}.{name}" in installed.made_fields)
    if there and not ours:
        raise OrgSaidNo(
            f"optout did not create {name} in this org, as far as its snapshots say",
            where="--delete-field",
            hint="delete it in Setup > Object Manager > Fields & Relationships, or name the "
            "snapshot of the deploy that created it with --from FILE",
        )
    hidden = [member for member in ours if is_hidden(org, member.partition(".")[0], name)]
    if hidden:
        raise OrgSaidNo(
            f"this login may not read {' and '.join(hidden)}, so the ids that are ticked cannot "
            "be kept before it is deleted",
            where="--delete-field",
            hint="give this login the field: optout deploy with --assign USERNAME, then again",
        )
    return ours


def _field_findings(deleted: tuple[str, ...], wish: TakeBack) -> list[Finding]:
    return [
        Finding(
            "field-deleted",
            Severity.WARN,
            member,
            f"the field is deleted with every tick in it, from layouts of others too; the ids of "
            f"the records that are ticked and that this login may see are kept in {wish.ticked}",
            fix="it stays in the recycle bin for 15 days: Setup > Object Manager > "
            f"{member.partition('.')[0]} > Fields & Relationships > Deleted Fields > Undelete",
            source="Salesforce help, Manage Deleted Custom Fields",
        )
        for member in deleted
    ]


def _kept_field(deleted: tuple[str, ...], installed: Installed, inputs: Inputs) -> list[Finding]:
    name = inputs.choice.name
    there = [obj for obj in FIELD_OBJECTS if name in _fields(inputs.org, obj)]
    kept = [m for m in sorted(installed.made_fields) if m.partition(".")[0] in there]
    if deleted or not kept:
        return []
    return [
        Finding(
            "field-kept",
            Severity.INFO,
            name,
            f"the field stays ({' and '.join(kept)}): deleting it would lose every tick",
            fix=f"optout uninstall --delete-field {name} deletes it, and keeps the ticked ids",
        )
    ]
