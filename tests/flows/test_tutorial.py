"""The tutorial, typed as it stands there; ci/firstday types the lines that install, too."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from firstday.pages import TUTORIAL, Part, steps

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_each_line_of_the_tutorial_ends_and_answers_as_it_says(run, org_now, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ((_, typed),) = steps(ROOT, [Part(TUTORIAL)])
    ours = [step for step in typed if step.typed.startswith("optout ")]
    for step in ours:
        code, out, err = run(*shlex.split(step.typed)[1:])
        assert code == step.ends_with, (step, out, err)
        assert step.says in f"\n{out}", step
    assert len(ours) == 16
    assert "<html" in (tmp_path / "page.html").read_text()
