"""A Report as JUnit XML, in the subset that GitLab, Jenkins and Azure Pipelines all read.

GitLab takes only the first of two cases with one name and shows an element's text, Jenkins its
`message`, so names are unique and both are written. Source: GitLab, "Unit test reports"; Jenkins,
JUnit plugin; Azure Pipelines, PublishTestResults.
"""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report
from deployer.reporting.formats import cases_of, numbered, on_one_line, story_of, title_of

_COUNTED = {"failures": "failure", "errors": "error", "skipped": "skipped"}
_NOT_ASKED = "could not be told"


def to_junit(report: Report, name: str) -> str:
    """One suite, one test case a thing that was looked at; `name` is the command's.

    A thing that could not be told is skipped with the reason; a command that was ended by an error
    is one case with that error.
    """
    cases = cases_of(report)
    kinds = Counter(_kind(case, report) for case in cases)
    head = {"name": name, "tests": str(len(cases))}
    head |= {plural: str(kinds[kind]) for plural, kind in _COUNTED.items()}
    root = Element("testsuites", head)
    suite = SubElement(root, "testsuite", head)
    _add_properties(suite, report)
    for case, title in zip(cases, numbered(map(title_of, cases)), strict=True):
        _add_case(suite, case, {"classname": ".".join(name.split()), "name": title}, report)
    indent(root)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return f"{written.decode()}\n"


def _kind(case: Finding, report: Report) -> str:
    """The element that tells of it; a passed case has none, only what it says."""
    if case is report.stopped:
        return "error"
    if case.severity in report.fails_on:
        return "failure"
    return "skipped" if case.severity is Severity.UNKNOWN else "system-out"


def _add_properties(suite: Element, report: Report) -> None:
    properties = SubElement(suite, "properties")
    for name, value in (("org_id", report.org_id or ""), ("exit", str(int(report.exit)))):
        if value:
            SubElement(properties, "property", {"name": name, "value": on_one_line(value)})


def _add_case(suite: Element, case: Finding, names: dict[str, str], report: Report) -> None:
    if case.place is not None:
        names |= {"file": on_one_line(case.place.file)}
        names |= {"line": str(case.place.line)} if case.place.line else {}
    kind = _kind(case, report)
    said = SubElement(SubElement(suite, "testcase", names), kind)
    said.text = story_of(case)
    if kind != "system-out":
        said.attrib |= {"type": on_one_line(case.rule), "message": on_one_line(_message(case))}


def _message(case: Finding) -> str:
    return case.what or _NOT_ASKED
