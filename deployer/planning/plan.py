"""Facts and a wish make a plan; nothing here talks to anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from deployer.errors import BadInput
from deployer.layouts import edit_layout, find_field, take_out
from deployer.model.findings import Finding, Severity
from deployer.model.layouts import LayoutEdit, Outcome, field_on
from deployer.model.org import AccessFacts, Grant, Holder, LayoutFact, OrgFacts
from deployer.model.plans import (
    AccessPlan,
    Aim,
    LayoutPlan,
    LayoutWish,
    PagePlan,
    Plan,
    Seen,
    Wish,
)
from deployer.planning.fields import NEW_FIELD_LABEL, FieldChoice, is_hidden, new_field_texts
from deployer.planning.package import NOT_THERE, layout_path, page_path, permission_set_path
from deployer.planning.pages import plan_pages
from deployer.planning.permission_sets import grants_of
from deployer.planning.targets import Targets
from deployer.readiness.visibility import Pages, count_seen
from deployer.templates import render_object_with_fields

_ACCESS_OBJECT = {"PersonAccount": "Contact"}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What the planner decides on: the wish, the org's facts, and the retrieved bytes.

    `bodies` maps a layout's member name to its bytes as retrieved, `page_bodies` a page's; a target
    without bytes could not be retrieved and fails by name, with what the org said of it in
    `messages`.
    """

    wish: Wish
    org: OrgFacts
    choice: FieldChoice
    targets: Targets
    bodies: Mapping[str, bytes]
    access: AccessPlan = AccessPlan()  # noqa: RUF009 - frozen
    messages: tuple[str, ...] = ()
    page_bodies: Mapping[str, bytes] = field(default_factory=dict)


def make_plan(inputs: Inputs) -> Plan:
    """Decide what becomes of every layout and page, and what that leads to."""
    pages = plan_pages(inputs.org, inputs.wish, inputs.choice.name, inputs.page_bodies)
    layouts = [_plan_layout(fact, inputs) for fact in inputs.targets.chosen]
    layouts += [
        LayoutPlan(skipped.name, Outcome.SKIPPED, skipped.reason)
        for skipped in inputs.targets.skipped
    ]
    return Plan(
        aim=inputs.wish.aim,
        org_id=inputs.org.org_id,
        api_version=inputs.org.api_version,
        field=inputs.choice.name,
        layouts=tuple(sorted(layouts, key=lambda layout: layout.name)),
        access=inputs.access,
        new_fields=_new_fields(inputs),
        new_field_members=tuple(f"{obj}.{inputs.choice.name}" for obj in inputs.choice.create_on),
        seen=_seen(inputs, _bodies_after(inputs, layouts), _access_after(inputs)),
        seen_before=_seen(inputs, inputs.bodies, inputs.org.access),
        stamps=_stamps(inputs, layouts, pages),
        findings=tuple(_findings(inputs)),
        labels=_labels(inputs.org),
        pages=pages,
    )


def _labels(org: OrgFacts) -> dict[str, dict[str, str]]:
    """What people read for each field, by object and by API name in lower case."""
    return {
        owner: {name.casefold(): field.label for name, field in fields.items()}
        for owner, fields in org.fields.items()
    }


def _stamps(
    inputs: Inputs, layouts: list[LayoutPlan], pages: tuple[PagePlan, ...]
) -> dict[str, str]:
    """When each file that is sent was last saved in the org; a new set must still not be there."""
    saved_pages = {fact.name: fact.stamp for fact in inputs.org.pages}
    saved = {fact.name.member: fact.stamp for fact in inputs.targets.chosen}
    stamps = {
        layout_path(layout.name.member): saved[layout.name.member]
        for layout in layouts
        if layout.changes
    }
    stamps |= {page_path(page.name): saved_pages[page.name] for page in pages if page.changes}
    if inputs.access.changes or inputs.access.drop:
        stamps[permission_set_path(inputs.access.permission_set)] = (
            inputs.org.access.permission_set_stamp or NOT_THERE
        )
    return stamps


def _plan_layout(fact: LayoutFact, inputs: Inputs) -> LayoutPlan:
    body = inputs.bodies.get(fact.name.member)
    if body is None:
        return LayoutPlan(fact.name, Outcome.FAILED, _why_missing(fact, inputs.messages))
    spelled = field_on(fact.name.object, inputs.choice.name)
    try:
        edit = _edit(body, spelled, inputs.wish, where=fact.name.decoded)
    except BadInput as broken:
        return LayoutPlan(fact.name, Outcome.FAILED, str(broken), before=body, after=body)
    return LayoutPlan(
        fact.name, edit.outcome, edit.reason, edit.section, edit.column, edit.before, edit.after
    )


