"""C62: whether what was deployed still stands."""

from __future__ import annotations

from datetime import UTC, datetime

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.readiness.checks.saying import DEVELOPER, named, passed, said
from deployer.readiness.facts.drift import Drift


def _saved(facts: Facts) -> list[Finding]:
    drift = value(facts, "drift", Drift)
    if not drift.deployed_at:
        return [said(Severity.INFO, "this machine has not deployed this field to the org")]
    at = f"{datetime.fromisoformat(drift.deployed_at).astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    if not drift.layouts:
        return passed(f"no layout was saved since the deploy of {at}")
    return [said(Severity.WARN, f"saved since the deploy of {at}: {named(drift.layouts)}")]


CHECKS = (
    Check("C62", "Drift", Severity.WARN, "Did anybody save a layout since it was deployed to?",
          ("drift",), _saved, "optout plan --org {org}{field_option}",
          DEVELOPER + "api_tooling.meta/api_tooling/tooling_api_objects_layout.htm"),
)  # fmt: skip
