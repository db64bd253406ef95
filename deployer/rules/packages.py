"""Rules for package.xml, alone and together with the files beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any
from urllib.parse import unquote

from deployer.model.findings import Severity
from deployer.rules.rule import Answer, Rule, Subject, elements, repeated, text_of, value_of

OLDEST_VERSION, NEWEST_VERSION = 50, 63
# Metadata format: type -> folder and suffix of its files, for the types this program sends.
FOLDERS = {
    "Layout": ("layouts", ".layout"),
    "CustomObject": ("objects", ".object"),
    "PermissionSet": ("permissionsets", ".permissionset"),
    "Profile": ("profiles", ".profile"),
    "FlexiPage": ("flexipages", ".flexipage"),
}


def _version(subject: Subject) -> Iterator[Answer]:
    for element in elements(subject.root, "version"):
        found = re.fullmatch(r"(\d{1,3})\.0", value_of(element))
        if found is None:
            what = f"{value_of(element)!r} is not an API version"
            yield Answer(element.sourceline, what)
        elif int(found[1]) < OLDEST_VERSION:
            what = f"API {value_of(element)} is older than {OLDEST_VERSION}.0"
            yield Answer(element.sourceline, what)


def _newer_version(subject: Subject) -> Iterator[Answer]:
    for element in elements(subject.root, "version"):
        found = re.fullmatch(r"(\d{1,3})\.0", value_of(element))
        if found and int(found[1]) > NEWEST_VERSION:
            what = f"API {value_of(element)} is newer than the schema used here"
            yield Answer(element.sourceline, what)


def _type_twice(subject: Subject) -> Iterator[Answer]:
    names = [(value_of(e), e.sourceline) for e in elements(subject.root, "types/name")]
    for name, count, line in repeated(names):
        yield Answer(line, f"type {name} is named {count} times")


def _member_twice(subject: Subject) -> Iterator[Answer]:
    for each in elements(subject.root, "types"):
        members = [(value_of(e), e.sourceline) for e in elements(each, "members")]
        for member, count, line in repeated(members):
            yield Answer(line, f"{text_of(each, 'name')} {member} is named {count} times")


def _wildcard(subject: Subject) -> Iterator[Answer]:
    for each in elements(subject.root, "types"):
        for member in elements(each, "members"):
            if value_of(member) == "*" and text_of(each, "name") in {"Layout", "CustomObject"}:
                what = f"{text_of(each, 'name')} is named by *"
                yield Answer(member.sourceline, what)


def members_without_file(package: Any, names: Mapping[str, PurePath]) -> Iterator[Answer]:
    """Members of the types in FOLDERS whose file is not there; names are compared decoded."""
    there = {_key(name) for name in names}
    for kind, (folder, suffix) in FOLDERS.items():
        for member in _members(package, kind):
            name = value_of(member)
            if name != "*" and _key(f"{folder}/{name}{suffix}") not in there:
                what = f"{kind} {name} is named here, but its file is not there"
                yield Answer(member.sourceline, what)


def files_without_member(package: Any, names: Mapping[str, PurePath]) -> Iterator[PurePath]:
    """Files of the types in FOLDERS that no member names; `names` is `folder/file` -> path."""
    named = {_key(f"objects/{value_of(m).split('.')[0]}.object") for m in _custom_fields(package)}
    for kind, (folder, suffix) in FOLDERS.items():
        members = [value_of(member) for member in _members(package, kind)]
        named |= {_key(f"{folder}/{name}{suffix}") for name in members}
        if "*" in members:
            named |= {_key(name) for name in names if name.startswith(f"{folder}/")}
    yield from (path for name, path in names.items() if _key(name) not in named)


def _key(name: str) -> str:
    return unquote(name).casefold()


def _custom_fields(package: Any) -> list[Any]:
    return _members(package, "CustomField")


def _members(package: Any, kind: str) -> list[Any]:
    types = elements(package, "types")
    return [m for t in types if text_of(t, "name") == kind for m in elements(t, "members")]


RULES = (
    Rule(
        "package-version", "Package", Severity.FAIL,
        "Is the API version one that Salesforce still serves?",
        "write <version>63.0</version>",
        'Salesforce: "500 UNSUPPORTED_API_VERSION" up to 30.0; this program serves 50.0 and later',
        _version,
    ),
    Rule(
        "package-version-newer", "Package", Severity.WARN,
        "Is the API version one that this schema knows?",
        "write <version>63.0</version>, or expect elements that are not known here",
        "the schema is Metadata API 63.0",
        _newer_version,
    ),
    Rule(
        "package-type-twice", "Package", Severity.FAIL,
        "Is each type named once?",
        "put its members into one <types>",
        "Salesforce merges or refuses it, depending on the call (unverified)",
        _type_twice,
    ),
    Rule(
        "package-member-twice", "Package", Severity.WARN,
        "Is each member named once?", "delete all but one", "it is sent once", _member_twice,
    ),
    Rule(
        "package-wildcard", "Package", Severity.WARN,
        "Are layouts and objects named, not asked for by *?",
        "name each one; * leaves managed layouts and standard objects out",
        "Salesforce: package.xml, * does not return managed layouts or standard objects",
        _wildcard,
    ),
)  # fmt: skip
