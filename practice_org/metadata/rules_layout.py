"""What the platform refuses in a layout.

Source: deploy errors quoted in public threads; a sentence that nobody quoted says "unverified".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from practice_org.metadata.canonical import Node
from practice_org.metadata.components import find_component
from practice_org.metadata.problems import Problem, at
from practice_org.metadata.references import has_reference, layout_fields, layout_references
from practice_org.objects import Field, find_object
from practice_org.org import Org
from practice_org.tables import fields_of

_COLUMNS = {
    "OneColumn": 1,
    "TwoColumnsTopToBottom": 2,
    "TwoColumnsLeftToRight": 2,
    "CustomLinks": 3,
}
# Measured over 362 layouts: always Required there. Lead.Company is not (person accounts).
_REQUIRED = {
    "Contact": {"Name", "LastName", "CurrencyIsoCode"},
    "Lead": {"Name", "LastName", "Status", "CurrencyIsoCode"},
    "PersonAccount": {"Name", "LastName", "CurrencyIsoCode"},
}
_READ_ONLY = frozenset({"CreatedById", "LastModifiedById"})
_CONTENTS = frozenset(
    {
        *("analyticsCloudComponent", "canvas", "component", "customLink", "emptySpace", "field"),
        *("page", "reportChartComponent", "scontrol"),
    }
)

Rule = Callable[[Org, str, Node], Iterator[Problem]]


def layout_problems(org: Org, name: str, root: Node) -> list[Problem]:
    """Everything wrong with a well-shaped layout of this full name, rule by rule."""
    entity = name.partition("-")[0]
    return [problem for rule in _RULES for problem in rule(org, entity, root)]


def _has_a_section(_org: Org, _entity: str, root: Node) -> Iterator[Problem]:
    if next(root.all("layoutSections"), None) is None:
        yield at(root, "Layout must have at least 1 section")


def _columns_fit_the_style(_org: Org, _entity: str, root: Node) -> Iterator[Problem]:
    # Fewer columns than the style has do occur in real layouts. The sentence is unverified.
    for section in root.all("layoutSections"):
        most = _COLUMNS.get(section.value("style"), 3)
        columns = len(list(section.all("layoutColumns")))
        if columns > most:
            style = section.value("style")
            yield at(section, f"Section of style {style} can have at most {most} columns")


def _items_hold_one_thing(_org: Org, _entity: str, root: Node) -> Iterator[Problem]:
    # The sentence is unverified.
    for item in root.all("layoutSections", "layoutColumns", "layoutItems"):
        held = [child for child in item.children if child.name in _CONTENTS]
        if len(held) != 1:
            yield at(item, "Layout item must have exactly one of: field, customLink, emptySpace")


def _links_sections_hold_links(_org: Org, _entity: str, root: Node) -> Iterator[Problem]:
    # The Layout type documents customLink items only for this style; none of 360 such sections
    # holds a field. Refusing is the safe side; the sentence is unverified.
    for section in root.all("layoutSections"):
        if section.value("style") != "CustomLinks":
            continue
        for field in section.all("layoutColumns", "layoutItems", "field"):
            name = field.text.strip()
            yield at(field, f"Field:{name} can not be in a section of style CustomLinks")


def _fields_appear_once(_org: Org, _entity: str, root: Node) -> Iterator[Problem]:
    seen: set[str] = set()
    for node in layout_fields(root):
        name = node.text.strip()
        if name in seen:
            yield at(node, f"Field:field, value:{name} appears more than once")
        seen.add(name)


def _lists_appear_once(_org: Org, _entity: str, root: Node) -> Iterator[Problem]:
    seen: set[str] = set()
    for node in root.all("relatedLists", "relatedList"):
        name = node.text.strip()
        if name in seen:
            yield at(node, f"Field: relatedLists, value:{name} appears more than once")
        seen.add(name)


def _list_fields_are_on(org: Org, _entity: str, root: Node) -> Iterator[Problem]:
    # Campaign columns need the feature, and the deploying user's access to it: here one setting.
    if org.setting("campaigns", "1") == "1":
        return
    for related in root.all("relatedLists"):
        for node in related.all("fields"):
            if node.text.strip().startswith("CAMPAIGN."):
                name = related.value("relatedList")
                yield at(node, f"Invalid field:{node.text.strip()} in related list:{name}")


def _names_exist(org: Org, entity: str, root: Node) -> Iterator[Problem]:
    for reference in layout_references(entity, root):
        if not has_reference(org, reference):
            yield reference.missing()


def _behaviors_are_possible(org: Org, entity: str, root: Node) -> Iterator[Problem]:
    owner = "Account" if entity == "PersonAccount" else entity
    known = fields_of(org, owner) if find_object(owner) else {}
    for item in root.all("layoutSections", "layoutColumns", "layoutItems"):
        name, behavior = item.value("field"), item.value("behavior", default="Edit")
        if not name:
            continue
        must = _must_be(entity, name, known.get(name))
        node = next(item.all("behavior"), item)
        if must == "Required" and behavior != "Required":
            yield at(node, f"Field:{name} must be Required")
        elif must != "Required" and must and behavior == "Required":
            yield at(node, f"Field:{name} must not be Required")
        elif must == "Readonly" and behavior == "Edit":
            # Unverified, like the whole treatment of fields nobody can write.
            yield at(node, f"Field:{name} must be Readonly")


def _must_be(entity: str, name: str, field: Field | None) -> str:
    """Required, Readonly, Optional (Edit or Readonly), or "" for any behaviour."""
    if name in _REQUIRED.get(entity, ()):
        return "Required"
    if name in _READ_ONLY:
        return "Readonly"
    if field is None:
        return ""
    if field.calculated:
        return "Readonly"
    if field.type == "boolean":
        # A checkbox is never empty, so Required says nothing; that the org refuses is unverified.
        return "Optional"
    return "Required" if name.endswith("__c") and not field.nillable else ""


def _small_parts_show_what_the_layout_has(_org: Org, _entity: str, root: Node) -> Iterator[Problem]:
    # Metadata API guide, MiniLayout and SummaryLayoutItem; 345 of 345 real ones keep to it. The
    # sentence is unverified.
    on_layout = {node.text.strip() for node in layout_fields(root)}
    paths = (("miniLayout", "fields"), ("summaryLayout", "summaryLayoutItems", "field"))
    for path in paths:
        for node in root.all(*path):
            if node.text.strip() not in on_layout:
                yield at(node, f"Field:{node.text.strip()} must be on the main layout")


def _action_order_is_unambiguous(_org: Org, _entity: str, root: Node) -> Iterator[Problem]:
    seen: set[str] = set()
    for item in root.all("platformActionList", "platformActionListItems"):
        order = item.value("sortOrder")
        if order in seen:
            sentence = "duplicate value found: PlatformActionListId duplicates value on record"
            yield at(item, f"{sentence} with id: <unknown>")
        seen.add(order)


def _object_is_there(org: Org, entity: str, root: Node) -> Iterator[Problem]:
    # The sentence is unverified.
    wanted = "Account" if entity == "PersonAccount" else entity
    off = entity == "PersonAccount" and org.setting("person_accounts") != "1"
    known = find_object(wanted) or find_component(org, "CustomObject", wanted)
    if off or known is None:
        yield at(root, f"In field: layout - no CustomObject named {entity} found")


_RULES: tuple[Rule, ...] = (
    _object_is_there,
    _has_a_section,
    _columns_fit_the_style,
    _items_hold_one_thing,
    _links_sections_hold_links,
    _fields_appear_once,
    _lists_appear_once,
    _list_fields_are_on,
    _names_exist,
    _behaviors_are_possible,
    _small_parts_show_what_the_layout_has,
    _action_order_is_unambiguous,
)
