"""C60 and C61: whether the org and the schema would take what a deploy sends."""

from __future__ import annotations

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.readiness.checks.layouts import PUT
from deployer.readiness.checks.saying import DEVELOPER, named, passed, said
from deployer.readiness.facts.package import CheckedDeploy, Rendered


def _dry_run(facts: Facts) -> list[Finding]:
    checked = value(facts, "check_deploy", CheckedDeploy)
    return passed(checked.said) if checked.ok else [said(Severity.FAIL, checked.said)]


def _template(facts: Facts) -> list[Finding]:
    faults = value(facts, "rendered", Rendered).faults
    if faults:
        return [said(Severity.FAIL, f"our own template is not valid: {named(faults)}")]
    return passed("what is rendered is valid by Salesforce's schema")


CHECKS = (
    Check("C61", "Templates", Severity.FAIL, "Is what we render valid metadata?", ("rendered",),
          _template, "optout doctor", DEVELOPER + "api_meta.meta/api_meta/meta_permissionset.htm"),
)  # fmt: skip
# Asked only with --check-deploy: it leaves a row in Setup > Deployment Status.
CHECK_DEPLOY = Check(
    "C60", "Check-only deploy", Severity.FAIL, "Would the org take the deploy?",
    ("check_deploy",), _dry_run, f"{PUT} --check-only",
    DEVELOPER + "api_rest.meta/api_rest/resources_metadata_rest_deploy.htm",
)  # fmt: skip
