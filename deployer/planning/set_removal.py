"""What an uninstall does to the permission set: deletes ours, splices back one of others; pure."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.model.findings import Finding, Severity
from deployer.model.org import AccessFacts
from deployer.model.plans import OUR_PERMISSION_SET, AccessPlan, Assignee
from deployer.planning.installed import SetHistory
from deployer.planning.permission_sets import gives_only, grants_of, revoke


@dataclass(frozen=True, slots=True)
class FoundSet:
    """The set in the org now: its name and bytes, everybody who holds it, whether groups do.

    `body` is None when the org has no such set.
    """

    name: str
    body: bytes | None = None
    holders: tuple[Assignee, ...] = ()
    in_group: bool = False


def plan_set_removal(
    found: FoundSet, field: str, history: SetHistory, facts: AccessFacts
) -> tuple[AccessPlan, tuple[Finding, ...]]:
    """Decide what becomes of the set, and what a person should know of it.

    A set is deleted only when optout made it and it gives nothing else; any other one is left,
    without what optout put into it.
    """
    kept = AccessPlan(found.name)
    if found.body is None or facts.permission_set_namespace or not facts.permission_set_id:
        return kept, ()
    ours = history.made or (found.name == OUR_PERMISSION_SET and not history.touched)
    if not ours and not history.touched:
        return kept, ()
    members = (f"Contact.{field}", f"Lead.{field}")
    if ours and not found.in_group and gives_only(found.body, members):
        dropped = AccessPlan(
            found.name,
            before=found.body,
            permission_set_id=facts.permission_set_id,
            unassign=found.holders,
            drop=True,
        )
        return dropped, (_dropped(found),)
    after = found.body
    for member in members:
        after = revoke(after, member, history.before)
    plan = AccessPlan(
        found.name,
        before=found.body,
        after=after,
        permission_set_id=facts.permission_set_id,
        # Others have put more into a set of ours: who holds it may hold it for that.
        unassign=() if ours else tuple(h for h in found.holders if h.user_id in history.assigned),
    )
    told = ours or plan.changes
    return plan, (_spared(found, members, ours=ours),) if told else ()


def _dropped(found: FoundSet) -> Finding:
    return Finding(
        "set-dropped",
        Severity.INFO,
        found.name,
        "optout made this permission set and it gives nothing else: it is deleted, "
        "unless somebody else is given it meanwhile",
    )


def _spared(found: FoundSet, members: tuple[str, ...], *, ours: bool) -> Finding:
    more = sorted(set(grants_of(found.body or b"")) - set(members))
    why = "it is part of a permission set group" if found.in_group else "it gives more than that"
    gives = f" ({', '.join(more[:3])}{', ...' if len(more) > 3 else ''})" if more else ""
    who = "; its assignments stay" if ours else ""
    return Finding(
        "set-spared",
        Severity.INFO,
        found.name,
        f"only the field's access is taken out of the permission set, which is not deleted: "
        f"{why if ours else 'it was there before'}{gives}{who}",
        fix=f"Setup > Permission Sets > {found.name}: delete it by hand if nobody needs it",
    )
