"""Forms of older API versions, turned into what the org would have stored since."""

from __future__ import annotations

from dataclasses import replace

from practice_org.metadata.canonical import Node, branch, leaf

_TABS = frozenset({"primaryTabComponents", "subtabComponents"})


def modernised(node: Node) -> Node:
    """The tree with console components in containers, where older files have them bare.

    Source: Metadata API guide, CustomConsoleComponents; the values a container needs beyond what
    the old form said are unverified.
    """
    if not node.children:
        return node
    kids = tuple(modernised(child) for child in node.children)
    if node.name in _TABS:
        kids = tuple(_container(kid) if kid.name == "component" else kid for kid in kids)
    return replace(node, children=kids)


def _container(component: Node) -> Node:
    page = leaf("page", component.value("visualforcePage"))
    sidebar = branch("sidebarComponents", [leaf("componentType", "visualforcePage"), page])
    sizes = [child for child in component.children if child.name in {"height", "width"}]
    fixed = [
        leaf("isContainerAutoSizeEnabled", value=False),
        leaf("region", component.value("location")),
        leaf("style", "Stack"),
        leaf("unit", "Pixels"),
    ]
    return branch("containers", [*sizes, *fixed, sidebar])
