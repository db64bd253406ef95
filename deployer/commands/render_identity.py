"""optout render --identity: the permission set of one login, with the reason for each right."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from deployer.commands.wishes import given_words
from deployer.errors import UsageError
from deployer.model.identities import (
    IDENTITIES,
    RUNNER,
    Identity,
    Of,
    Right,
    on_shared_records,
    without_accounts,
)
from deployer.model.plans import FieldWish, default_field
from deployer.model.reports import Report, Table

PAGE = "docs/operating/identities.md"
_ALLOWED = {"field", "custom_field"}
_NARROWER = {"no_person_accounts": without_accounts, "shared_records": on_shared_records}
_OPTIONS = (
    click.option(
        "--identity", type=click.Choice(tuple(IDENTITIES)),
        help="Write this login's permission set instead; no layouts, no org.",
    ),
    click.option(
        "--no-person-accounts", is_flag=True,
        help="The runner's set without Account, for an org that has no person accounts.",
    ),
    click.option(
        "--shared-records", is_flag=True,
        help="The runner's set without Modify All, for an org that shares all records with it.",
    ),
)  # fmt: skip

Command = Callable[..., Any]


def identity_options(command: Command) -> Command:
    """Add the options and hand the command one `identity`, None when it is about layouts."""

    @functools.wraps(command)
    def with_identity(**values: Any) -> Any:
        name = values.pop("identity")
        less = [word for word in _NARROWER if values.pop(word)]
        return command(identity=_identity(name, less), **values)

    wrapped: Command = with_identity
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped


def _identity(name: str | None, less: list[str]) -> Identity | None:
    """Errors: UsageError when the runner's options are given without the runner."""
    if less and name != RUNNER.name:
        raise UsageError(
            f"{_option(less[0])} is about the runner's permission set",
            where=_option(less[0]),
            hint="give it with --identity runner",
        )
    identity = IDENTITIES[name] if name else None
    for word in less:
        identity = _NARROWER[word](RUNNER if identity is None else identity)
    return identity


def field_of(wish: FieldWish) -> str:
    """The API name of the field that the set is for.

    Errors: UsageError for options that say nothing about a permission set, or a field without name.
    """
    foreign = [word for word in given_words() if word not in _ALLOWED]
    if foreign:
        raise UsageError(
            f"a permission set for a login has nothing to do with {_option(foreign[0])}",
            where="--identity",
            hint="give --identity with --out, --format, --field and --custom-field alone",
        )
    name = default_field(wish)
    if not name:
        raise UsageError(
            "the Marketo field's API name differs from org to org, and no org is asked",
            where="--field marketo-sales-opt-out",
            hint="add --custom-field API_NAME; optout plan --org NAME lists what it could be",
        )
    return name


def _option(word: str) -> str:
    """The option of this parameter, as it is typed."""
    params = click.get_current_context().command.params
    return next(param.opts[0] for param in params if param.name == word)


def to_report(identity: Identity, field: str, out: Path, files: Mapping[str, bytes]) -> Report:
    """What was written, what it gives and why, and how the login gets it."""
    name = identity.permission_set
    rows = tuple(
        (right.label, _place(right, identity, field), right.why) for right in identity.rights
    )
    further = (
        f"next: deploy the folder as an administrator, then assign {name} to the "
        f"{identity.name}'s user alone; {PAGE} says how, and with which licence"
    )
    return Report(
        tables=(Table(f"{name} gives", ("right", "on", "because"), rows),),
        headline=(f"{len(files)} files written to {out}", further),
        document={
            "identity": identity.name,
            "permission_set": name,
            "field": field,
            "files": sorted(files),
            "rights": [_row(right) for right in identity.rights],
        },
    )


def _place(right: Right, identity: Identity, field: str) -> str:
    if right.of is not Of.FIELD:
        return ", ".join(right.on)
    return ", ".join(f"{obj}.{each}" for obj in right.on for each in identity.fields(field))


def _row(right: Right) -> dict[str, object]:
    return {"name": right.name, "label": right.label, "on": list(right.on), "why": right.why}
