"""A Report as SARIF 2.1.0, in the subset that GitHub code scanning reads.

Source: OASIS, "Static Analysis Results Interchange Format 2.1.0"; GitHub, "SARIF support for code
scanning".
"""

from __future__ import annotations

import json
import re
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from deployer.model.findings import Finding, Place, Severity
from deployer.model.reports import Report
from deployer.reporting.formats import cases_of, on_one_line, safe

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_PLACEHOLDER = re.compile(r"\{(\d+)\}")
_LEVELS = {Severity.WARN: "warning", Severity.INFO: "note", Severity.UNKNOWN: "warning"}


def to_sarif(report: Report, name: str) -> str:
    """One run: a result for each case that is not well, and the rules they speak of.

    A command that was ended by an error has no results and says that it did not succeed.
    """
    found = [
        case
        for case in cases_of(report)
        if case.severity is not Severity.PASS and case is not report.stopped
    ]
    rules = _rules(found, report)
    places = {rule["id"]: place for place, rule in enumerate(rules)}
    run = {
        "tool": {"driver": {"name": name, "rules": rules}},
        "invocations": [_invocation(report)],
        "columnKind": "unicodeCodePoints",
        "results": [_result(case, report, places) for case in found],
    }
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rules(found: list[Finding], report: Report) -> list[dict[str, Any]]:
    """One descriptor a rule, in the order met; the first finding speaks for its rule."""
    first: dict[str, Finding] = {}
    for case in found:
        first.setdefault(on_one_line(case.rule), case)
    return [
        {
            "id": rule,
            "shortDescription": _text(rule.replace("-", " "), rule),
            "fullDescription": _text(case.source, rule),
            "help": _text(case.fix, rule),
            "defaultConfiguration": {"level": _level(case, report)},
        }
        for rule, case in first.items()
    ]


def _result(case: Finding, report: Report, places: dict[str, int]) -> dict[str, Any]:
    rule = on_one_line(case.rule)
    what = case.what if case.place else f"{case.where}: {case.what}"
    result: dict[str, Any] = {
        "ruleId": rule,
        "ruleIndex": places[rule],
        "level": _level(case, report),
        "message": _text(what, rule),
    }
    if case.place is not None:
        result["locations"] = [{"physicalLocation": _location(case.place)}]
    return result


def _level(case: Finding, report: Report) -> str:
    return "error" if case.severity in report.fails_on else _LEVELS.get(case.severity, "error")


def _location(place: Place) -> dict[str, Any]:
    """GitHub shows no result without a line: a whole file is its first."""
    region = {"startLine": max(place.line, 1)}
    region |= {"startColumn": place.column} if place.column else {}
    return {"artifactLocation": {"uri": _uri(place.file)}, "region": region}


def _uri(file: str) -> str:
    """A relative path stays relative, so that it is one of the repository, wherever that lies."""
    path = PurePath(safe(file)).as_posix()
    if path.startswith("/"):
        return f"file:///{quote(path.lstrip('/'))}"
    return quote(path)


def _invocation(report: Report) -> dict[str, Any]:
    told: dict[str, Any] = {
        "executionSuccessful": report.stopped is None,
        "exitCode": int(report.exit),
    }
    if report.stopped is not None:
        told["toolExecutionNotifications"] = [
            {"level": "error", "message": _text(report.verdict, report.stopped.rule)}
        ]
    return told


def _text(text: str, instead: str) -> dict[str, str]:
    """A message: a viewer would fill {0} with an argument and make a link of [text](target).

    Source: SARIF 2.1.0, 3.11.5 (doubled braces) and 3.11.6 (escaped brackets).
    """
    plain = _PLACEHOLDER.sub(r"{{\1}}", safe(text) or safe(instead) or "-")
    return {"text": plain.replace("](", "\\](")}
