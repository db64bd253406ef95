"""Which checkbox an opt-out goes to, and what it is called on each object."""

from __future__ import annotations

from enum import StrEnum

from deployer.errors import UsageError
from deployer.settings.api_names import checked_api_name

EMAIL_OPT_OUT = "HasOptedOutOfEmail"
# Source: Salesforce, Object Reference, "Object Prefixes"; a person account is an Account.
OBJECTS = {"003": "Contact", "00Q": "Lead", "001": "Account"}


class Choice(StrEnum):
    """What the admin chose as `field` under [sync]."""

    EMAIL_OPT_OUT = "email-opt-out"
    MARKETO_SALES_OPT_OUT = "marketo-sales-opt-out"


def chosen_fields(choice: Choice, custom_field: str, *, also_email: bool) -> tuple[str, ...]:
    """The fields (Contact's and Lead's API names) of the admin's choice, the one to read first.

    Errors: UsageError when the custom field's API name is not known: Adobe does not publish it.
    """
    if choice is Choice.EMAIL_OPT_OUT:
        return (EMAIL_OPT_OUT,)
    if not custom_field:
        raise UsageError(
            "field = marketo-sales-opt-out needs the field's API name",
            where="custom_field",
            hint='set custom_field = "..." beside it; Setup > Object Manager > Contact shows it',
        )
    name = checked_api_name(custom_field, "custom_field")
    return (name, EMAIL_OPT_OUT) if also_email else (name,)


def push_fields(chosen: tuple[str, ...], *, nightly_enabled: bool) -> tuple[str, ...]:
    """The fields a pushed opt-out goes to: with the nightly off it is Email Opt Out, always."""
    return chosen if nightly_enabled else (EMAIL_OPT_OUT,)


def object_of(record_id: str) -> str:
    """The object a record id belongs to. Errors: KeyError for another prefix."""
    return OBJECTS[record_id[:3]]


def name_on(sobject: str, field: str) -> str:
    """What the field is called on this object: a person account shows a Contact's fields.

    Source: Salesforce, Object Reference, "Person Account Record Types" (PersonX, X__pc).
    """
    if sobject != "Account":
        return field
    return f"{field.removesuffix('__c')}__pc" if field.endswith("__c") else f"Person{field}"
