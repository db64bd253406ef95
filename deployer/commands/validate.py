"""`optout validate`: hold metadata files against Salesforce's schema and our rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import click

from deployer.commands.formats import ReportCommand
from deployer.errors import BadInput, Exit
from deployer.layouts import layout_tree
from deployer.metadata_files import find_files, read_file, shown
from deployer.model.findings import Finding, Place, Severity
from deployer.model.reports import Report
from deployer.rules import check_package, check_rules
from deployer.schema import check_schema

_SUFFIXES = (
    ".layout",
    ".field",
    ".object",
    ".permissionset",
    ".profile",
    ".flexipage",
    "LeadConvert.settings",
)
_MANIFESTS = {
    "package.xml",
    "destructiveChanges.xml",
    "destructiveChangesPre.xml",
    "destructiveChangesPost.xml",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """One file and what was found in it."""

    path: Path
    findings: tuple[Finding, ...]

    def has(self, severity: Severity) -> bool:
        return any(finding.severity is severity for finding in self.findings)


@click.command("validate", cls=ReportCommand, formats=("sarif",))
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH..."
)
@click.option("--strict", is_flag=True, help="Warnings fail too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
def command(paths: tuple[Path, ...], *, strict: bool, as_json: bool) -> Report:
    """Check layouts, fields, objects, permission sets, profiles, Lightning pages and package.xml.

    PATH is a file or a folder; folders are searched recursively, and a package.xml is also held
    against the files beside it. Nothing is sent anywhere.
    """
    del as_json
    files = find_files(paths, _is_metadata, kind="metadata file this program knows")
    contents = {path: _read(path) for path in files}
    checked = [_check(path, contents) for path in files]
    return _report(checked, strict=strict)


def _is_metadata(name: str) -> bool:
    return name in _MANIFESTS or name.removesuffix("-meta.xml").endswith(_SUFFIXES)


def _read(path: Path) -> bytes | Finding:
    try:
        content = read_file(path)
        layout_tree(content, where=shown(path))
    except BadInput as bad:
        return Finding("xml", Severity.FAIL, bad.where, bad.message, bad.hint)
    return content


def _check(path: Path, contents: Mapping[Path, bytes | Finding]) -> Checked:
    content = contents[path]
    if isinstance(content, Finding):
        return _checked(path, (content,))
    findings = [*check_schema(content, shown(path)), *check_rules(shown(path), content)]
    beside = _beside(path, contents) if path.name == "package.xml" else {}
    if beside:
        findings += check_package(path, content, beside)
    return _checked(path, findings)


def _checked(path: Path, findings: Sequence[Finding]) -> Checked:
    """The file and its findings, each with its place in a file."""
    file = shown(path)
    placed = (replace(each, place=Place.within(file, each.where)) for each in findings)
    return Checked(path, tuple(placed))


def _beside(package: Path, contents: Mapping[Path, object]) -> dict[str, Path]:
    """The files one folder below package.xml; a manifest on its own has none."""
    return {
        f"{path.parent.name}/{path.name.removesuffix('-meta.xml')}": path
        for path in contents
        if path.parent.parent == package.parent
    }


def _report(checked: Sequence[Checked], *, strict: bool) -> Report:
    findings = tuple(finding for each in checked for finding in each.findings)
    severities = Counter(finding.severity for finding in findings)
    fails_on = frozenset({Severity.FAIL, Severity.WARN} if strict else {Severity.FAIL})
    return Report(
        headline=(_sentence(len(checked), severities),),
        findings=findings,
        document={
            "files": [_entry(each) for each in checked],
            "findings": [finding.document for finding in findings],
        },
        exit=Exit.SAID_NO if severities.keys() & fails_on else Exit.DONE,
        cases=tuple(case for each in checked for case in _cases(each)),
        fails_on=fails_on,
    )


def _cases(each: Checked) -> tuple[Finding, ...]:
    file = shown(each.path)
    clean = Finding("validate", Severity.PASS, file, "nothing found", place=Place(file))
    return each.findings or (clean,)


def _entry(each: Checked) -> dict[str, Any]:
    word = "fail" if each.has(Severity.FAIL) else "warn" if each.has(Severity.WARN) else "pass"
    return {
        "path": shown(each.path),
        "outcome": word,
        "findings": len(each.findings),
    }


def _sentence(count: int, severities: Mapping[Severity, int]) -> str:
    noun = "file" if count == 1 else "files"
    fails, warns = severities[Severity.FAIL], severities[Severity.WARN]
    if not fails and not warns:
        return f"{count} {noun}: nothing found."
    return f"{count} {noun}: {fails} to repair, {warns} to look at."
