"""API names of fields as a person types them."""

from __future__ import annotations

import re

from deployer.errors import UsageError

_API_NAME = re.compile(r"(?:[A-Za-z](?:_?[A-Za-z0-9])*__)?[A-Za-z](?:_?[A-Za-z0-9])*__c")


def checked_api_name(name: str, option: str) -> str:
    """The name, if it can be a custom field's API name.

    Errors: UsageError. Source: Salesforce, "Custom Field Names": letters, digits, single
    underscores, at most 40 characters before __c, an optional namespace in front.
    """
    if _API_NAME.fullmatch(name) and len(name.removesuffix("__c").rpartition("__")[2]) <= 40:
        return name
    raise UsageError(
        f"{name!r} is not the API name of a custom field",
        where=option,
        hint="give a name such as Marketo_Sales_Opt_Out__c or ns__Opt_Out__c",
    )
