"""What must be so before a night touches anything; layouts and pages are none of its business."""

from __future__ import annotations

from deployer.errors import OrgSaidNo, TryLater
from deployer.salesforce.answers import mapping, number
from deployer.salesforce.client import Connection
from sync.fields import name_on
from sync.org_records import Shape


def check_gate(
    connection: Connection, shape: Shape, fields: tuple[str, ...], budget_percent: int
) -> None:
    """Pass when each field is an updateable checkbox on each object, and calls are left.

    Errors: OrgSaidNo naming object and field; TryLater when the day's share of calls is used.
    """
    for sobject in ("Contact", "Lead", *(("Account",) if shape.person_accounts else ())):
        _check_fields(connection, sobject, [name_on(sobject, field) for field in fields])
    calls = mapping(connection.limits().get("DailyApiRequests") or {}, "DailyApiRequests")
    most, left = number(calls, "Max"), number(calls, "Remaining")
    if (most - left) * 100 > most * budget_percent:
        raise TryLater(
            f"{most - left:,} of the org's {most:,} API calls of the day are used; the nightly "
            f"may use {budget_percent} % of them, the rest is kept for pushes",
            where=connection.org.instance_url,
            hint="run it later, or raise api_budget_percent under [sync]",
        )


def _check_fields(connection: Connection, sobject: str, fields: list[str]) -> None:
    described = connection.describe(sobject).get("fields")
    known = {f.get("name"): f for f in described} if isinstance(described, list) else {}
    for field in fields:
        found = known.get(field)
        if found is None or found.get("type") != "boolean" or not found.get("updateable"):
            what = "does not show it" if found is None else (
                "is no checkbox" if found.get("type") != "boolean" else "may not be edited"
            )  # fmt: skip
            raise OrgSaidNo(
                f"the runner cannot write {sobject}.{field}: the org {what}"
                if found is None
                else f"the runner cannot write {sobject}.{field}: it {what}",
                where=f"{sobject}.{field}",
                hint="give the runner's user edit access to it: optout deploy --assign USERNAME",
            )
