"""What the platform refuses in a field, and the field it makes of what it takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from practice_org.columns import fields_of
from practice_org.metadata.canonical import Node, parse_metadata
from practice_org.metadata.components import find_component, list_components
from practice_org.metadata.problems import Problem, at
from practice_org.objects import Field, find_object
from practice_org.org import Org

MOST_TRACKED = 20
_CUSTOM = re.compile(r"^([A-Za-z][A-Za-z0-9]{0,14}__)?[A-Za-z](_?[A-Za-z0-9])*__c$")
# Metadata type -> describe's word.
_TYPES = {
    "Checkbox": "boolean",
    "Currency": "currency",
    "Date": "date",
    "DateTime": "datetime",
    "Email": "email",
    "Html": "textarea",
    "LongTextArea": "textarea",
    "Lookup": "reference",
    "MultiselectPicklist": "multipicklist",
    "Number": "double",
    "Percent": "percent",
    "Phone": "phone",
    "Picklist": "picklist",
    "Text": "string",
    "TextArea": "textarea",
    "Url": "url",
}
# A standard field's file says no more than this.
_STANDARD_PARTS = frozenset(
    {
        *("fullName", "trackHistory", "trackFeedHistory", "trackTrending", "inlineHelpText"),
        *("description", "businessStatus", "complianceGroup", "securityClassification"),
    }
)
# Which attributes a type cannot do without. The sentence is Salesforce's pattern
# ("Must specify 'length' for a CustomField of type Text"); for Checkbox it is unverified.
_NEEDED = {
    "Checkbox": ("defaultValue",),
    "Currency": ("precision", "scale"),
    "Html": ("length", "visibleLines"),
    "LongTextArea": ("length", "visibleLines"),
    "Lookup": ("referenceTo", "relationshipName"),
    "Number": ("precision", "scale"),
    "Percent": ("precision", "scale"),
    "Text": ("length",),
}

Rule = Callable[[Org, str, Node], Iterator[Problem]]


def field_problems(org: Org, entity: str, node: Node) -> list[Problem]:
    """Everything wrong with a well-shaped field of this object."""
    name = node.value("fullName")
    rules = _CUSTOM_RULES if name.endswith("__c") else _STANDARD_RULES
    return [problem for rule in rules for problem in rule(org, entity, node)]


def custom_field(node: Node) -> Field:
    """The field as the data side knows it."""
    kind = node.value("type")
    formula = bool(node.value("formula"))
    checkbox = kind == "Checkbox"
    return Field(
        name=node.value("fullName"),
        type=_TYPES[kind],
        label=node.value("label"),
        length=int(float(node.value("length") or 0)),
        refers_to=tuple(n.text.strip() for n in node.all("referenceTo")),
        nillable=not checkbox and not node.says("required"),
        createable=not formula,
        updateable=not formula,
        permissionable=not node.says("required"),
        calculated=formula,
        default=node.says("defaultValue") if checkbox else None,
        choices=tuple(n.value("fullName") for n in node.all(*_VALUES)),
        help_text=node.value("inlineHelpText"),
        unique=node.says("unique"),
        external_id=node.says("externalId"),
        history=node.says("trackHistory"),
    )


_VALUES = ("valueSet", "valueSetDefinition", "value")


def _name_is_possible(_org: Org, _entity: str, node: Node) -> Iterator[Problem]:
    name = node.value("fullName")
    if not _CUSTOM.match(name) or len(name.rpartition("__")[0].rpartition("__")[2]) > 40:
        sentence = (
            "The Field Name can only contain underscores and alphanumeric characters. It must be "
            "unique, begin with a letter, not include spaces, not end with an underscore, and not "
            "contain two consecutive underscores."
        )
        yield at(node, sentence)


def _says_what_it_is(_org: Org, _entity: str, node: Node) -> Iterator[Problem]:
    kind = node.value("type")
    if not node.value("label"):
        yield at(node, "Must specify a non-empty label for the CustomField")
    if kind not in _TYPES:
        # The first sentence is unverified; the second is this program's own.
        sentence = "Must specify 'type' for a CustomField"
        if kind:
            sentence = f"This practice org does not emulate fields of type {kind}"
        yield at(next(node.all("type"), node), sentence)


def _has_what_the_type_needs(_org: Org, _entity: str, node: Node) -> Iterator[Problem]:
    kind = node.value("type")
    if node.value("formula"):
        if node.value("defaultValue"):
            sentence = "Can not specify a defaultValue for CustomFields that have a formula"
            yield at(next(node.all("defaultValue")), sentence)
        return
    for part in _NEEDED.get(kind, ()):
        if not node.value(part):
            yield at(node, f"Must specify '{part}' for a CustomField of type {kind}")


def _cannot_be_required(_org: Org, _entity: str, node: Node) -> Iterator[Problem]:
    # Unverified sentence; a checkbox always has a value.
    if node.value("type") == "Checkbox" and node.says("required"):
        sentence = "Can not specify 'required' for a CustomField of type Checkbox"
        yield at(next(node.all("required")), sentence)


def _keeps_its_type(org: Org, entity: str, node: Node) -> Iterator[Problem]:
    # Some changes of type are possible; refusing all is the safe side. Unverified sentence.
    name = node.value("fullName")
    old = find_component(org, "CustomField", f"{entity}.{name}")
    before = parse_metadata(old.body).value("type") if old else ""
    if before and node.value("type") != before:
        sentence = f"Cannot change the type of {entity}.{name} from {before}"
        yield at(next(node.all("type"), node), f"{sentence} to {node.value('type')}")


def _is_on_an_object(_org: Org, entity: str, node: Node) -> Iterator[Problem]:
    found = find_object(entity)
    if found is None or not found.business:
        yield at(node, f"This practice org does not emulate custom fields on {entity}")


def _history_has_room(org: Org, entity: str, node: Node) -> Iterator[Problem]:
    # 20 fields per object by default; the sentence is unverified.
    if not node.says("trackHistory"):
        return
    own = f"{entity}.{node.value('fullName')}".casefold()
    tracked = [
        held
        for held in list_components(org, "CustomField")
        if held.full_name.casefold().startswith(f"{entity}.".casefold())
        and held.full_name.casefold() != own
        and parse_metadata(held.body).says("trackHistory")
    ]
    if len(tracked) >= MOST_TRACKED:
        sentence = f"You can track the history of at most {MOST_TRACKED} fields of {entity}"
        yield at(next(node.all("trackHistory")), sentence)


def _is_a_standard_field(org: Org, entity: str, node: Node) -> Iterator[Problem]:
    name = node.value("fullName")
    if not name:
        yield at(node, "Required field is missing: fullName")
    elif find_object(entity) is None or name not in fields_of(org, entity) or "__" in name:
        yield at(node, "Could not resolve standard field's name")


def _leaves_the_standard_alone(_org: Org, _entity: str, node: Node) -> Iterator[Problem]:
    # That a type is refused is known, the sentence is unverified.
    for child in node.children:
        if child.name not in _STANDARD_PARTS:
            name = node.value("fullName")
            yield at(child, f"Can not specify '{child.name}' for the standard field {name}")


_CUSTOM_RULES: tuple[Rule, ...] = (
    _is_on_an_object,
    _name_is_possible,
    _says_what_it_is,
    _has_what_the_type_needs,
    _cannot_be_required,
    _keeps_its_type,
    _history_has_room,
)
_STANDARD_RULES: tuple[Rule, ...] = (
    _is_a_standard_field,
    _leaves_the_standard_alone,
    _history_has_room,
)
