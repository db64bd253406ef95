"""What the platform refuses in a Lightning page (FlexiPage)."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from practice_org.metadata.canonical import Node, parse_metadata
from practice_org.metadata.components import declare, find_component, is_declared
from practice_org.metadata.problems import Problem, at
from practice_org.metadata.references import has_field
from practice_org.objects import find_object
from practice_org.org import Org

# Components that come with the platform; anything else must be declared.
_STANDARD = frozenset(
    {
        "force",
        "flexipage",
        "runtime_sales_activities",
        "forceChatter",
        "lightning",
        "record_flexipage",
    }
)
# Properties that name a facet, seen in 68 real pages: 786 values, 785 of them facets of the page.
_FACETS = frozenset(
    {
        ("flexipage:column", "body"),
        ("flexipage:fieldSection", "columns"),
        ("flexipage:tab", "body"),
        ("flexipage:tabset", "tabs"),
        ("record_flexipage:dynamicHighlights", "primaryField"),
        ("record_flexipage:dynamicHighlights", "secondaryFields"),
    }
)
# What the platform brings itself: the one value of those 786 that is no facet of its page.
_OWN_CONTENT = frozenset({"feedTabContent", "detailTabContent", "relatedListsTabContent"})
_BEHAVIORS = frozenset({"none", "readonly", "required"})
_OFF = (
    "You can't add fields to this Lightning page because Lightning Layouts isn't enabled for "
    "your org."
)
_ITEMS = ("flexiPageRegions", "itemInstances")


def page_problems(org: Org, name: str, root: Node) -> list[Problem]:
    """Everything wrong with a well-shaped page of this name, rule by rule."""
    return [problem for rule in _RULES for problem in rule(org, name, root)]


def declare_page_references(org: Org, root: Node) -> list[str]:
    """Declare the object, fields and components a loaded page names and the org does not know.

    Returns "kind name" of each, sorted.
    """
    sobject = root.value("sobjectType")
    named = [("CustomObject", sobject)] if sobject and not _is_object(org, sobject) else []
    for node in root.all(*_ITEMS, "fieldInstance", "fieldItem"):
        field = node.text.strip().partition(".")[2]
        if "." not in field and not has_field(org, sobject, field):
            named.append(("CustomField", f"{sobject}.{field}"))
    components = root.all(*_ITEMS, "componentInstance", "componentName")
    names = {node.text.strip() for node in components}
    named += [("Component", name) for name in names if not _is_component(org, name)]
    for kind, name in named:
        declare(org, kind, name)
    return sorted({f"{kind} {name}" for kind, name in named})


def _is_nobody_elses(org: Org, name: str, _root: Node) -> Iterator[Problem]:
    # The sentence is quoted for other components; that a page gets the same is unverified.
    held = find_component(org, "FlexiPage", name)
    if held is not None and held.namespace:
        sentence = f"Cannot modify managed object: entity=FlexiPage, component={held.id}"
        yield Problem(f"{sentence}, state=installed")


def _has_a_label(_org: Org, _name: str, root: Node) -> Iterator[Problem]:
    if not root.value("masterLabel"):
        yield at(root, "Required field is missing: masterLabel")


def _object_is_there(org: Org, name: str, root: Node) -> Iterator[Problem]:
    # That a record page needs an object is documented; both sentences are unverified.
    wanted = root.value("sobjectType")
    node = next(root.all("sobjectType"), root)
    if not wanted and root.value("type") == "RecordPage":
        yield at(root, "Required field is missing: sobjectType")
    elif wanted and not _is_object(org, wanted):
        yield at(node, f"In field: sobjectType - no CustomObject named {wanted} found")
    held = find_component(org, "FlexiPage", name)
    if wanted and held is not None:
        before = parse_metadata(held.body).value("sobjectType")
        if before and before != wanted:
            # That a page keeps its object, and this sentence, are unverified.
            yield at(node, f"Cannot change sobjectType of a Lightning page from {before}")


def _is_object(org: Org, name: str) -> bool:
    found = find_object(name) or find_component(org, "CustomObject", name)
    return found is not None or is_declared(org, "CustomObject", name)


def _fields_are_there(org: Org, _name: str, root: Node) -> Iterator[Problem]:
    sobject = root.value("sobjectType")
    for node in root.all(*_ITEMS, "fieldInstance", "fieldItem"):
        if org.setting("dynamic_forms", "1") != "1":
            yield at(node, _OFF)
        record, _, field = node.text.strip().partition(".")
        known = "." in field or has_field(org, sobject, field)
        if record != "Record" or not known:
            sentence = "Something went wrong. We couldn't retrieve or load the information on the"
            yield at(node, f"{sentence} field: {node.text.strip()}.")


def _behaviors_are_known(_org: Org, _name: str, root: Node) -> Iterator[Problem]:
    # The three values are documented, and all that 862 real items hold; the sentence is unverified.
    for told in root.all(*_ITEMS, "fieldInstance", "fieldInstanceProperties"):
        if told.value("name") == "uiBehavior" and told.value("value") not in _BEHAVIORS:
            node = next(told.all("value"), told)
            yield at(node, f"Invalid value for property uiBehavior: {told.value('value')}")


def _components_are_there(org: Org, _name: str, root: Node) -> Iterator[Problem]:
    for node in root.all(*_ITEMS, "componentInstance", "componentName"):
        name = node.text.strip()
        if not _is_component(org, name):
            sentence = "We couldn't retrieve the design time component information for component"
            yield at(node, f"{sentence} {name}.")


def _is_component(org: Org, name: str) -> bool:
    package = name.partition(":")[0]
    standard = package in _STANDARD or package.startswith("runtime_")
    return standard or is_declared(org, "Component", name)


def _identifiers_are_used_once(_org: Org, _name: str, root: Node) -> Iterator[Problem]:
    # Identifiers must be unique in a page; the sentence is unverified, as is that an item of the
    # newer form must have one.
    seen: set[str] = set()
    for part in ("componentInstance", "fieldInstance"):
        for held in root.all(*_ITEMS, part):
            identifier = held.value("identifier")
            if not identifier:
                yield at(held, "Required field is missing: identifier")
            elif identifier.casefold() in seen:
                node = next(held.all("identifier"))
                yield at(node, f"The identifier {identifier} appears more than once")
            seen.add(identifier.casefold())


def _regions_are_named_once(_org: Org, _name: str, root: Node) -> Iterator[Problem]:
    # None of 68 real pages has two regions of one name; the sentence is unverified.
    seen: set[str] = set()
    for node in root.all("flexiPageRegions", "name"):
        if node.text.strip() in seen:
            yield at(node, f"The region {node.text.strip()} appears more than once")
        seen.add(node.text.strip())


def _facets_are_there(_org: Org, _name: str, root: Node) -> Iterator[Problem]:
    # That a facet which is named must be on the page, and the sentence, are unverified.
    names = {node.text.strip() for node in root.all("flexiPageRegions", "name")}
    for held in root.all(*_ITEMS, "componentInstance"):
        component = held.value("componentName")
        for told in held.all("componentInstanceProperties"):
            value = told.value("value")
            needed = (component, told.value("name")) in _FACETS and value not in _OWN_CONTENT
            if needed and value and value not in names:
                node = next(told.all("value"))
                yield at(node, f"The facet {value} of component {component} is not on the page")


_RULES: tuple[Callable[[Org, str, Node], Iterator[Problem]], ...] = (
    _is_nobody_elses,
    _has_a_label,
    _object_is_there,
    _fields_are_there,
    _behaviors_are_known,
    _components_are_there,
    _identifiers_are_used_once,
    _regions_are_named_once,
    _facets_are_there,
)
