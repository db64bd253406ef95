"""Layouts from a compact notation: one line a section, one word a field.

`*Name` is required, `=CreatedById` read-only, `_` an empty space, `|` starts the next column;
`%GoogleMaps` is a custom link.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from practice_org.metadata.canonical import Node, branch, leaf, serialise

_LINKS = "CustomLinks"
_BEHAVIORS = {"*": "Required", "=": "Readonly"}


@dataclass(frozen=True, slots=True)
class Section:
    """One section: its heading, its fields, its style."""

    label: str
    fields: str
    style: str = "TwoColumnsTopToBottom"


@dataclass(frozen=True, slots=True)
class Extras:
    """What else a layout holds; names of related lists, actions, mini layout fields."""

    related_lists: tuple[str, ...] = ()
    quick_actions: tuple[str, ...] = ()
    buttons: tuple[str, ...] = ()
    mini: tuple[str, ...] = ()


def one(label: str, fields: str) -> Section:
    """A section of one column."""
    return Section(label, fields, "OneColumn")


def across(label: str, fields: str) -> Section:
    """A section of two columns, tabbed left to right."""
    return Section(label, fields, "TwoColumnsLeftToRight")


def links(*names: str) -> Section:
    """A custom links section: three columns, the first with these links."""
    return Section("Custom Links", " ".join(f"%{name}" for name in names) + " | |", _LINKS)


def layout_xml(sections: Iterable[Section], extras: Extras) -> bytes:
    """The canonical XML of a layout."""
    return serialise(branch("Layout", [*_sections(sections), *_extras(extras)]))


def _sections(sections: Iterable[Section]) -> Iterator[Node]:
    for section in sections:
        columns = [_column(words) for words in section.fields.split("|")]
        yield branch(
            "layoutSections",
            [
                leaf("customLabel", value=True),
                leaf("detailHeading", value=True),
                leaf("editHeading", value=section.style != _LINKS),
                leaf("label", section.label),
                *columns,
                leaf("style", section.style),
            ],
        )


def _column(words: str) -> Node:
    return branch("layoutColumns", [_item(word) for word in words.split()])


def _item(word: str) -> Node:
    if word == "_":
        return branch("layoutItems", [leaf("emptySpace", value=True)])
    if word[0] == "%":
        return branch("layoutItems", [leaf("customLink", word[1:])])
    behavior = _BEHAVIORS.get(word[0], "Edit")
    return branch("layoutItems", [leaf("behavior", behavior), leaf("field", word.lstrip("*="))])


def _extras(extras: Extras) -> Iterator[Node]:
    for button in extras.buttons:
        yield leaf("customButtons", button)
    if extras.mini:
        yield branch("miniLayout", [leaf("fields", field) for field in extras.mini])
    if extras.quick_actions:
        yield _platform_actions(extras.quick_actions)
        yield branch(
            "quickActionList",
            [
                branch("quickActionListItems", [leaf("quickActionName", name)])
                for name in extras.quick_actions
            ],
        )
    for name in extras.related_lists:
        columns = [leaf("fields", "TASK.SUBJECT")] if name == "RelatedActivityList" else []
        yield branch("relatedLists", [*columns, leaf("relatedList", name)])
    yield leaf("showEmailCheckbox", value=False)
    yield leaf("showHighlightsPanel", value=False)
    yield leaf("showInteractionLogPanel", value=False)
    yield leaf("showRunAssignmentRulesCheckbox", value=False)
    yield leaf("showSubmitAndAttachButton", value=False)


def _platform_actions(names: Iterable[str]) -> Node:
    standard = [("Edit", "StandardButton"), ("Delete", "StandardButton")]
    actions = [*((name, "QuickAction") for name in names), *standard]
    items = [
        branch(
            "platformActionListItems",
            [leaf("actionName", name), leaf("actionType", kind), leaf("sortOrder", order)],
        )
        for order, (name, kind) in enumerate(actions)
    ]
    return branch("platformActionList", [leaf("actionListContext", "Record"), *items])