def _why_missing(fact: LayoutFact, messages: tuple[str, ...]) -> str:
    """The org's own word on a layout that it did not return."""
    spellings = (fact.name.member, fact.name.decoded)
    said = [message for message in messages if any(name in message for name in spellings)]
    return ": ".join(["the org did not return it on retrieve", *said[:1]])


def _edit(body: bytes, field: str, wish: Wish, where: str) -> LayoutEdit:
    if wish.aim is Aim.TAKE_OUT:
        return take_out(body, field, where=where)
    layouts: LayoutWish = wish.layouts
    return edit_layout(body, field, wish=layouts.place, readonly=layouts.readonly, where=where)


def _new_fields(inputs: Inputs) -> dict[str, bytes]:
    return {
        f"objects/{obj}.object": render_object_with_fields(
            api_name=inputs.choice.name, **new_field_texts()
        )
        for obj in inputs.choice.create_on
    }


def _bodies_after(inputs: Inputs, layouts: list[LayoutPlan]) -> Mapping[str, bytes]:
    """Every layout's bytes once the plan is done, by member name."""
    changed = {layout.name.member: layout.after for layout in layouts if layout.after}
    return {**inputs.bodies, **changed}


def _seen(inputs: Inputs, bodies: Mapping[str, bytes], access: AccessFacts) -> tuple[Seen, ...]:
    """Who would see the field on these layouts with this access, per object that has layouts."""
    shown_ids: dict[str, dict[str, str]] = {}
    objects_of: dict[str, str] = {}
    for fact in inputs.org.layouts:
        objects_of[fact.id] = fact.name.object
        body = bodies.get(fact.name.member, b"")
        behavior = _behavior(body, field_on(fact.name.object, inputs.choice.name))
        if behavior:
            shown_ids.setdefault(fact.name.object, {})[fact.id] = behavior
    return tuple(
        count_seen(
            Pages(obj, _ACCESS_OBJECT.get(obj, obj), shown_ids.get(obj, {})),
            tuple(a for a in inputs.org.assignments if objects_of.get(a.layout_id) == obj),
            access,
        )
        for obj in sorted(set(objects_of.values()))
    )


def _behavior(body: bytes, field: str) -> str:
    """How the layout holds the field; "" when it does not, or cannot be read."""
    try:
        place = find_field(body, field)
    except BadInput:
        return ""
    return place.behavior if place else ""


def _access_after(inputs: Inputs) -> AccessFacts:
    """The access facts as they will be: the set grants edit, the assignees hold it."""
    facts = inputs.org.access
    if inputs.wish.aim is Aim.TAKE_OUT:
        return _access_left(inputs)
    if inputs.access.after is None:
        return facts
    # A set that does not exist yet has no id; any other text tells its grants from the rest.
    set_id = facts.permission_set_id or "the new set"
    return AccessFacts(
        profiles=facts.profiles,
        grants=(
            *(grant for grant in facts.grants if grant.parent_id != set_id),
            Grant("Contact", set_id, edit=True),
            Grant("Lead", set_id, edit=True),
        ),
        holders=(
            *facts.holders,
            *(Holder(user.user_id, user.profile_id, set_id) for user in inputs.access.assign),
        ),
        permission_set_id=facts.permission_set_id,
    )


def _access_left(inputs: Inputs) -> AccessFacts:
    """The access facts once the set is dropped, or gives what is left in it."""
    facts, access = inputs.org.access, inputs.access
    if not access.drop and not access.changes:
        return facts
    left = grants_of(access.after) if access.after is not None and not access.drop else {}
    name, set_id = inputs.choice.name, facts.permission_set_id
    kept = tuple(
        Grant(obj, set_id, edit=left[f"{obj}.{name}"])
        for obj in ("Contact", "Lead")
        if f"{obj}.{name}" in left
    )
    others = (grant for grant in facts.grants if grant.parent_id != set_id)
    return replace(facts, grants=(*others, *kept))


def _findings(inputs: Inputs) -> list[Finding]:
    """What a person should know before saying yes."""
    name = inputs.choice.name
    found = [
        Finding(
            "hidden-from-us",
            Severity.WARN,
            f"{obj}.{name}",
            "the field exists, but field-level security hides it from the user who deploys",
            fix="assign the permission set to that user (--assign) to let later checks see it",
            source="Metadata read ignores field-level security; describe follows it",
        )
        for obj in ("Contact", "Lead")
        if is_hidden(inputs.org, obj, name)
    ]
    if inputs.choice.create_on:
        found.append(
            Finding(
                "map-for-conversion",
                Severity.WARN,
                f"Lead.{name}",
                "a custom opt-out is lost when a lead is converted unless it is mapped",
                fix="Setup > Object Manager > Lead > Fields & Relationships > Map Lead Fields: "
                f"map {NEW_FIELD_LABEL} to Contact.{name}",
                source="Salesforce help, Map Custom Lead Fields; Email Opt Out maps by itself",
            )
        )
    return found
