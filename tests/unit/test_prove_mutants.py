"""The planted bugs still fit the product, and the tests that must see them are there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from prove.mutants import patched
from prove.planted import BUGS, THIRTY

ROOT = Path(__file__).resolve().parents[2]


def test_thirty_bugs_and_more_are_planted():
    assert len(THIRTY) == 30
    assert len({bug.name for bug in BUGS}) == len(BUGS) > 30


@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_a_bug_has_one_place_and_leaves_a_program(bug):
    source = (ROOT / bug.file).read_text("utf-8")
    assert source.count(bug.old) == 1
    ast.parse(patched(source, bug))


def test_a_bug_whose_place_is_gone_is_no_bug():
    with pytest.raises(ValueError, match="0 times"):
        patched("nothing", BUGS[0])


@pytest.mark.parametrize("test", sorted({test for bug in BUGS for test in bug.seen_by}))
def test_a_test_that_must_see_a_bug_exists(test):
    path, _, function = test.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
