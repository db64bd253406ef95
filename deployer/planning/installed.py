"""What optout put into an org and has not taken back yet, read from its snapshots; pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from deployer.layouts import find_field
from deployer.lightning import read_page, take_off_page
from deployer.model.layouts import LayoutName, Outcome, field_on
from deployer.planning.package import DELETED_AFTER, permission_set_path
from deployer.planning.snapshot import Snapshot

_LAYOUT = ("layouts/", ".layout")
_PAGE = ("flexipages/", ".flexipage")


@dataclass(frozen=True, slots=True)
class SetHistory:
    """What became of one permission set: whether optout made it, or how it found it.

    `touched` says that optout put something into it; `assigned` are the users it gave it to;
    `dropped` that it was to be deleted since, which the org may have refused.
    """

    touched: bool = False
    made: bool = False
    before: bytes | None = None
    assigned: frozenset[str] = frozenset()
    dropped: bool = False


@dataclass(frozen=True, slots=True)
class Installed:
    """Layouts by member name and pages by name that optout put the field on.

    `made_fields` are CustomFields (Contact.X__c) that it created.
    """

    layouts: frozenset[str] = frozenset()
    pages: frozenset[str] = frozenset()
    made_fields: frozenset[str] = frozenset()
    set: SetHistory = field(default_factory=SetHistory)


def find_installed(
    snapshots: Iterable[Snapshot], field_name: str, permission_set: str
) -> Installed:
    """Go through what was done to the org, oldest first; what had the field before is not ours.

    `field_name` is as Contact spells it. Errors: BadInput for a file that is no metadata.
    """
    holding: set[str] = set()
    made: set[str] = set()
    history = SetHistory()
    for snapshot in snapshots:
        holding = _holding(holding, snapshot, field_name)
        made = _made(made, snapshot, field_name)
        if snapshot.permission_set == permission_set:
            history = _followed(history, snapshot)
    return Installed(_names(holding, _LAYOUT), _names(holding, _PAGE), frozenset(made), history)


def _names(paths: set[str], kind: tuple[str, str]) -> frozenset[str]:
    folder, suffix = kind
    found = (path for path in paths if path.startswith(folder))
    return frozenset(path.removeprefix(folder).removesuffix(suffix) for path in found)


def _holding(holding: set[str], snapshot: Snapshot, field_name: str) -> set[str]:
    """The files that hold the field thanks to optout, after this snapshot's deploy as well."""
    there = set(holding)
    for path, after in snapshot.after.items():
        before = snapshot.before.get(path)
        if before is None or not path.startswith((_LAYOUT[0], _PAGE[0])):
            continue
        was, is_now = (_holds(path, data, field_name) for data in (before, after))
        if is_now and not was:
            there.add(path)
        if was and not is_now:
            there.discard(path)
    return there


def _holds(path: str, data: bytes, field_name: str) -> bool:
    if path.startswith(_LAYOUT[0]):
        name = LayoutName(path.removeprefix(_LAYOUT[0]))
        return find_field(data, field_on(name.object, field_name), where=path) is not None
    shown = read_page(data, where=path).object
    # Person accounts are shown on pages of Account, by names of their own.
    spelled = field_on("PersonAccount" if shown == "Account" else shown, field_name)
    return take_off_page(data, spelled, where=path).outcome is not Outcome.ABSENT


def _made(made: set[str], snapshot: Snapshot, field_name: str) -> set[str]:
    if snapshot.field != field_name:
        return made
    if DELETED_AFTER in snapshot.after:
        return set()
    files = (path for path in snapshot.after if path.startswith("objects/"))
    return made | {
        f"{path.removeprefix('objects/').removesuffix('.object')}.{field_name}" for path in files
    }


def _followed(history: SetHistory, snapshot: Snapshot) -> SetHistory:
    if snapshot.drop:
        return replace(history, assigned=frozenset(), dropped=True)
    path = permission_set_path(snapshot.permission_set)
    if path in snapshot.after and (not history.touched or history.dropped):
        before = snapshot.before.get(path)
        history = SetHistory(touched=True, made=before is None, before=before)
    assigned = (history.assigned | set(snapshot.assign)) - set(snapshot.unassign)
    return replace(history, assigned=assigned)
