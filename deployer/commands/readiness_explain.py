"""What one check asks, needs and would have done: `optout readiness --explain`."""

from __future__ import annotations

from deployer.errors import UsageError
from deployer.model.checks import Check
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report
from deployer.readiness.assessing import filled
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.checks.package import CHECK_DEPLOY


def explained(word: str) -> Report:
    """What a check asks, why it matters and what to do. Errors: UsageError for an unknown id."""
    known: dict[str, Check] = {check.id.casefold(): check for check in (*CHECKS, CHECK_DEPLOY)}
    check = known.get(word.casefold())
    if check is None:
        raise UsageError(
            f"no check has the id {word!r}",
            where="--explain",
            hint=f"the ids are {' '.join(each.id for each in known.values())}",
        )
    words = {"org": "NAME", "field": "the field", "field_option": "", "production": ""}
    remedy = filled(check.remedy, words)
    asks = Finding(check.id, Severity.INFO, check.title, check.question, remedy, check.link)
    document = {
        "id": check.id, "title": check.title, "severity": check.severity.value,
        "question": check.question, "needs": list(check.needs), "remedy": remedy,
        "link": check.link,
    }  # fmt: skip
    lines = (f"needs: {', '.join(check.needs)}", f"see {check.link}")
    return Report(headline=lines, findings=(asks,), document=document)
