"""Files and functions stay small enough to be read in one sitting."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("deployer", "metadata_templates", "practice_org", "sync", "ci", "tests")
FILE_LINES = 300
FUNCTION_LINES = 40
# Each exception has its reason; an entry that is no longer needed fails the test.
LONG_FILES: dict[str, str] = {}
LONG_FUNCTIONS: dict[str, str] = {}


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def long_files() -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in sources()
        if len(path.read_text().splitlines()) > FILE_LINES
    }


def long_functions() -> set[str]:
    """Functions whose code, its docstring apart, is longer than the budget."""
    found = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and length(node) > (
                FUNCTION_LINES
            ):
                found.add(f"{path.relative_to(ROOT)}:{node.name}")
    return found


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def test_no_file_is_longer_than_its_budget():
    assert long_files() == set(LONG_FILES)


def test_no_function_is_longer_than_its_budget():
    assert long_functions() == set(LONG_FUNCTIONS)


@pytest.mark.parametrize("banned", ["utils", "helpers", "common", "base", "manager", "misc"])
def test_no_file_is_a_drawer(banned: str):
    assert [path for path in sources() if path.stem == banned] == []
