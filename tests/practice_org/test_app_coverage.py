"""COVERAGE.md is made from the code and from what the strangers were seen to do."""

from __future__ import annotations

import json
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "practice_org/COVERAGE.md"
CODE = runpy.run_path(str(ROOT / "ci/coverage_code.py"))
SOURCES = {
    'raise OrgError("NOT_FOUND", "no", status=404)': {"NOT_FOUND": {404}},
    'OrgError(code := "ENTITY_IS_LOCKED", "locked")': {"ENTITY_IS_LOCKED": {400}},
    'def held(org, code): ...\nheld(org, "UNDELETE_FAILED")': {"UNDELETE_FAILED": {400}},
    "class Row:\n  name: str\n  code: str\nRow('a', code='InvalidJob')": {"InvalidJob": {400}},
    'code = "ONE_ID" if said == "INVALID" else "OTHER"': {"ONE_ID": {400}, "OTHER": {400}},
    'body = {"errorCode": "PROCESSING_HALTED", "x": "NOTHING"}': {"PROCESSING_HALTED": {400}},
    'org.setting("sharing", "PRIVATE")': {},
}  # fmt: skip
DOUBTS = {
    "# One. The rest\n# is unverified.\nx = 1": "One. The rest is unverified.",
    '"""Why. A long enough remark about what is unverified here. Next."""': (
        "A long enough remark about what is unverified here."
    ),
    '"""That is so. It is unverified."""': "That is so. It is unverified.",
    '"""Such sentences say "unverified"."""': None,
    "# verified\nx = 'unverified'": None,
}


def coverage(*words):
    command = [sys.executable, str(ROOT / "ci/coverage_page.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def module(folder, text):
    (folder / "room").mkdir()
    (folder / "room/one.py").write_text(text)
    return CODE["read_modules"](folder)


def test_the_page_is_what_the_code_says():
    assert coverage("--check") == (0, "")


def test_a_stale_page_is_named_with_what_to_type(tmp_path):
    stale = tmp_path / "COVERAGE.md"
    stale.write_text("old")
    code, said = coverage("--check", "--page", str(stale))
    assert (code, stale.read_text()) == (1, "old")
    assert "type: ci/coverage" in said


def test_the_page_is_written_as_it_is_checked(tmp_path):
    assert coverage("--page", str(tmp_path / "COVERAGE.md")) == (0, "")
    assert (tmp_path / "COVERAGE.md").read_text() == PAGE.read_text()


def test_the_record_of_the_strangers_names_endpoints_there_are():
    rows = re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    there_are = {" ".join(row) for row in rows}
    record = json.loads((ROOT / "ci/strangers_record.json").read_text())
    named = {key for seen in record.values() for key in seen["endpoints"]}
    assert {" ".join(key.split(" ")[:2]) for key in named} <= there_are


@pytest.mark.parametrize(("text", "codes"), SOURCES.items())
def test_whatever_is_called_a_code_is_a_refusal(tmp_path, text, codes):
    assert CODE["refusals"](module(tmp_path, text)) == ({"room": codes} if codes else {})


@pytest.mark.parametrize(("text", "remark"), DOUBTS.items())
def test_a_remark_that_something_is_unverified_is_a_doubt(tmp_path, text, remark):
    found = [doubt.remark for doubt in CODE["doubts"](module(tmp_path, text))]
    assert found == ([remark] if remark else [])


def test_a_doubt_about_words_quotes_them(tmp_path):
    text = 'def refuse(name):\n  # The sentence is unverified.\n  return f"No {name.x} was found"'
    (doubt,) = CODE["doubts"](module(tmp_path, text))
    assert (doubt.module, doubt.function) == ("room/one.py", "refuse")
    assert doubt.answer == "No {name.x} was found"
