"""Which field is meant: told by the user, by describe, or refused with the candidates listed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypedDict

from deployer.errors import OrgSaidNo, UsageError
from deployer.model.org import FieldFact, OrgFacts
from deployer.model.plans import FieldWish, default_field

# Adobe publishes the label in several editions and never the API name.
_MARKETO_OPT_OUT = re.compile(
    r"(marketo[ _]*sales|\bmse\b|\bmsc\b|mse_|msc_|tout).*opt.?out", re.IGNORECASE
)
_OBJECTS = ("Contact", "Lead")
NEW_FIELD_LABEL = "Marketo Sales Opt-Out"
_NEW_FIELD_HELP = "Ticked when this person asked not to get sales e-mail."


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """The field to place: its API name, and the objects on which it must be created first."""

    name: str
    create_on: tuple[str, ...] = ()


def choose_field(wish: FieldWish, org: OrgFacts) -> FieldChoice:
    """Decide which field is meant and whether it has to be created.

    Errors: OrgSaidNo when it is absent, is no checkbox, or several could be meant.
    """
    name = default_field(wish) or discover_field({o: _all_fields(org, o) for o in _OBJECTS})
    known = {obj: _all_fields(org, obj).get(name) for obj in _OBJECTS}
    for obj, fact in known.items():
        _refuse_wrong_type(obj, fact)
    missing = tuple(obj for obj, fact in known.items() if fact is None)
    if wish.create_field:
        _refuse_namespace(name)
        return FieldChoice(name, missing)
    if missing:
        raise OrgSaidNo(
            f"there is no field {name} on {' and '.join(missing)}",
            where=name,
            hint="check the name, or give --create-field to have optout create it"
            if name.endswith("__c")
            else "check that the org's edition has the field",
        )
    return FieldChoice(name)


class NewFieldTexts(TypedDict):
    """What people read on a field that we create."""

    label: str
    help_text: str


def new_field_texts() -> NewFieldTexts:
    """The label and the help text of a field that we create."""
    return {"label": NEW_FIELD_LABEL, "help_text": _NEW_FIELD_HELP}


def is_hidden(org: OrgFacts, object_name: str, field: str) -> bool:
    """Whether the field exists although describe does not show it to the user who asks."""
    return field in org.hidden_fields.get(object_name, {}) and field not in org.fields.get(
        object_name, {}
    )


def _all_fields(org: OrgFacts, object_name: str) -> Mapping[str, FieldFact]:
    return {**org.hidden_fields.get(object_name, {}), **org.fields.get(object_name, {})}


def _refuse_wrong_type(object_name: str, fact: FieldFact | None) -> None:
    if fact is not None and fact.type != "boolean":
        raise OrgSaidNo(
            f"{object_name}.{fact.name} is of type {fact.type}; an opt-out is a checkbox",
            where=f"{object_name}.{fact.name}",
            hint="name a checkbox field with --custom-field, or another with --create-field",
        )


def _refuse_namespace(name: str) -> None:
    if "__" in name.removesuffix("__c"):
        raise UsageError(
            f"{name} has a namespace; only its package can create it",
            where="--create-field",
            hint="give a name without a namespace, such as Marketo_Sales_Opt_Out__c",
        )


def discover_field(fields: Mapping[str, Mapping[str, FieldFact]]) -> str:
    """The one checkbox both objects have whose label or name reads like the Marketo one.

    `fields` maps Contact and Lead to their fields by API name. Errors: OrgSaidNo, which names what
    it could be, when there is none or more than one.
    """
    found = {obj: _candidates(fields[obj]) for obj in _OBJECTS}
    both = sorted(set(found["Contact"]) & set(found["Lead"]))
    if len(both) == 1:
        return both[0]
    listed = [f"{obj}.{name} ({label})" for obj in _OBJECTS for name, label in found[obj].items()]
    if not listed:
        raise OrgSaidNo(
            "no checkbox on Contact and Lead looks like Marketo Sales Opt-Out",
            where="--field marketo-sales-opt-out",
            hint="name the field with --custom-field API_NAME, or create one with --create-field",
        )
    raise OrgSaidNo(
        f"which field is meant is not clear: {', '.join(listed)}",
        where="--field marketo-sales-opt-out",
        hint="name the one you mean with --custom-field API_NAME",
    )


def _candidates(fields: Mapping[str, FieldFact]) -> dict[str, str]:
    return {
        name: fact.label
        for name, fact in sorted(fields.items())
        if fact.type == "boolean"
        and fact.name.endswith("__c")
        and (_MARKETO_OPT_OUT.search(fact.label) or _MARKETO_OPT_OUT.search(fact.name))
    }
