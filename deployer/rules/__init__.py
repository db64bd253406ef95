"""What a schema cannot see: a table of rules by area, asked of one file or of a whole folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any

from lxml import etree

from deployer.model.findings import Finding, Severity
from deployer.rules import fields, flexipages, layouts, packages, permission_sets
from deployer.rules.packages import FOLDERS, files_without_member, members_without_file
from deployer.rules.rule import Rule, Subject

__all__ = ["RULES", "Rule", "check_package", "check_rules"]

RULES: tuple[Rule, ...] = (
    *layouts.RULES,
    *fields.RULES,
    *permission_sets.RULES,
    *flexipages.RULES,
    *packages.RULES,
)


def check_rules(path: PurePath | str, data: bytes) -> list[Finding]:
    """Ask every rule for this kind of file; a file that is not well-formed has none.

    `where` of a finding is path:line. The file's own name tells a layout's object.
    """
    root = _root_of(data)
    if root is None:
        return []
    subject = Subject(PurePath(path).name, root)
    kind = etree.QName(root).localname
    return [
        Finding(rule.id, rule.severity, f"{path}:{answer.line}", answer.what, rule.fix, rule.source)
        for rule in RULES
        if rule.root == kind
        for answer in rule.find(subject)
    ]


def check_package(package: PurePath, data: bytes, files: Mapping[str, PurePath]) -> list[Finding]:
    """Hold a package.xml against the files beside it (`folder/file name` -> path)."""
    root = _root_of(data)
    if root is None:
        return []
    ours = {n: p for n, p in files.items() if n.partition("/")[0] in _FOLDER_NAMES}
    return list(_package_findings(package, root, ours))


_FOLDER_NAMES = {folder for folder, _ in FOLDERS.values()}


def _package_findings(
    package: PurePath, root: Any, files: Mapping[str, PurePath]
) -> Iterator[Finding]:
    for answer in members_without_file(root, files):
        where, fix = f"{package}:{answer.line}", "add the file, or delete the member"
        yield Finding("package-member-missing", _FAIL, where, answer.what, fix, _MISSING)
    for path in files_without_member(root, files):
        what, fix = "no member of package.xml names this file", "name it, or leave the file out"
        yield Finding("package-file-unnamed", _FAIL, str(path), what, fix, _UNNAMED)


_FAIL = Severity.FAIL
_MISSING = (
    "Salesforce: \"An object 'X' of type Layout was named in package.xml, but was not found in "
    'zipped directory"'
)
_UNNAMED = 'Salesforce: "not in package.xml"'


def _root_of(data: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return None
