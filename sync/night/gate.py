"""What must be so before a night touches anything; layouts and pages are none of its business."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deployer.errors import OrgSaidNo, TryLater
from deployer.salesforce.answers import mapping, number
from deployer.salesforce.client import Connection
from sync.fields import name_on
from sync.org_records import Shape


@dataclass(frozen=True, slots=True)
class Budget:
    """The org's API calls of the last 24 hours. Source: REST API guide, "Limits"."""

    used: int
    allowed: int

    def is_over(self, percent: int) -> bool:
        """Whether more than this share of them is used."""
        return self.used * 100 > self.allowed * percent


@dataclass(frozen=True, slots=True)
class Unwritable:
    """A field that the runner cannot write, and why: `what` goes on from the field's name."""

    place: str
    what: str


def check_gate(
    connection: Connection, shape: Shape, fields: tuple[str, ...], budget_percent: int
) -> None:
    """Pass when each field is an updateable checkbox on each object, and calls are left.

    Errors: OrgSaidNo naming object and field; TryLater when the day's share of calls is used.
    """
    for wrong in fetch_unwritable(connection, shape, fields):
        raise OrgSaidNo(
            f"the runner cannot write {wrong.place}: {wrong.what}",
            where=wrong.place,
            hint="give the runner's user edit access to it: optout deploy --assign USERNAME",
        )
    budget = fetch_budget(connection)
    if budget.is_over(budget_percent):
        raise TryLater(
            f"{budget.used:,} of the org's {budget.allowed:,} API calls of the day are used; the "
            f"nightly may use {budget_percent} % of them, the rest is kept for pushes",
            where=connection.org.instance_url,
            hint="run it later, or raise api_budget_percent under [sync]",
        )


def fetch_unwritable(
    connection: Connection, shape: Shape, fields: tuple[str, ...]
) -> Iterator[Unwritable]:
    """Fields that are no checkboxes this user may edit, object by object as they are asked of."""
    for sobject in objects(shape):
        described = connection.describe(sobject).get("fields")
        known = {f.get("name"): f for f in described} if isinstance(described, list) else {}
        for name in (name_on(sobject, field) for field in fields):
            if what := _what_is_wrong(known.get(name)):
                yield Unwritable(f"{sobject}.{name}", what)


def objects(shape: Shape) -> tuple[str, ...]:
    """What a person can be in this org; a person account is written as its Account."""
    return ("Contact", "Lead", "Account") if shape.person_accounts else ("Contact", "Lead")


def fetch_budget(connection: Connection) -> Budget:
    """How many calls are used and allowed: what the last answer said, else one call more.

    The list of limits is for users with View Setup and Configuration, which a runner does without.
    Source: REST API guide, "Limits" and "Limit Info Header".
    """
    if connection.api_usage is not None:
        return Budget(*connection.api_usage)
    calls = mapping(connection.limits().get("DailyApiRequests") or {}, "DailyApiRequests")
    allowed = number(calls, "Max")
    return Budget(allowed - number(calls, "Remaining"), allowed)


def _what_is_wrong(field: Mapping[str, Any] | None) -> str:
    if field is None:
        return "the org does not show it"
    if field.get("type") != "boolean":
        return "it is no checkbox"
    return "" if field.get("updateable") else "it may not be edited"
