"""Every known way in which a tool gets layouts wrong is a row of data, and a row has a test.

A row of tests/cases/pitfalls.json has at least one of: `edit` (a layout and what becomes of it),
`sentence` (what the org said and what we say), `not_layouts` (files that are none of ours), `org`
(driven by tests/flows/test_pitfalls_org.py), `covered_by` (tests that show exactly this row). With
`not_ours` the test shows that the product never does it.
"""

from __future__ import annotations

import ast
import json
import re
from itertools import chain
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

import metadata_templates
from deployer.layouts import edit_layout, is_tree_with_item, parse_wish
from deployer.model.layouts import Behavior, layout_name_of
from deployer.rollout.job import refusal
from deployer.salesforce.deploy_job import read_status
from deployer.schema import new_schema_errors

ROOT = Path(__file__).parents[2]
DATA = json.loads((ROOT / "tests" / "cases" / "pitfalls.json").read_text("utf-8"))
ROWS = DATA["rows"]
KINDS = ("edit", "sentence", "not_layouts", "org", "covered_by")


def cases(kind: str) -> list:
    """The cases of this kind, each with its row as id."""
    return [
        pytest.param(case, id=f"{row['row']}: {case['what'] if isinstance(case, dict) else case}")
        for row in ROWS
        for case in row.get(kind, ())
    ]


def layout(sections: list[dict]) -> bytes:
    inner = "".join(_section(**section) for section in sections)
    return f'<Layout xmlns="http://soap.sforce.com/2006/04/metadata">{inner}</Layout>\n'.encode()


def _section(label: str, style: str, columns: list[list[str]], *, hidden: bool = False) -> str:
    shown = str(not hidden).lower()
    held = "".join(f"<layoutColumns>{''.join(map(_item, c))}</layoutColumns>" for c in columns)
    return (
        f"<layoutSections><customLabel>true</customLabel><detailHeading>{shown}</detailHeading>"
        f"<editHeading>{shown}</editHeading><label>{escape(label)}</label>{held}"
        f"<style>{style}</style></layoutSections>"
    )


def _item(word: str) -> str:
    if word == "_":
        return "<layoutItems><emptySpace>true</emptySpace></layoutItems>"
    if word[0] == "%":
        return f"<layoutItems><customLink>{word[1:]}</customLink></layoutItems>"
    return f"<layoutItems><behavior>Edit</behavior><field>{word}</field></layoutItems>"


def test_every_row_has_an_entry_and_something_that_shows_it():
    assert [row["row"] for row in ROWS] == DATA["ids"]
    groups = {"b-1": range(1, 9), "b-2": range(9, 16), "b-3": range(1, 20)}
    assert DATA["ids"] == [f"{group}.{n}" for group, numbers in groups.items() for n in numbers]
    assert [row["row"] for row in ROWS if not any(row.get(kind) for kind in KINDS)] == []


@pytest.mark.parametrize(
    "name", sorted({name for row in ROWS for name in row.get("covered_by", ())})
)
def test_a_test_that_is_said_to_show_a_row_exists(name: str):
    path, _, function = name.partition("::")
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("case", cases("edit"))
def test_a_layout_is_edited_or_told_of_as_the_row_says(case):
    before, expected = layout(case["sections"]), case["expected"]
    edit = edit_layout(before, case["field"], wish=parse_wish(case.get("place", "")))
    assert edit.outcome.value == expected["outcome"]
    assert (edit.section, edit.column) == (expected.get("section", ""), expected.get("column", 0))
    assert expected.get("says", "") in edit.reason
    assert edit.changed == (expected["outcome"] == "add")
    assert not edit.changed or is_tree_with_item(before, edit.after, case["field"])


@pytest.mark.parametrize("case", cases("edit"))
def test_an_edited_layout_has_no_schema_error_that_it_did_not_have(case):
    before = layout(case["sections"])
    assert new_schema_errors(before, edit_layout(before, case["field"]).after) == []


@pytest.mark.parametrize("case", cases("sentence"))
def test_what_the_org_says_is_told_with_its_component_and_the_cause_first(case):
    failures = [
        {"fullName": m["name"], "problem": m["problem"], "problemType": m["type"],
         "lineNumber": 2, "columnNumber": 7}
        for m in case["messages"]
    ]  # fmt: skip
    result = {"status": "Failed", "done": True, "success": False, "id": "0Af000000000001AAA",
              "details": {"componentFailures": failures}}  # fmt: skip
    assert refusal(read_status({"deployResult": result})).message.endswith(case["says"])


@pytest.mark.parametrize("name", cases("not_layouts"))
def test_a_file_that_is_no_persons_layout_is_none_of_ours(name: str):
    assert layout_name_of(name) is None


def test_no_template_makes_a_layout():
    folder = Path(metadata_templates.__file__).parent
    texts = {path.name: path.read_text("utf-8") for path in folder.glob("*.j2")}
    assert [name for name, text in texts.items() if re.search(r"<(Layout|Profile)\b", text)] == []


def test_the_field_is_never_written_as_required():
    assert {behavior.value for behavior in Behavior} == {"Edit", "Readonly"}


def test_no_profile_is_ever_retrieved_or_sent():
    folders = (ROOT / "deployer" / name for name in ("planning", "rollout"))
    sources = chain.from_iterable(folder.glob("*.py") for folder in folders)
    texts = {path.name: path.read_text("utf-8") for path in sources}
    assert "package.py" in texts
    kinds = re.compile(r"[\"']profiles/|Profile[\"']:|\.profile[\"']")
    assert {name: kinds.findall(text) for name, text in texts.items() if kinds.search(text)} == {}
