"""The options that say which field, which layouts and whose access; plan and deploy share them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from deployer.errors import UsageError
from deployer.model.layouts import PERSON_OBJECTS, OnReadonly, PlaceWish
from deployer.model.plans import (
    OUR_PERMISSION_SET,
    AccessWish,
    Aim,
    FieldKind,
    FieldWish,
    LayoutWish,
    LightningPages,
    Scope,
    Wish,
)

_FIELD_OPTIONS = (
    click.option(
        "--field", type=click.Choice([kind.value for kind in FieldKind]),
        help="The standard field (default), or the one the Marketo customizations bring.",
    ),
    click.option("--custom-field", metavar="API_NAME", help="Use this custom field."),
)  # fmt: skip
_CREATE_OPTION = click.option(
    "--create-field", metavar="API_NAME", default="",
    help="Create this checkbox on Contact and Lead in the same deploy.",
)  # fmt: skip
_LAYOUT_OPTIONS = (
    click.option(
        "--object", "objects", type=click.Choice(PERSON_OBJECTS), multiple=True,
        help="Only layouts of this object.",
    ),
    click.option("--layout", "include", metavar="GLOB", multiple=True, help="Only these layouts."),
    click.option("--exclude", metavar="GLOB", multiple=True, help="Not these layouts or pages."),
    click.option("--all-layouts", is_flag=True, help="Also layouts that no profile is assigned."),
)  # fmt: skip
_PAGES_OPTION = click.option(
    "--lightning-pages", is_flag=True,
    help="Also record pages that carry fields themselves (Dynamic Forms).",
)  # fmt: skip
_PLACE_OPTIONS = (
    click.option(
        "--place", metavar="WHERE", default="",
        help="after:FIELD, before:FIELD or section:LABEL[:COLUMN].",
    ),
    click.option(
        "--make-editable", is_flag=True, help="Turn the field editable where it is read-only."
    ),
)  # fmt: skip
_ACCESS_OPTIONS = (
    click.option(
        "--permission-set", metavar="NAME|none",
        help=f"The permission set that gives access to the field (default: {OUR_PERMISSION_SET}).",
    ),
    click.option(
        "--assign", metavar="USERNAME|profile:NAME|layout-users", multiple=True,
        help="Give the permission set to these users.",
    ),
)  # fmt: skip
_PUT = (*_FIELD_OPTIONS, _CREATE_OPTION, *_LAYOUT_OPTIONS, _PAGES_OPTION,
        *_PLACE_OPTIONS, *_ACCESS_OPTIONS)  # fmt: skip
_TAKE_OUT = (*_FIELD_OPTIONS, *_LAYOUT_OPTIONS, _PAGES_OPTION)

_WORDS = ("field", "custom_field", "create_field", "objects", "include", "exclude",
          "all_layouts", "lightning_pages", "place", "make_editable", "permission_set",
          "assign")  # fmt: skip

Command = Callable[..., Any]


def put_options(command: Command) -> Command:
    """Add the options and hand the command one `wish` to put the field on layouts."""
    return _with_wish(command, Aim.PUT, _PUT)


def take_out_options(command: Command) -> Command:
    """Add the options and hand the command one `wish` to take the field off layouts."""
    return _with_wish(command, Aim.TAKE_OUT, _TAKE_OUT)


def field_options(command: Command) -> Command:
    """Add the options that name the field and hand the command one `field`, a FieldWish."""

    @functools.wraps(command)
    def with_field(**values: Any) -> Any:
        words = {name: values.pop(name) for name in ("field", "custom_field")}
        field = _field_wish(_with_settings(words, values["config"]))
        return command(field=field, **values)

    wrapped: Command = with_field
    for option in reversed(_FIELD_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _with_wish(command: Command, aim: Aim, options: tuple[Callable[..., Any], ...]) -> Command:
    @functools.wraps(command)
    def with_wish(**values: Any) -> Any:
        words = {name: values.pop(name) for name in _WORDS if name in values}
        return command(wish=to_wish(aim, _with_settings(words, values["config"])), **values)

    wrapped: Command = with_wish
    for option in reversed(options):
        wrapped = option(wrapped)
    return wrapped


def given_words() -> list[str]:
    """The options of a wish that stand on the command line of the command under way."""
    context = click.get_current_context()
    on_the_line = click.core.ParameterSource.COMMANDLINE
    return [name for name in _WORDS if context.get_parameter_source(name) is on_the_line]


def _with_settings(words: dict[str, Any], config: Path | None) -> dict[str, Any]:
    """Fill what was not given from environment and settings file; a flag beats them all."""
    from deployer.settings.loading import load

    flags = {name: words.get(name) or None for name in ("field", "custom_field", "permission_set")}
    settled = {name: value.value for name, value in load(config).resolve(flags=flags).items()}
    if words["field"] or words.get("create_field"):
        # Another field was named: the one of the settings file is not meant.
        settled["custom_field"] = words["custom_field"]
    return words | {name: settled[name] or "" for name in flags}


def to_wish(aim: Aim, words: dict[str, Any]) -> Wish:
    """The wish that these option values say.

    Errors: UsageError for values that contradict each other or cannot be API names.
    """
    return Wish(
        aim=aim,
        field=_field_wish(words),
        layouts=LayoutWish(
            objects=tuple(words["objects"]),
            include=tuple(words["include"]),
            exclude=tuple(words["exclude"]),
            scope=Scope.ALL if words["all_layouts"] else Scope.ASSIGNED,
            place=_place(words.get("place", "")),
            readonly=OnReadonly.MAKE_EDITABLE if words.get("make_editable") else OnReadonly.KEEP,
        ),
        access=AccessWish(
            words.get("permission_set", OUR_PERMISSION_SET), tuple(words.get("assign", ()))
        ),
        pages=LightningPages.EDIT if words.get("lightning_pages") else LightningPages.LEAVE,
    )


def _field_wish(words: dict[str, Any]) -> FieldWish:
    from deployer.settings.api_names import checked_api_name

    custom, create = words["custom_field"], words.get("create_field", "")
    if custom and create:
        raise UsageError(
            "--custom-field names a field that is there, --create-field one that is not",
            where="--create-field",
            hint="give one of the two",
        )
    return FieldWish(
        kind=_kind(words["field"]),
        custom_field=checked_api_name(custom, "--custom-field") if custom else "",
        create_field=checked_api_name(create, "--create-field") if create else "",
    )


def _kind(word: str) -> FieldKind:
    """The kind of a settings file or the environment, which no option has checked."""
    try:
        return FieldKind(word)
    except ValueError as unknown:
        raise UsageError(
            f"{word!r} is no field",
            where="field",
            hint=f"write {' or '.join(kind.value for kind in FieldKind)}",
        ) from unknown


def _place(text: str) -> PlaceWish:
    if not text:
        return PlaceWish()
    from deployer.layouts import parse_wish

    return parse_wish(text)
