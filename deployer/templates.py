"""Metadata XML for new things only; what is there already is edited, never rendered.

Every function here is pure: the same values give the same bytes (4 spaces, LF, final newline,
children in schema order, names sorted).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined

from deployer.errors import UsageError
from deployer.model.layouts import Behavior

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class _Checkbox:
    api_name: str
    label: str
    help_text: str
    description: str
    track_history: bool


@cache
def render_layout_item(field: str, behavior: Behavior = Behavior.EDIT) -> str:
    """Render one `layoutItems` element, four lines, for splicing into a layout."""
    return _render("layout_item", field=field, behavior=behavior.value)


def render_flexipage_field(field: str, identifier: str, behavior: str = "none") -> str:
    """Render one `itemInstances` element of a Dynamic Forms page.

    `identifier` is unique on its page; `behavior` is none, readonly or required.
    """
    return _render("flexipage_field", field=field, identifier=identifier, behavior=behavior)


def render_custom_field(
    *,
    api_name: str,
    label: str,
    help_text: str = "",
    description: str = "",
    track_history: bool = False,
) -> bytes:
    """Render a checkbox field, default false, as a file of source format.

    Salesforce wants a default on every checkbox. Errors: UsageError for a character that XML cannot
    hold.
    """
    field = _Checkbox(api_name, label, help_text, description, track_history)
    return _render("custom_field", field=field).encode()


def render_object_with_fields(
    *,
    api_name: str,
    label: str,
    help_text: str = "",
    description: str = "",
    track_history: bool = False,
) -> bytes:
    """Render `objects/Contact.object` (or Lead's) of metadata format with that checkbox field.

    Deploying it adds the field; a CustomObject file merges. Errors: UsageError.
    """
    field = _Checkbox(api_name, label, help_text, description, track_history)
    return _render("object_with_field", field=field).encode()


def render_permission_set(
    *,
    label: str,
    description: str,
    field_permissions: Sequence[tuple[str, bool]],
    object_permissions: Mapping[str, Collection[str]] | None = None,
    user_permissions: Collection[str] = (),
) -> bytes:
    """Render a permission set that gives what is named and nothing else; it has no licence.

    `field_permissions` are (`Contact.Field`, editable); every one is readable. `object_permissions`
    are the rights on each object as the file spells them (allowRead, viewAllRecords, ...),
    `user_permissions` API names of system permissions. Errors: UsageError.
    """
    return _render(
        "permission_set",
        label=label,
        description=description,
        field_permissions=sorted(field_permissions),
        object_permissions=sorted((object_permissions or {}).items()),
        user_permissions=sorted(user_permissions),
    ).encode()


def render_package(members: Mapping[str, Sequence[str]], version: str) -> bytes:
    """Render package.xml: metadata type -> member names exactly as the org spells them.

    A type without members is left out. Errors: UsageError.
    """
    types = [(name, sorted(set(members[name]))) for name in sorted(members) if members[name]]
    return _render("package", types=types, version=version).encode()


def render_destructive_changes(members: Mapping[str, Sequence[str]], version: str) -> bytes:
    """Render destructiveChanges.xml, which has the form of a package.xml. Errors: UsageError."""
    return render_package(members, version)


def _render(template: str, **values: object) -> str:
    return _environment().get_template(f"{template}.xml.j2").render(values)


@cache
def _environment() -> Environment:
    return Environment(
        autoescape=True,
        undefined=StrictUndefined,
        loader=FunctionLoader(_read_template),
        finalize=_refuse_unwritable,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _read_template(name: str) -> str:
    return files("metadata_templates").joinpath(name).read_text(encoding="utf-8")


def _refuse_unwritable(value: object) -> object:
    """XML has no way to write most control characters, not even escaped."""
    if isinstance(value, str) and _NOT_XML.search(value):
        raise UsageError(
            f"{value!r} holds a character that XML cannot hold",
            hint="write that name or text without control characters",
        )
    return value
