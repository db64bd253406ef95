"""`optout practice-org start`, as typed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from deployer.commands.practice_org import _words

OPTOUT = (sys.executable, "-c", "from deployer.cli import main; main()", "practice-org", "start")
SMALL = ("--contacts", "5", "--leads", "0", "--users", "6")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"http_port": 0, "metadata": None, "reset": False}, ["--http-port", "0"]),
        ({"contacts": 0, "rename_duplicates": True}, ["--contacts", "0", "--rename-duplicates"]),
        ({"metadata": Path("x")}, ["--metadata", "x"]),
    ],
)
def test_options_travel_as_words(options, words):
    assert _words(options) == words


def test_the_org_is_kept_where_org_practice_looks(private_home):
    child = subprocess.Popen(
        [*OPTOUT, *SMALL, "--json", "--until-stdin-closes"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    facts = json.loads(child.stdout.readline())
    assert facts["data"] == str(private_home / "optout" / "practice-org")
    assert facts["pid"] == child.pid
    child.communicate(timeout=60)
    assert child.returncode == 0


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path):
    words = [*OPTOUT, "--metadata", str(tmp_path / "none")]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
