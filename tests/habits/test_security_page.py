"""SECURITY.md: each threat has a test that there is, or says what is not covered."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "SECURITY.md").read_text()
THREATS = PAGE.partition("\n## Threats, controls, proofs\n")[2].partition("\n## ")[0]
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in THREATS.splitlines()
    if line.startswith("| ") and not line.startswith("| threat |")
]
PROOF = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
UNCOVERED = re.compile(r"not covered: \S.{15,}")
LOCKED = re.compile(r"^[\w.\[\]-]+==\S+.*?(?=^\S|\Z)", re.MULTILINE | re.DOTALL)


@cache
def functions_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


def is_proven(row: list[str]) -> bool:
    """Whether its last cell is nothing but tests that there are, or says what is not covered."""
    _, control, proof = row
    named = PROOF.findall(proof)
    if not named:
        return bool(UNCOVERED.fullmatch(proof))
    only = not PROOF.sub("", proof).strip(" ,")
    there = all((ROOT / path).is_file() and test in functions_in(path) for path, test in named)
    return only and there and not control.startswith("none")


def test_there_are_threats():
    assert len(ROWS) > 30


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_threat_has_a_proof_or_says_what_is_not_covered(row):
    assert len(row) == 3
    assert is_proven(row)


@pytest.mark.parametrize(
    "proof",
    ["", "not covered", "not covered: no", "by hand", "`tests/no_such.py::test_x`",
     "`tests/habits/test_sizes.py::test_no_such`",
     "`tests/habits/test_sizes.py::test_no_file_is_a_drawer`, and by hand"],
)  # fmt: skip
def test_a_row_without_a_real_proof_is_found(proof):
    assert not is_proven(["a threat", "a control", proof])


@pytest.mark.parametrize(
    ("page", "link"),
    [("README.md", "SECURITY.md"), ("CONTRIBUTING.md", "SECURITY.md"),
     ("docs/index.md", "../SECURITY.md")],
)  # fmt: skip
def test_the_page_is_linked(page, link):
    assert f"]({link})" in (ROOT / page).read_text()


def test_every_link_of_the_page_leads_to_a_file():
    links = re.findall(r"\]\(([^)#]+)", PAGE)
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_every_test_is_searched_for_what_the_page_guards(request):
    assert request.config.pluginmanager.has_plugin("canaries")


def calls_through_a_shell(source: str) -> list[str]:
    """The calls that give a line to a shell, as written."""
    return [
        ast.unparse(call)
        for call in ast.walk(ast.parse(source))
        if isinstance(call, ast.Call)
        and (
            ast.unparse(call.func) in {"os.system", "os.popen", "subprocess.getoutput"}
            or any(word.arg == "shell" for word in call.keywords)
        )
    ]


def test_nothing_is_started_through_a_shell():
    assert calls_through_a_shell("subprocess.run(words, shell=True)")
    assert calls_through_a_shell("os.system(words)")
    found = {
        str(path.relative_to(ROOT)): shells
        for room in ("deployer", "sync", "practice_org", "metadata_templates")
        for path in (ROOT / room).rglob("*.py")
        if (shells := calls_through_a_shell(path.read_text()))
    }
    assert found == {}


def test_every_locked_requirement_has_its_hash():
    locked = LOCKED.findall((ROOT / "ci" / "requirements.txt").read_text())
    assert len(locked) > 20
    assert [each.splitlines()[0] for each in locked if "--hash=sha256:" not in each] == []
    assert "--require-hashes" in (ROOT / "ci" / "setup").read_text()
