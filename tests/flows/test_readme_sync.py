"""The README's way from nothing to a night, typed as it stands there."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from practice_org.tables import find_row, insert_row

README = Path(__file__).resolve().parents[2] / "README.md"


def commands() -> list[str]:
    """The indented lines, without what is said beside them."""
    _, _, after = README.read_text().partition("From nothing to a night:\n\n")
    lines = after.partition("\n\n")[0].splitlines()
    return [line.partition("  #")[0].strip() for line in lines]


@pytest.mark.slow
def test_a_newcomer_comes_from_nothing_to_a_night(run, org_now, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    contact = insert_row(org_now.org, "Contact", {"LastName": "Moss"})
    file, *rest = commands()
    subprocess.run(file.replace("003...", contact), shell=True, check=True)  # noqa: S602 - ours
    held = ""
    for line in rest:
        typed = line.replace("--org prod", "--org practice").replace("RUN", held)
        code, out, err = run(*shlex.split(typed)[1:])
        assert code == (1 if line == "optout sync adopt --org prod" else 0), (line, out, err)
        runs = json.loads(run("sync", "runs", "--org", "practice", "--json")[1])["runs"]
        held = runs[0]["run_id"] if runs else ""
    assert find_row(org_now.org, "Contact", contact)["HasOptedOutOfEmail"]
    assert len(rest) == 6
