"""Whether what a deploy would send is valid, and how the org took a check-only deploy of it."""

from __future__ import annotations

from dataclasses import dataclass

from deployer.model.facts import Fact
from deployer.model.findings import Severity
from deployer.readiness.facts.asking import told
from deployer.schema import check_schema
from deployer.templates import render_permission_set


@dataclass(frozen=True, slots=True)
class Rendered:
    """What the schema says against our own templates."""

    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckedDeploy:
    """How a check-only deploy of the very package ended, as its report said it."""

    ok: bool
    said: str


def read_rendered(field: str) -> Fact[object]:
    """Hold the templates, filled in for this field, against Salesforce's own schema; offline."""
    return told(lambda: Rendered(_faults(field)))


def _faults(field: str) -> tuple[str, ...]:
    body = render_permission_set(
        label="Opt-Out Field Access",
        description="",
        field_permissions=[(f"{obj}.{field}", True) for obj in ("Contact", "Lead")],
    )
    found = check_schema(body, "permission set")
    return tuple(each.what for each in found if each.severity is Severity.FAIL)
