"""A look at readiness as the picture of it that a page draws. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from deployer.model.facts import Fact, Known, Unknown
from deployer.model.layouts import PERSON_OBJECTS
from deployer.model.pictures import (
    AfterShown,
    CallShown,
    CheckShown,
    GivenTo,
    LayoutShown,
    MatrixRow,
    ReadinessPicture,
    StepShown,
)
from deployer.readiness.assessing import Assessed
from deployer.readiness.facts.field import Fields
from deployer.readiness.facts.placements import (
    Assigned,
    Layouts,
    LayoutSeen,
    Placements,
    RecordTypes,
)
from deployer.readiness.look import After, Call, Look, known_visibility, next_steps, verdict_line
from deployer.readiness.visibility import Row, Visibility

T = TypeVar("T")


def to_picture(look: Look) -> ReadinessPicture:
    """Everything the page shows, from one look."""
    seen = fact_of(look.facts, "visibility", Visibility)
    known = known_visibility(look.visibility)
    return ReadinessPicture(
        org=look.org,
        org_id=look.org_id,
        field=look.field,
        at=look.at,
        verdict=look.verdict.value,
        says=verdict_line(look).partition(": ")[2],
        notes=look.notes,
        steps=tuple(StepShown(remedy, ids) for remedy, ids in next_steps(look)),
        bars=known.headline,
        rows=merged(known.rows),
        lost=seen.reason if isinstance(seen, Unknown) else "",
        checks=tuple(_check(each, look.accepted) for each in look.assessed),
        layouts=_layouts(look.facts),
        labels=_labels(fact_of(look.facts, "fields", Fields)),
        unmapped=look.unmapped,
        calls=tuple(_call(call) for call in look.calls),
        after=_after(look.after) if look.after else None,
    )


def _after(after: After) -> AfterShown:
    seen = fact_of({"visibility": after.visibility}, "visibility", Visibility)
    known = known_visibility(after.visibility)
    lost = seen.reason if isinstance(seen, Unknown) else ""
    return AfterShown(after.words, known.headline, merged(known.rows), lost)


def merged(rows: Iterable[Row]) -> tuple[MatrixRow, ...]:
    """The rows, those that differ in the record type alone as one."""
    found: dict[Row, list[str]] = {}
    for row in rows:
        found.setdefault(replace(row, record_type=""), []).append(row.record_type)
    return tuple(
        MatrixRow(
            object=row.object,
            profile=row.profile,
            record_types=tuple(types),
            app=row.app,
            form_factor=row.form_factor,
            layout=row.layout,
            page=row.page,
            verdict=row.verdict.value,
            why=row.why,
            users=row.users,
        )
        for row, types in found.items()
    )


def fact_of(facts: Mapping[str, Fact[object]], name: str, kind: type[T]) -> Fact[T]:
    """The fact of this name, known only as what it should be."""
    fact = facts.get(name, Unknown("it was not looked at"))
    if isinstance(fact, Unknown):
        return fact
    if isinstance(fact.value, kind):
        return Known(fact.value)
    raise TypeError(f"fact {name} is {fact!r}, not a {kind.__name__}")


def _check(each: Assessed, accepted: tuple[str, ...]) -> CheckShown:
    return CheckShown(
        id=each.check.id,
        title=each.check.title,
        question=each.check.question,
        outcome=each.outcome,
        evidence=each.evidence,
        remedy=each.remedy,
        link=each.check.link,
        accepted=each.check.id in accepted,
    )


def _call(call: Call) -> CallShown:
    made = call.made
    return CallShown(made.method, made.path, made.purpose, made.status, call.login)


def _layouts(facts: Mapping[str, Fact[object]]) -> Fact[tuple[LayoutShown, ...]]:
    """Every layout, by object and name."""
    layouts = fact_of(facts, "layouts", Layouts)
    if isinstance(layouts, Unknown):
        return layouts
    given = _given(facts)
    placements = fact_of(facts, "placements", Placements)
    shown = tuple(
        LayoutShown(
            each.name,
            each.object,
            placements if isinstance(placements, Unknown) else placements.value.drawings[each.id],
            given.get(each.id, ()),
        )
        for each in sorted(layouts.value.all, key=_order)
    )
    return Known(shown)


def _order(layout: LayoutSeen) -> tuple[int, str]:
    return PERSON_OBJECTS.index(layout.object), layout.name.casefold()


def _given(facts: Mapping[str, Fact[object]]) -> dict[str, tuple[GivenTo, ...]]:
    """Layout id -> who is given it; nothing where that is not known."""
    assigned = fact_of(facts, "assigned", Assigned)
    types = fact_of(facts, "record_types", RecordTypes)
    if isinstance(assigned, Unknown):
        return {}
    names = types.value.names if isinstance(types, Known) else {}
    found: dict[str, dict[str, list[str]]] = {}
    for each in assigned.value.all:
        name = names.get(each.record_type_id, each.record_type_id)
        found.setdefault(each.layout_id, {}).setdefault(each.profile, []).append(name)
    return {
        layout: tuple(GivenTo(profile, tuple(kinds)) for profile, kinds in sorted(people.items()))
        for layout, people in found.items()
    }


def _labels(fields: Fact[Fields]) -> dict[str, dict[str, str]]:
    if isinstance(fields, Unknown):
        return {}
    return {
        owner: {name.casefold(): field.label for name, field in named.items()}
        for owner, named in fields.value.of.items()
    }
