"""A plan as a file: reviewed by people, kept as an artefact, and held against the org again.

The file holds the wish and its effect (layouts, places, field, access), never what would be sent:
a deploy plans anew from a fresh retrieve and refuses when the effect is another one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import Enum
from typing import Any

from deployer.errors import BadInput, Moved, OrgSaidNo
from deployer.model.layouts import OnReadonly, PlaceWish
from deployer.model.plans import (
    AccessWish,
    Aim,
    FieldKind,
    FieldWish,
    LayoutWish,
    LightningPages,
    Plan,
    Scope,
    Wish,
)
from deployer.planning.access import is_group_word

FORMAT = 1

Effect = dict[str, Any]


@dataclass(frozen=True, slots=True)
class PlanFile:
    """What a plan file holds."""

    org_id: str
    wish: Wish
    effect: Effect


def effect_of(plan: Plan) -> Effect:
    """What a plan would change, without the bytes: equal effects mean the same review."""
    pages = [
        {"name": page.name, "outcome": page.outcome.value, "section": page.section}
        for page in plan.pages
        if page.changes
    ]
    return {
        "aim": plan.aim.value,
        "field": plan.field,
        "new_fields": list(plan.new_field_members),
        "layouts": [
            {
                "name": layout.name.decoded,
                "outcome": layout.outcome.value,
                "section": layout.section,
                "column": layout.column,
            }
            for layout in plan.layouts
            if layout.changes
        ],
        "permission_set": plan.access.permission_set if plan.access.changes else None,
        "assign": sorted(user.user_id for user in plan.access.assign),
        # A plan without pages reads as those did that were made before there were any.
        **({"pages": pages} if pages else {}),
        **({"drop": True} if plan.access.drop else {}),
        **({"deleted_fields": list(plan.deleted_fields)} if plan.deleted_fields else {}),
    }


def to_bytes(plan: Plan, wish: Wish) -> bytes:
    """The plan file; the same plan gives the same bytes."""
    access = replace(wish.access, assign=_without_usernames(plan, wish.access))
    document = {
        "format": FORMAT,
        "org_id": plan.org_id,
        "wish": json.loads(json.dumps(asdict(replace(wish, access=access)), default=_enum_value)),
        "effect": effect_of(plan),
    }
    return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def from_bytes(data: bytes, where: str) -> PlanFile:
    """Read a plan file.

    Errors: BadInput when it is none, or of a newer format.
    """
    try:
        document = json.loads(data)
        stored = document["format"]
        if not isinstance(stored, int) or stored > FORMAT:
            raise _unusable(where, f"it has format {stored}; this program reads up to {FORMAT}")
        return PlanFile(str(document["org_id"]), _wish(document["wish"]), dict(document["effect"]))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as broken:
        raise _unusable(where, "it is not a plan written by optout plan --out") from broken


def refuse_other_org(file: PlanFile, org_id: str, where: str) -> None:
    """A plan is for one org.

    Errors: OrgSaidNo naming both.
    """
    if file.org_id[:15] != org_id[:15]:
        raise OrgSaidNo(
            f"the plan is for org {file.org_id}, this is {org_id}",
            where=where,
            hint="name the plan's own org with --org, or make a new plan for this one",
        )


def refuse_moved(reviewed: Effect, fresh: Effect, where: str) -> None:
    """Refuse when the org has moved since the review.

    Errors: OrgSaidNo naming what is different.
    """
    if reviewed != fresh:
        differences = "; ".join(_differences(reviewed, fresh))
        raise Moved(
            f"the org has moved since the plan was made: {differences}",
            where=where,
            hint="run optout plan again and have the new plan reviewed; nothing was sent",
        )


def _differences(reviewed: Effect, fresh: Effect) -> list[str]:
    keys = ("aim", "field", "new_fields", "permission_set", "assign", "drop", "deleted_fields")
    return [
        *_moved(reviewed.get("layouts", []), fresh.get("layouts", [])),
        *_moved(reviewed.get("pages", []), fresh.get("pages", [])),
        *(
            f"{key.replace('_', ' ')} is different"
            for key in keys
            if reviewed.get(key) != fresh.get(key)
        ),
    ]


def _moved(reviewed: list[Effect], fresh: list[Effect]) -> list[str]:
    """How the layouts, or the pages, of two effects differ."""
    found = []
    before = {item["name"]: item for item in reviewed}
    after = {item["name"]: item for item in fresh}
    for name in sorted(before.keys() | after.keys()):
        if name not in after:
            found.append(f"{name} no longer needs a change")
        elif name not in before:
            found.append(f"{name} now needs a change")
        elif before[name] != after[name]:
            found.append(f"{name}: {_place(before[name])} became {_place(after[name])}")
    return found


def _place(item: Mapping[str, Any]) -> str:
    column = f" column {item['column']}" if "column" in item else ""
    return f"section {item.get('section')!r}{column}"


def _without_usernames(plan: Plan, access: AccessWish) -> tuple[str, ...]:
    """The same wish in user ids: a username looks like, and often is, an e-mail address."""
    groups = tuple(word for word in access.assign if is_group_word(word))
    if len(groups) == len(access.assign):
        return groups
    return (*groups, *(user.user_id for user in plan.access.assign))


def _enum_value(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(type(value).__name__)


def _wish(stored: Mapping[str, Any]) -> Wish:
    layouts, fields, access = stored["layouts"], stored["field"], stored["access"]
    return Wish(
        aim=Aim(stored["aim"]),
        field=FieldWish(
            FieldKind(fields["kind"]), str(fields["custom_field"]), str(fields["create_field"])
        ),
        layouts=LayoutWish(
            objects=tuple(layouts["objects"]),
            include=tuple(layouts["include"]),
            exclude=tuple(layouts["exclude"]),
            scope=Scope(layouts["scope"]),
            place=PlaceWish(**layouts["place"]),
            readonly=OnReadonly(layouts["readonly"]),
        ),
        access=AccessWish(str(access["permission_set"]), tuple(access["assign"])),
        pages=LightningPages(stored.get("pages", LightningPages.LEAVE.value)),
    )


def _unusable(where: str, what: str) -> BadInput:
    return BadInput(
        f"the plan cannot be used: {what}",
        where=where,
        hint="make a new one with optout plan --out FILE",
    )
