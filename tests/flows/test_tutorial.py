"""The tutorial, typed as it stands there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

TUTORIAL = Path(__file__).resolve().parents[2] / "docs/tutorial.md"
LINE = re.compile(r"^ {4}optout (?P<words>[^#\n]+?)(?: +# exit (?P<code>\d+).*)?$", re.MULTILINE)


@pytest.mark.slow
def test_each_line_of_the_tutorial_ends_as_it_says(run, org_now, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = [
        (line["words"], int(line["code"] or 0)) for line in LINE.finditer(TUTORIAL.read_text())
    ]
    said = []
    for words, ends_with in lines:
        code, out, err = run(*shlex.split(words))
        assert code == ends_with, (words, out, err)
        said.append(out)
    assert len(lines) == 9
    assert said[3].startswith("NOT READY")
    assert "put on 12 layouts" in said[1]
    assert "--lightning-pages" in said[3]
    assert said[5].startswith("READY")
    assert "nothing to do" in said[6]
    assert "restored on 2 Lightning pages" in said[8]
    assert "<html" in (tmp_path / "page.html").read_text()
