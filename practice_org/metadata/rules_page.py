"""What the platform refuses in a Lightning page (FlexiPage)."""

from __future__ import annotations

from collections.abc import Iterator

from practice_org.metadata.canonical import Node
from practice_org.metadata.components import is_declared
from practice_org.metadata.problems import Problem, at
from practice_org.metadata.references import has_field
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
_OFF = (
    "You can't add fields to this Lightning page because Lightning Layouts isn't enabled for "
    "your org."
)


def page_problems(org: Org, _name: str, root: Node) -> Iterator[Problem]:
    """Everything wrong with a well-shaped page, in document order by rule."""
    if not root.value("masterLabel"):
        yield at(root, "Required field is missing: masterLabel")
    yield from _field_problems(org, root)
    yield from _component_problems(org, root)
    yield from _identifier_problems(root)


def _field_problems(org: Org, root: Node) -> Iterator[Problem]:
    sobject = root.value("sobjectType")
    for node in root.all("flexiPageRegions", "itemInstances", "fieldInstance", "fieldItem"):
        if org.setting("dynamic_forms", "1") != "1":
            yield at(node, _OFF)
        _, _, field = node.text.strip().partition("Record.")
        if "." not in field and not has_field(org, sobject, field):
            sentence = "Something went wrong. We couldn't retrieve or load the information on the"
            yield at(node, f"{sentence} field: {node.text.strip()}.")


def _component_problems(org: Org, root: Node) -> Iterator[Problem]:
    path = ("flexiPageRegions", "itemInstances", "componentInstance", "componentName")
    for node in root.all(*path):
        name = node.text.strip()
        package = name.partition(":")[0]
        standard = package in _STANDARD or package.startswith("runtime_")
        if not standard and not is_declared(org, "Component", name):
            sentence = "We couldn't retrieve the design time component information for component"
            yield at(node, f"{sentence} {name}.")


def _identifier_problems(root: Node) -> Iterator[Problem]:
    # Identifiers must be unique in a page; the sentence is unverified.
    seen: set[str] = set()
    for part in ("componentInstance", "fieldInstance"):
        for node in root.all("flexiPageRegions", "itemInstances", part, "identifier"):
            if node.text.strip() in seen:
                yield at(node, f"The identifier {node.text.strip()} appears more than once")
            seen.add(node.text.strip())
