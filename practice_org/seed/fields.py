"""The seed's custom fields on Contact and Lead."""

from __future__ import annotations

from dataclasses import dataclass

from practice_org import tables
from practice_org.metadata.canonical import Node, branch, leaf, serialise
from practice_org.metadata.components import load_component
from practice_org.objects import Field
from practice_org.org import Org

REGIONS = ("EMEA", "AMER", "APAC")
LANGUAGES = ("English", "Deutsch", "Français", "日本語")
MARKETO_LABEL = "Marketo Sales Opt Out"


@dataclass(frozen=True, slots=True)
class SeedField:
    """One custom field; `kind` is metadata's word: Text, Picklist, Checkbox, Number, ..."""

    sobject: str
    name: str
    kind: str
    label: str
    choices: tuple[str, ...] = ()
    help_text: str = ""


FIELDS = (
    SeedField("Contact", "Customer_Number__c", "Text", "Customer Number"),
    SeedField("Contact", "Preferred_Language__c", "Picklist", "Preferred Language", LANGUAGES),
    SeedField("Contact", "Region__c", "Picklist", "Region", REGIONS),
    SeedField("Contact", "Partner_Level__c", "Picklist", "Partner Level", ("Silver", "Gold")),
    SeedField("Contact", "VIP__c", "Checkbox", "VIP", help_text="Handled by a key account team."),
    SeedField("Contact", "Newsletter_Topics__c", "Text", "Newsletter Topics"),
    SeedField("Contact", "Support_Notes__c", "LongTextArea", "Support Notes"),
    SeedField("Contact", "acme__Partner_Score__c", "Number", "Partner Score"),
    SeedField("Lead", "Customer_Number__c", "Text", "Customer Number"),
    SeedField("Lead", "Region__c", "Picklist", "Region", REGIONS),
    SeedField("Lead", "Budget__c", "Number", "Budget"),
    SeedField("Lead", "Webinar_Attended__c", "Checkbox", "Webinar Attended"),
    SeedField("Lead", "Newsletter_Topics__c", "Text", "Newsletter Topics"),
)
_TYPES = {
    "Text": "string",
    "Picklist": "picklist",
    "Checkbox": "boolean",
    "Number": "double",
    "LongTextArea": "textarea",
}


def add_fields(org: Org) -> None:
    """Give the org the seed's custom fields."""
    for field in FIELDS:
        add_field(org, field)


def add_marketo_field(org: Org, name: str = "Marketo_Sales_Opt_Out__c") -> None:
    """Give Contact and Lead the field that orgs with Marketo Sales Connect have.

    Its API name is not published anywhere; `name` is a guess, and hidden from everybody but the
    administrator, as a new field is.
    """
    for sobject in ("Contact", "Lead"):
        add_field(org, SeedField(sobject, name, "Checkbox", MARKETO_LABEL))


def add_field(org: Org, field: SeedField) -> None:
    """Add one custom field: its column, its definition, its metadata."""
    tables.add_custom_field(org, field.sobject, _column(field))
    namespace = field.name.partition("__")[0] if field.name.count("__") == 2 else ""
    load_component(
        org, "CustomField", f"{field.sobject}.{field.name}", _xml(field), namespace=namespace
    )


def _column(field: SeedField) -> Field:
    checkbox = field.kind == "Checkbox"
    return Field(
        field.name,
        _TYPES[field.kind],
        field.label,
        length=80 if field.kind == "Text" else 0,
        nillable=not checkbox,
        permissionable=True,
        default=False if checkbox else None,
        choices=field.choices,
        help_text=field.help_text,
    )


def _xml(field: SeedField) -> bytes:
    extra: dict[str, list[Node]] = {
        "Text": [leaf("length", 80)],
        "Checkbox": [leaf("defaultValue", value=False)],
        "Number": [leaf("precision", 18), leaf("scale", 0)],
        "LongTextArea": [leaf("length", 32768), leaf("visibleLines", 3)],
        "Picklist": [_value_set(field.choices)],
    }
    told = [leaf("inlineHelpText", field.help_text)] if field.help_text else []
    parts = [leaf("label", field.label), leaf("type", field.kind), *told, *extra[field.kind]]
    return serialise(branch("CustomField", parts))


def _value_set(choices: tuple[str, ...]) -> Node:
    values = [
        branch("value", [leaf("fullName", c), leaf("default", value=False), leaf("label", c)])
        for c in choices
    ]
    return branch(
        "valueSet", [branch("valueSetDefinition", [leaf("sorted", value=False), *values])]
    )
