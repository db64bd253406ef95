"""After the org said Succeeded: assignments, reading back."""

from __future__ import annotations

from collections.abc import Iterable

from deployer.errors import OrgSaidNo
from deployer.layouts import same_tree
from deployer.lightning import same_page
from deployer.model.findings import Finding, Severity
from deployer.model.plans import Aim
from deployer.planning.from_org import RETRIEVE_WAIT_S
from deployer.planning.org_facts import FIELD_OBJECTS
from deployer.planning.package import name_of, permission_set_path, to_members
from deployer.planning.permission_sets import gives_only, same_set
from deployer.planning.snapshot import Snapshot
from deployer.rollout.desk import Desk
from deployer.rollout.journal import Entry, Step
from deployer.rollout.overwrites import find_overwritten
from deployer.salesforce.client import Connection, Writer
from deployer.salesforce.metadata import DeployStatus, fetch_components
from deployer.salesforce.rest import RowResult, delete_rows, post_rows
from deployer.salesforce.soql import bind

_SET = "SELECT Id FROM PermissionSet WHERE Name = :name AND IsOwnedByProfile = false"
_HELD = (
    "SELECT Id, AssigneeId FROM PermissionSetAssignment "
    "WHERE PermissionSetId = :set AND AssigneeId IN :users"
)
_HOLDERS = "SELECT Id FROM PermissionSetAssignment WHERE PermissionSetId = :set LIMIT 1"


def finish(
    snapshot: Snapshot, entry: Entry, desk: Desk, status: DeployStatus | None
) -> tuple[Finding, ...]:
    """Do what is left after the deploy and say what is not as it should be.

    Every step may be done again: a run that was killed in between is finished by the next one.
    `status` is None when nothing was deployed (assignments only).
    """
    findings = [*_assign(snapshot, desk), *_unassign(snapshot, desk)]
    desk.tell("reading back")
    findings += _read_back(snapshot, desk)
    if status is not None:
        findings += find_overwritten(snapshot, entry, desk.conn, status)
    desk.journal.advance(entry, Step.DONE)
    return tuple(findings)


def _assign(snapshot: Snapshot, desk: Desk) -> list[Finding]:
    """Give the permission set to those who do not hold it yet."""
    if not snapshot.assign:
        return []
    set_id = _set_id(snapshot, desk.conn)
    held = {assignee for _, assignee in _held(desk.conn, set_id, snapshot.assign)}
    missing = [user for user in snapshot.assign if user not in held]
    rows = [{"AssigneeId": user, "PermissionSetId": set_id} for user in missing]
    results = post_rows(desk.conn, "PermissionSetAssignment", rows) if rows else []
    return [
        _row_finding("assign", user, result)
        for user, result in zip(missing, results, strict=True)
        if not result.success and result.code != "DUPLICATE_VALUE"
    ]


def _unassign(snapshot: Snapshot, desk: Desk) -> list[Finding]:
    """Take back the assignments a deploy made, then its permission set when nobody holds it."""
    if not snapshot.unassign and not snapshot.drop:
        return []
    set_id = _set_id(snapshot, desk.conn)
    if not set_id:
        return []
    if snapshot.aim == Aim.TAKE_OUT.value and snapshot.drop and not _still_ours(snapshot, desk):
        return [_extended(snapshot, desk)]
    ids = [row_id for row_id, _ in _held(desk.conn, set_id, snapshot.unassign)]
    results = delete_rows(desk.conn, ids, sobject="PermissionSetAssignment") if ids else []
    findings = [
        _row_finding("unassign", row_id, result)
        for row_id, result in zip(ids, results, strict=True)
        if not result.success and result.code != "ENTITY_IS_DELETED"
    ]
    return findings + (_drop(snapshot, set_id, desk.conn) if snapshot.drop else [])


def _still_ours(snapshot: Snapshot, desk: Desk) -> bool:
    """Whether the set still gives the field alone: asked anew just before it goes."""
    path = permission_set_path(snapshot.permission_set)
    members = {"PermissionSet": [snapshot.permission_set]}
    found = fetch_components(desk.conn, members, desk.clock, RETRIEVE_WAIT_S).files.get(path)
    fields = [f"{obj}.{snapshot.field}" for obj in FIELD_OBJECTS]
    return found is not None and gives_only(found, fields)


def _extended(snapshot: Snapshot, desk: Desk) -> Finding:
    return Finding(
        "set-left",
        Severity.WARN,
        snapshot.permission_set,
        "the permission set and its assignments are left: somebody put more into it meanwhile",
        fix=f"{desk.command('uninstall')} takes only the field's access out of it",
    )


def _drop(snapshot: Snapshot, set_id: str, conn: Writer) -> list[Finding]:
    if conn.query(bind(_HOLDERS, set=set_id), purpose="who holds the set"):
        return [
            Finding(
                "set-left",
                Severity.WARN,
                snapshot.permission_set,
                "the permission set is left in place: somebody else was given it meanwhile",
                fix=f"Setup > Permission Sets > {snapshot.permission_set} > Manage Assignments",
            )
        ]
    try:
        conn.send_delete(
            f"sobjects/PermissionSet/{set_id}", {}, purpose="delete our permission set"
        )
    except OrgSaidNo as refused:
        # Said, not raised: the deploy itself is done, and a raise would leave it open for ever.
        return [
            Finding(
                "set-left",
                Severity.FAIL,
                snapshot.permission_set,
                f"the org does not delete the permission set: {refused.message}",
                fix=f"Setup > Permission Sets > {snapshot.permission_set} > Delete",
            )
        ]
    return []


def _set_id(snapshot: Snapshot, conn: Connection) -> str:
    rows = conn.query(bind(_SET, name=snapshot.permission_set), purpose="permission set")
    return str(rows[0]["Id"]) if rows else ""


def _held(conn: Connection, set_id: str, users: Iterable[str]) -> list[tuple[str, str]]:
    """The assignment rows (id, user) these users have of the set."""
    named = list(users)
    if not named or not set_id:
        return []
    rows = conn.query(bind(_HELD, set=set_id, users=named), purpose="who holds the set")
    return [(str(row["Id"]), str(row["AssigneeId"])) for row in rows]


def _row_finding(doing: str, where: str, result: RowResult) -> Finding:
    return Finding(
        f"could-not-{doing}",
        Severity.FAIL,
        where,
        f"the org refused: {result.code}: {result.message}",
        fix="mend the cause and run the same command again; what is done is not done twice",
    )


def _read_back(snapshot: Snapshot, desk: Desk) -> list[Finding]:
    """Retrieve what was sent and compare trees: the org stores a model, not our bytes."""
    members = to_members(snapshot.after)
    if not members:
        return []
    found = fetch_components(desk.conn, members, desk.clock, RETRIEVE_WAIT_S).files
    return [
        _not_as_sent(path, there=path in found)
        for path, sent in sorted(snapshot.after.items())
        if path.startswith(tuple(_SAME))
        and (path not in found or not _same(path, sent, found[path]))
    ]


_SAME = {"layouts/": same_tree, "permissionsets/": same_set, "flexipages/": same_page}


def _same(path: str, sent: bytes, found: bytes) -> bool:
    return _SAME[f"{path.partition('/')[0]}/"](sent, found)


def _not_as_sent(path: str, *, there: bool) -> Finding:
    what = "the org does not hold what was sent" if there else "the org does not return it any more"
    return Finding(
        "not-as-sent",
        Severity.FAIL,
        name_of(path),
        f"{what}: somebody saved it since, or the org changed it on the way in",
        fix="run optout plan to see what is there now",
    )
