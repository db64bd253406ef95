"""What the platform refuses in an app, and in the field mapping of lead conversion."""

from __future__ import annotations

from collections.abc import Iterator

from practice_org.metadata.canonical import Node
from practice_org.metadata.components import find_component
from practice_org.metadata.problems import Problem, at
from practice_org.metadata.references import has_field
from practice_org.org import Org


def app_problems(org: Org, _name: str, root: Node) -> Iterator[Problem]:
    """Pages that an app shows in place of records must be there."""
    for override in ("actionOverrides", "profileActionOverrides"):
        for entry in root.all(override):
            page = entry.value("content")
            flexi = entry.value("type").lower() == "flexipage"
            if flexi and page and find_component(org, "FlexiPage", page) is None:
                node = next(entry.all("content"), entry)
                yield at(node, f"In field: content - no FlexiPage named {page} found")


def mapping_problems(org: Org, _name: str, root: Node) -> Iterator[Problem]:
    """Both fields of a mapping must be there. The property in the sentence is unverified."""
    for mapping in root.all("objectMapping"):
        for side in ("input", "output"):
            sobject = mapping.value(f"{side}Object")
            for node in mapping.all("mappingFields", f"{side}Field"):
                field = node.text.strip()
                if not has_field(org, sobject, field):
                    name = f"{sobject}.{field}"
                    yield at(node, f"In field: {side}Field - no CustomField named {name} found")
