"""Rules for layouts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deployer.layouts.parts import CUSTOM_LINKS
from deployer.model.findings import Severity
from deployer.model.layouts import LAYOUT_SUFFIXES
from deployer.rules.rule import Answer, Rule, Subject, elements, repeated, text_of, value_of

_CHECKBOXES = ("HasOptedOutOfEmail", "HasOptedOutOfFax", "DoNotCall")
_CHECKBOXES_EVERYWHERE = {*_CHECKBOXES, *(f"Person{name}" for name in _CHECKBOXES)}
_COLUMNS = {"OneColumn": 1, "TwoColumnsLeftToRight": 2, "TwoColumnsTopToBottom": 2}
_ITEMS = "layoutSections/layoutColumns/layoutItems"
_CONTACT_FIELDS = {"Email", "HomePhone", "MobilePhone", "Title", *_CHECKBOXES}


def _field_twice(subject: Subject) -> Iterator[Answer]:
    fields = [(value_of(e), e.sourceline) for e in elements(subject.root, f"{_ITEMS}/field")]
    for field, count, line in repeated(fields):
        yield Answer(line, f"field {field} is on the layout {count} times")


def _required_checkbox(subject: Subject) -> Iterator[Answer]:
    for item in elements(subject.root, _ITEMS):
        field = text_of(item, "field")
        if text_of(item, "behavior") == "Required" and field in _CHECKBOXES_EVERYWHERE:
            yield Answer(item.sourceline, f"the checkbox {field} is Required")


def _columns_per_style(subject: Subject) -> Iterator[Answer]:
    for section in elements(subject.root, "layoutSections"):
        style, count = text_of(section, "style"), len(elements(section, "layoutColumns"))
        if style in _COLUMNS and count != _COLUMNS[style]:
            what = f"section {_label(section)} has {count} columns, {style} has {_COLUMNS[style]}"
            yield Answer(section.sourceline, what)


def _field_among_links(subject: Subject) -> Iterator[Answer]:
    for section in elements(subject.root, "layoutSections"):
        if text_of(section, "style") == CUSTOM_LINKS:
            for field in elements(section, "layoutColumns/layoutItems/field"):
                what = f"field {value_of(field)} is in the custom links section {_label(section)}"
                yield Answer(field.sourceline, what)


def _no_section(subject: Subject) -> Iterator[Answer]:
    if not elements(subject.root, "layoutSections"):
        yield Answer(subject.root.sourceline, "the layout has no section")


def _person_spelling(subject: Subject) -> Iterator[Answer]:
    """Only where the file's name tells the object."""
    object_name = subject.name.partition("-")[0]
    if not subject.name.endswith(LAYOUT_SUFFIXES):
        return
    for element in elements(subject.root, f"{_ITEMS}/field"):
        field = value_of(element)
        if object_name == "PersonAccount" and field in _CONTACT_FIELDS:
            what = f"{field} is a Contact's spelling, a person account's field is Person{field}"
            yield Answer(element.sourceline, what)
        elif object_name in {"Contact", "Lead"} and _is_persons(field):
            what = f"{field} is a person account's field, not one of {object_name}"
            yield Answer(element.sourceline, what)


def _is_persons(field: str) -> bool:
    return field.endswith("__pc") or field.removeprefix("Person") in _CONTACT_FIELDS - {field}


def _mini_field_missing(subject: Subject) -> Iterator[Answer]:
    on_layout = {value_of(e).casefold() for e in elements(subject.root, f"{_ITEMS}/field")}
    for element in elements(subject.root, "miniLayout/fields"):
        if value_of(element).casefold() not in on_layout:
            what = f"the mini layout shows {value_of(element)}, which is in no section"
            yield Answer(element.sourceline, what)


def _list_twice(subject: Subject) -> Iterator[Answer]:
    lists = [
        (value_of(e), e.sourceline) for e in elements(subject.root, "relatedLists/relatedList")
    ]
    for name, count, line in repeated(lists):
        yield Answer(line, f"related list {name} is on the layout {count} times")


def _sort_order_twice(subject: Subject) -> Iterator[Answer]:
    for actions in elements(subject.root, "platformActionList"):
        orders = elements(actions, "platformActionListItems/sortOrder")
        for order, count, line in repeated((value_of(e), e.sourceline) for e in orders):
            yield Answer(line, f"sortOrder {order} is in the action list {count} times")


def _label(section: Any) -> str:
    return repr(text_of(section, "label"))


RULES = (
    Rule(
        "layout-field-twice", "Layout", Severity.FAIL,
        "Is each field on the layout once?",
        "delete all but one of its items",
        'Salesforce: "Field:field, value:X appears more than once"',
        _field_twice,
    ),
    Rule(
        "layout-required-checkbox", "Layout", Severity.FAIL,
        "Is no checkbox Required?",
        "write Edit or Readonly",
        'a checkbox always has a value; Salesforce: "Field:X must not be Required" (unverified)',
        _required_checkbox,
    ),
    Rule(
        "layout-columns-per-style", "Layout", Severity.WARN,
        "Has each section as many columns as its style?",
        "add the missing column as <layoutColumns/>, or change the style",
        "measured: 3,350 of 3,350 sections of current public layouts have that many",
        _columns_per_style,
    ),
    Rule(
        "layout-field-among-links", "Layout", Severity.FAIL,
        "Do custom links sections hold links only?",
        "move the field to another section",
        "Salesforce: LayoutSection, style CustomLinks holds customLink items (answer unverified)",
        _field_among_links,
    ),
    Rule(
        "layout-without-section", "Layout", Severity.FAIL,
        "Has the layout a section?",
        "retrieve the layout again",
        'Salesforce: "Layout must have at least 1 section"',
        _no_section,
    ),
    Rule(
        "layout-person-spelling", "Layout", Severity.FAIL,
        "Are person account fields spelled as such, and only there?",
        "write PersonX or X__pc on PersonAccount layouts, X or X__c on Contact and Lead layouts",
        "Salesforce: Person Accounts, field names",
        _person_spelling,
    ),
    Rule(
        "layout-mini-field-missing", "Layout", Severity.WARN,
        "Is each field of the mini layout on the layout too?",
        "add the field to a section or take it out of the mini layout",
        "Salesforce: MiniLayout, fields must be on the main layout",
        _mini_field_missing,
    ),
    Rule(
        "layout-related-list-twice", "Layout", Severity.FAIL,
        "Is each related list there once?",
        "delete all but one",
        'Salesforce: "Field: relatedLists, value:X appears more than once"',
        _list_twice,
    ),
    Rule(
        "layout-sort-order-twice", "Layout", Severity.FAIL,
        "Is each sortOrder of the action list there once?",
        "number the actions anew, or retrieve the layout again",
        'Salesforce: "duplicate value found: PlatformActionListId duplicates value"',
        _sort_order_twice,
    ),
)  # fmt: skip
