"""Rules for fields: a file of their own, or inside an object's file."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from deployer.model.findings import Severity
from deployer.rules.rule import Answer, Rule, Subject, elements, repeated, text_of, value_of

_CUSTOM_NAME = re.compile(r"(?:[A-Za-z](?:_?[A-Za-z0-9]){0,14}__)?[A-Za-z](?:_?[A-Za-z0-9])*__p?c")


def _fields(subject: Subject) -> list[Any]:
    if subject.root.tag.endswith("}CustomField"):
        return [subject.root]
    return elements(subject.root, "fields")


def _on_custom(find: Callable[[Any, str], str]) -> Callable[[Subject], Iterator[Answer]]:
    """A rule about one custom field; "" means that all is well."""

    def find_all(subject: Subject) -> Iterator[Answer]:
        for field in _fields(subject):
            name = text_of(field, "fullName")
            what = find(field, name) if name.endswith("__c") else ""
            if what:
                yield Answer(field.sourceline, what)

    return find_all


def _no_label(field: Any, name: str) -> str:
    return "" if text_of(field, "label") else f"{name} has no label"


def _no_type(field: Any, name: str) -> str:
    return "" if text_of(field, "type") else f"{name} has no type"


def _no_default(field: Any, name: str) -> str:
    plain = text_of(field, "type") == "Checkbox" and not elements(field, "formula")
    missing = plain and not text_of(field, "defaultValue")
    return f"the checkbox {name} has no defaultValue" if missing else ""


def _formula_default(field: Any, name: str) -> str:
    both = elements(field, "formula") and elements(field, "defaultValue")
    return f"{name} has a formula and a defaultValue" if both else ""


def _required(field: Any, name: str) -> str:
    required = text_of(field, "type") == "Checkbox" and text_of(field, "required") == "true"
    return f"the checkbox {name} is required" if required else ""


def _bad_name(_field: Any, name: str) -> str:
    return "" if _CUSTOM_NAME.fullmatch(name) else f"{name} is not a name Salesforce takes"


def _standard_checkbox(subject: Subject) -> Iterator[Answer]:
    for field in _fields(subject):
        name = text_of(field, "fullName")
        standard = name and not name.endswith(("__c", "__pc"))
        if standard and text_of(field, "type") == "Checkbox":
            yield Answer(field.sourceline, f"the standard field {name} has a type")


def _field_twice(subject: Subject) -> Iterator[Answer]:
    names = [(value_of(e), e.sourceline) for e in elements(subject.root, "fields/fullName")]
    for name, count, line in repeated(names):
        yield Answer(line, f"field {name} is in the file {count} times")


def _both(
    ident: str, severity: Severity, texts: tuple[str, str, str], find: Callable[..., Any]
) -> tuple[Rule, Rule]:
    """The same rule for a field's own file and for the fields of an object's file."""
    return (
        Rule(ident, "CustomField", severity, *texts, find),
        Rule(ident, "CustomObject", severity, *texts, find),
    )


RULES = (
    *_both(
        "field-without-label", Severity.FAIL,
        ("Has each custom field a label?", "add <label>", "Salesforce: CustomField, label"),
        _on_custom(_no_label),
    ),
    *_both(
        "field-without-type", Severity.FAIL,
        ("Has each custom field a type?", "add <type>", "Salesforce: CustomField, type"),
        _on_custom(_no_type),
    ),
    *_both(
        "checkbox-without-default", Severity.FAIL,
        ("Has each checkbox a default?", "add <defaultValue>false</defaultValue>",
         "Salesforce: CustomField, defaultValue; measured: 207 of 207 checkboxes have one"),
        _on_custom(_no_default),
    ),
    *_both(
        "formula-with-default", Severity.FAIL,
        ("Has no formula field a default?", "delete <defaultValue>",
         'Salesforce: "Can not specify a defaultValue for CustomFields that have a formula"'),
        _on_custom(_formula_default),
    ),
    *_both(
        "checkbox-required", Severity.WARN,
        ("Is no checkbox required?", "delete <required>", "a checkbox always has a value"),
        _on_custom(_required),
    ),
    *_both(
        "field-name", Severity.FAIL,
        ("Is each custom field's name one that Salesforce takes?",
         "letters, digits and single underscores, a letter first, __c last",
         "Salesforce: The Field Name can only contain alphanumeric characters and underscores"),
        _on_custom(_bad_name),
    ),
    *_both(
        "standard-field-with-type", Severity.FAIL,
        ("Has no standard checkbox a type?", "delete <type>; keep fullName and tracking only",
         "Salesforce: CustomField, a standard field takes no type"),
        _standard_checkbox,
    ),
    Rule(
        "object-field-twice", "CustomObject", Severity.FAIL,
        "Is each field in the object's file once?", "delete all but one",
        "Salesforce refuses a component that comes twice (unverified)",
        _field_twice,
    ),
)  # fmt: skip
