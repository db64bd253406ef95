"""Types of which a deployed file replaces what the org had: layouts, pages, apps, mappings."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from practice_org.metadata.canonical import Node, serialise
from practice_org.metadata.components import find_component, save_component
from practice_org.metadata.names import decoded, namespace_of
from practice_org.metadata.package import File
from practice_org.metadata.problems import Effect, Message, Problem, failed
from practice_org.metadata.rules_app import app_problems, mapping_problems
from practice_org.metadata.rules_layout import layout_problems
from practice_org.metadata.rules_page import page_problems
from practice_org.org import Org

_RULES: dict[str, Callable[[Org, str, Node], Iterable[Problem]]] = {
    "Layout": layout_problems,
    "FlexiPage": page_problems,
    "CustomApplication": app_problems,
    "LeadConvertSettings": mapping_problems,
}


def install_whole(org: Org, file: File) -> Message:
    """Check the file by its type's rules and put it in the place of the old one."""
    problem = next(iter(_RULES[file.type](org, decoded(file.name), file.root)), None)
    if problem is None and file.type == "Layout":
        problem = _name_problem(org, file.name)
    if problem is not None:
        return failed(file.type, file.name, file.path, problem)
    body = serialise(file.root.without("fullName"))
    old = find_component(org, file.type, file.name)
    if old is not None and old.body == body:
        return Message(file.type, old.full_name, file.path, id=old.id)
    saved = save_component(org, file.type, file.name, body)
    effect = Effect.CHANGED if old else Effect.CREATED
    return Message(file.type, saved.full_name, file.path, effect, saved.id)


def _name_problem(org: Org, name: str) -> Problem | None:
    """A layout under a package's name that the package does not have cannot be made."""
    label = decoded(name).partition("-")[2]
    prefix = label.partition("__")[0] if "__" in label and namespace_of(label) else ""
    managed = org.db.execute(
        "SELECT 1 FROM component WHERE type = 'Layout' AND namespace = ?", (prefix,)
    ).fetchone()
    if not prefix or not managed or find_component(org, "Layout", name):
        return None
    # apex-mdapi#91 shows only that a wrong managed name is not found; for a deploy unverified.
    return Problem(f"Entity of type 'Layout' named '{decoded(name)}' cannot be found")
