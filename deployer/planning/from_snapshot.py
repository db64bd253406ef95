"""What a restore would put back: a plan made from a snapshot and the org as it is now."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from deployer.errors import OrgSaidNo
from deployer.layouts import same_tree
from deployer.lightning import read_page, same_page
from deployer.model.findings import Finding, Severity
from deployer.model.layouts import LayoutName, Outcome
from deployer.model.plans import (
    AccessPlan,
    Aim,
    Assignee,
    LayoutPlan,
    LightningPages,
    PagePlan,
    Plan,
)
from deployer.planning.from_org import RETRIEVE_WAIT_S, Asker, to_stamps
from deployer.planning.org_facts import fetch_saved
from deployer.planning.package import (
    NOT_THERE,
    layout_path,
    page_path,
    permission_set_path,
    to_members,
)
from deployer.planning.permission_sets import same_set
from deployer.planning.snapshot import Snapshot
from deployer.salesforce.metadata import fetch_components

_EDITED = (
    "it is no longer what the deploy left: somebody edited it; "
    "optout remove --layout NAME takes only the field off"
)
_PAGE_EDITED = (
    "it is no longer what the deploy left: somebody edited it; "
    "optout remove --lightning-pages takes only the field off"
)


def fetch_restore_plan(asker: Asker, snapshot: Snapshot) -> Plan:
    """Hold the snapshot against the org and plan what goes back.

    Errors: OrgSaidNo when the snapshot is another org's.
    """
    refuse_other_org(snapshot, asker.conn.org.org_id)
    members = to_members(snapshot.after)
    current: Mapping[str, bytes] = {}
    if members:
        current = fetch_components(asker.conn, members, asker.clock, RETRIEVE_WAIT_S).files
    pages = LightningPages.EDIT if "FlexiPage" in members else LightningPages.LEAVE
    saved = to_stamps(fetch_saved(asker.conn, pages))
    return make_restore_plan(snapshot, current, saved, asker.conn.org.api_version)


def refuse_other_org(snapshot: Snapshot, org_id: str) -> None:
    """A snapshot is of one org. Errors: OrgSaidNo naming both."""
    if snapshot.org_id[:15] != org_id[:15]:
        raise OrgSaidNo(
            f"the snapshot is of org {snapshot.org_id}, this is {org_id}",
            where="snapshot",
            hint="name the snapshot's own org with --org",
        )


def make_restore_plan(
    snapshot: Snapshot, current: Mapping[str, bytes], stamps: Mapping[str, str], api_version: str
) -> Plan:
    """Decide, file by file: put back, already back, or no longer ours to touch.

    `current` and `stamps` are by package path. A CustomField is never taken back: that would
    delete the ticks of everybody.
    """
    layouts = tuple(
        _plan_layout(path, snapshot, current)
        for path in sorted(snapshot.after)
        if path.startswith("layouts/")
    )
    access, findings = _plan_access(snapshot, current)
    pages = tuple(
        _plan_page(path, snapshot, current)
        for path in sorted(snapshot.after)
        if path.startswith("flexipages/")
    )
    sent = {layout_path(layout.name.member) for layout in layouts if layout.changes}
    sent |= {page_path(page.name) for page in pages if page.changes}
    if access.changes:
        sent.add(permission_set_path(access.permission_set))
    return Plan(
        aim=Aim.RESTORE,
        org_id=snapshot.org_id,
        api_version=api_version,
        field=snapshot.field,
        layouts=layouts,
        access=access,
        stamps={path: stamps.get(path, NOT_THERE) for path in sorted(sent)},
        findings=(*findings, *_kept_fields(snapshot), *_stays_away(snapshot)),
        pages=pages,
    )


def _plan_layout(path: str, snapshot: Snapshot, current: Mapping[str, bytes]) -> LayoutPlan:
    name = LayoutName(path.removeprefix("layouts/").removesuffix(".layout"))
    now = current.get(path)
    if now is None:
        return LayoutPlan(name, Outcome.FAILED, "the org has no such layout any more")
    outcome, reason, after = _what_goes_back(snapshot, path, now, same_tree)
    return LayoutPlan(name, outcome, reason, before=now, after=after)


def _plan_page(path: str, snapshot: Snapshot, current: Mapping[str, bytes]) -> PagePlan:
    name = path.removeprefix("flexipages/").removesuffix(".flexipage")
    now = current.get(path)
    if now is None:
        return PagePlan(name, "", Outcome.FAILED, "the org has no such page any more")
    outcome, reason, after = _what_goes_back(snapshot, path, now, same_page)
    object_name = read_page(now, where=name).object
    return PagePlan(name, object_name, outcome, reason, before=now, after=after)


def _what_goes_back(
    snapshot: Snapshot, path: str, now: bytes, same: Callable[[bytes, bytes], bool]
) -> tuple[Outcome, str, bytes]:
    """What becomes of a file of the deploy, why, and the bytes it will have."""
    before, left = snapshot.before[path], snapshot.after[path]
    if same(now, before):
        return Outcome.PRESENT, "it is as it was before the deploy", now
    if not same(now, left):
        return Outcome.FAILED, _EDITED if path.startswith("layouts/") else _PAGE_EDITED, now
    return Outcome.RESTORE, "it is as the deploy left it", before


def _plan_access(
    snapshot: Snapshot, current: Mapping[str, bytes]
) -> tuple[AccessPlan, list[Finding]]:
    """Put a changed set back, mark a set that the deploy made for deletion, undo assignments."""
    name = snapshot.permission_set
    path = permission_set_path(name)
    unassign = tuple(Assignee(user, f"user {user}") for user in snapshot.assign)
    now, left = current.get(path), snapshot.after.get(path)
    if now is None or left is None:
        return AccessPlan(name, unassign=unassign), []
    before = snapshot.before.get(path)
    if not same_set(now, left):
        if before is not None and same_set(now, before):
            return AccessPlan(name, unassign=unassign), []
        return AccessPlan(name, unassign=unassign), [_set_edited(name)]
    if before is None:
        return AccessPlan(name, unassign=unassign, drop=True), [_set_dropped(name)]
    return AccessPlan(name, before=now, after=before, unassign=unassign), []


def _set_edited(name: str) -> Finding:
    return Finding(
        "set-edited",
        Severity.WARN,
        name,
        "the permission set is no longer what the deploy left; it is not touched",
        fix=f"Setup > Permission Sets > {name}: take the field access off by hand if you want to",
    )


def _set_dropped(name: str) -> Finding:
    return Finding(
        "set-dropped",
        Severity.INFO,
        name,
        "the deploy made this permission set: it is deleted unless somebody else was given it",
    )


def _stays_away(snapshot: Snapshot) -> list[Finding]:
    """Who lost the permission set does not get it again: who needs it may have changed since."""
    if not snapshot.unassign and not snapshot.drop:
        return []
    return [
        Finding(
            "access-not-back",
            Severity.INFO,
            snapshot.permission_set,
            "the layouts go back; users who lost the permission set do not get it again",
            fix="optout deploy --assign layout-users gives it to those who need it",
        )
    ]


def _kept_fields(snapshot: Snapshot) -> list[Finding]:
    made = sorted(path for path in snapshot.after if path.startswith("objects/"))
    if not made:
        return []
    objects = " and ".join(path.removeprefix("objects/").removesuffix(".object") for path in made)
    return [
        Finding(
            "field-kept",
            Severity.INFO,
            snapshot.field,
            f"the field stays on {objects}: deleting it would lose every tick",
        )
    ]
