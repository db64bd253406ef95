"""How Salesforce spells component names: percent escapes in layouts, prefixes of packages."""

from __future__ import annotations

import re
from urllib.parse import unquote

# Source: forcedotcom/cli#2869 - letters of any language, digits, space, "-", single "_" and "*"
# stay; everything else is escaped. Characters that thread does not name (such as "~" or "|") are
# escaped too: unverified.
_ESCAPED = re.compile(r"__|[^\w \-*]")
_PREFIX = re.compile(r"^([A-Za-z][A-Za-z0-9_]{0,14}?)__(?!$)(.+)$")


def decoded(name: str) -> str:
    """The name without percent escapes."""
    return unquote(name)


def key_of(name: str) -> str:
    """What two spellings of one name have in common: no escapes, no case."""
    return unquote(name).casefold()


def spelled(component_type: str, name: str, namespace: str = "") -> str:
    """The name as the org writes it.

    Only layouts are escaped, and of those only what follows the object; a package's prefix keeps
    its two underscores (forcedotcom/cli#2168).
    """
    plain = unquote(name)
    if component_type != "Layout" or "-" not in plain:
        return plain
    entity, _, label = plain.partition("-")
    prefix = f"{namespace}__" if namespace and label.startswith(f"{namespace}__") else ""
    return f"{entity}-{prefix}{_ESCAPED.sub(_escape, label[len(prefix) :])}"


def listed(component_type: str, full_name: str, namespace: str) -> str:
    """The name listMetadata gives: for a managed layout without the prefix after the hyphen."""
    if component_type != "Layout" or not namespace:
        return full_name
    entity, _, label = full_name.partition("-")
    return f"{entity}-{label.removeprefix(f'{namespace}__')}"


def namespace_of(name: str) -> str:
    """The package prefix of a custom name such as ns__Field__c; "" when it has none."""
    found = _PREFIX.match(re.sub(r"__(c|pc|r|pr|mdt|e|b|x)$", "", name))
    return found[1] if found else ""


def _escape(found: re.Match[str]) -> str:
    # Not urllib's quote, which keeps the full stop.
    return "".join(f"%{byte:02X}" for byte in found[0].encode())
