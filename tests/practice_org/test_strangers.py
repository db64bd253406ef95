"""The table of flows that other people's clients go through; ci/strangers runs them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "ci/strangers.py"
RECORD = SCRIPT.with_name("strangers_record.json")


def listed(*words):
    command = [sys.executable, str(SCRIPT), "--list", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines(), done.stderr


def test_there_are_many_flows_and_each_has_a_name_of_its_own():
    _, titles, _ = listed()
    assert len(titles) == len(set(titles)) >= 40


@pytest.mark.parametrize("client", ["sf", "cci", "simple-salesforce", "cross-check"])
def test_the_core_has_flows_of(client):
    _, titles, _ = listed("--core")
    assert [title for title in titles if title.startswith(f"{client}: ")]


def test_a_part_of_a_name_chooses_its_flows():
    _, titles, _ = listed("cci: deploy")
    assert titles
    assert all("cci: deploy" in title for title in titles)


def test_a_name_that_no_flow_has_is_refused_in_one_sentence():
    code, titles, said = listed("no such flow")
    assert (code, titles) == (1, [])
    assert len(said.splitlines()) == 1
    assert "ci/strangers --list" in said


def test_the_record_is_of_flows_there_are():
    _, titles, _ = listed()
    assert set(json.loads(RECORD.read_text())) <= set(titles), "type: ci/strangers --record NAME"
