"""Which values of a lead go where at conversion: the built-in pairs and the org's mapping."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from practice_org.columns import fields_of
from practice_org.metadata.canonical import parse_metadata
from practice_org.metadata.components import find_component
from practice_org.objects import PERSON_FIELDS
from practice_org.org import Org

_ADDRESS = ("Street", "City", "State", "PostalCode", "Country")
# Salesforce, help, "Lead Conversion Field Mapping". That the two other consents carry over as
# Email Opt Out does is unverified.
_TO_CONTACT: Mapping[str, str] = {
    **{
        name: name
        for name in (
            *("Salutation", "FirstName", "LastName", "Email", "Title", "Phone", "MobilePhone"),
            *("Fax", "LeadSource", "Description"),
            *("HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall", "OwnerId"),
        )
    },
    **{name: f"Mailing{name}" for name in _ADDRESS},
}
_TO_ACCOUNT: Mapping[str, str] = {
    "Company": "Name",
    **{name: name for name in ("Phone", "Fax", "Website", "Industry", "OwnerId")},
    **{name: f"Billing{name}" for name in _ADDRESS},
}
_PERSON_NAMES = {held: name for name, held in PERSON_FIELDS.items()}
_SHARED_WITH_ACCOUNT = ("Phone", "Fax", "OwnerId", "Website", "Industry", "Description")


def contact_values(org: Org, lead: sqlite3.Row) -> dict[str, object]:
    """What a contact gets from this lead, by Contact field; empty values are left out."""
    return _values(lead, _pairs(org, "Contact", _TO_CONTACT))


def account_values(org: Org, lead: sqlite3.Row) -> dict[str, object]:
    """What a business account gets from this lead, by Account field; empty ones are left out."""
    return _values(lead, _pairs(org, "Account", _TO_ACCOUNT))


def person_values(org: Org, lead: sqlite3.Row) -> dict[str, object]:
    """What a person account gets from this lead, by Account field; empty ones are left out."""
    known = fields_of(org, "Account")
    own = {name: value for name, value in account_values(org, lead).items() if name != "Name"}
    held = {
        _person_name(name): value
        for name, value in contact_values(org, lead).items()
        if _person_name(name) in known
    }
    return {**own, **held}


def blanks_filled(row: sqlite3.Row, values: Mapping[str, object]) -> dict[str, object]:
    """The values whose field is empty in the row.

    A checkbox is never empty: an existing contact's false stays, whatever the lead says. That
    Salesforce treats checkboxes so is unverified; populated values stay (Validity, 7990412253595).
    """
    return {name: value for name, value in values.items() if row[name] in (None, "")}


def _person_name(name: str) -> str:
    if name.endswith("__c"):
        return f"{name.removesuffix('__c')}__pc"
    return _PERSON_NAMES.get(name, name if name in _SHARED_WITH_ACCOUNT else "")


def _pairs(org: Org, sobject: str, standard: Mapping[str, str]) -> list[tuple[str, str]]:
    return [*standard.items(), *_mapped(org, sobject)]


def _mapped(org: Org, sobject: str) -> list[tuple[str, str]]:
    """The pairs that LeadConvertSettings names for this object and the org still has."""
    settings = find_component(org, "LeadConvertSettings", "LeadConvertSettings")
    if settings is None:
        return []
    known, of_lead = fields_of(org, sobject), fields_of(org, "Lead")
    pairs = [
        (entry.value("inputField"), entry.value("outputField"))
        for mapping in parse_metadata(settings.body).all("objectMapping")
        if mapping.value("outputObject") == sobject
        for entry in mapping.all("mappingFields")
    ]
    return [(source, target) for source, target in pairs if source in of_lead and target in known]


def _values(lead: sqlite3.Row, pairs: list[tuple[str, str]]) -> dict[str, object]:
    found = {target: lead[source] for source, target in pairs}
    return {name: value for name, value in found.items() if value not in (None, "")}
