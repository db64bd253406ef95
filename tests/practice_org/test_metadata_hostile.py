"""Whatever is sent, a deployment ends with a result, and a refused one leaves nothing behind."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from metadata_org import CONTACT, open_lab, package_xml

from practice_org.metadata.canonical import Node, serialise
from practice_org.metadata.components import create_store
from practice_org.metadata.deployment import deploy_package
from practice_org.metadata.options import DeployOptions
from practice_org.metadata.package import to_zip
from practice_org.metadata.problems import Severity
from practice_org.metadata.shapes import Element, _shapes

ROOTS = {
    "Layout": f"layouts/{CONTACT}.layout",
    "CustomObject": "objects/Contact.object",
    "PermissionSet": "permissionsets/Opt.permissionset",
    "Profile": "profiles/Admin.profile",
    "FlexiPage": "flexipages/P.flexipage",
}
TEXTS = (
    *("", "Name", "Email", "Opt__c", "Contact.Email", "Contact.LastName", "9.5", "Checkbox"),
    *("Text", "Number", "Contact", "Contact.", ".", "-", "é", "Record.Email", "ApiEnabled"),
)


@st.composite
def trees(draw, kind: str, name: str, depth: int = 0) -> Node:
    """A tree that the type's shape allows, with the wildest values its elements may hold."""
    shape = _shapes()[kind].values()
    wanted = [e for e in shape if e.needed or draw(st.integers(0, 4 + depth * 3)) == 0]
    kids = [
        draw(trees(element.type, element.name, depth + 1)) if element.type else draw(leaf(element))
        for element in wanted
        for _ in range(draw(st.integers(1, 2)) if element.repeats else 1)
    ]
    return Node(name, children=tuple(kids))


def leaf(element: Element) -> st.SearchStrategy[Node]:
    texts = element.values or (("0", "12", "9.5", "-1") if element.kind == "#" else TEXTS)
    return st.builds(Node, st.just(element.name), st.sampled_from(texts))


_OPTIONS = st.builds(
    DeployOptions,
    check_only=st.booleans(),
    rollback_on_error=st.booleans(),
    ignore_warnings=st.booleans(),
    single_package=st.just(value=True),
)


def _package(kind: str, tree: Node) -> bytes:
    name = ROOTS[kind].partition("/")[2].rpartition(".")[0]
    body = serialise(tree)
    named = package_xml({kind: [name]}).encode()
    return to_zip({"package.xml": named, ROOTS[kind]: body})


@pytest.fixture(scope="module")
def lab():
    return open_lab()


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(ROOTS))
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), _OPTIONS)
def test_any_tree_of_the_right_shape_ends_in_a_result(lab, kind, data, options):
    package = _package(kind, data.draw(trees(kind, kind)))
    lab.org.db.execute("BEGIN")
    try:
        outcome = deploy_package(lab.org, package, options)
        kept = lab.org.db.execute("SELECT COUNT(*) FROM component").fetchone()[0]
    finally:
        lab.org.db.execute("ROLLBACK")
    failed = any(m.problem and m.problem.severity is Severity.ERROR for m in outcome.messages)
    assert failed is (outcome.status != "Succeeded")
    assert not kept or not (outcome.status == "Failed" or options.check_only)


@given(st.binary(max_size=300))
def test_any_bytes_end_in_a_result(lab, data):
    outcome = deploy_package(lab.org, data, DeployOptions(single_package=True))
    assert outcome.status == "Failed"


def test_the_store_can_be_made_twice(lab):
    create_store(lab.org)
