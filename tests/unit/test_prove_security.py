"""The security suite: it runs what the page names, and sees a file that others may read."""

from __future__ import annotations

import os

import pytest
from prove.security import ROOT, open_to_others, pipelines, proofs
from prove.security_files import make_every_file


def test_every_proof_of_the_page_is_one_of_its_tests():
    named = proofs()
    assert len(named) > 80
    assert "tests/unit/test_state.py::test_a_folder_that_was_open_to_others_is_closed" in named


@pytest.fixture
def open_umask():
    before = os.umask(0)
    yield
    os.umask(before)


def test_no_file_that_the_product_makes_is_open_to_others(tmp_path, open_umask):
    made = make_every_file(tmp_path / "home")
    names = {path.name for path in made.rglob("*")}
    assert {"ledger.sqlite", "copy.sqlite", "snapshot.zip", "log.jsonl", "server.json"} <= names
    assert list(open_to_others(made)) == []


def test_a_file_that_others_may_read_is_seen(tmp_path):
    (tmp_path / "key").write_text("x")
    (tmp_path / "key").chmod(0o640)
    assert list(open_to_others(tmp_path)) == ["key has mode 640"]


def test_a_pipeline_that_runs_the_words_of_outsiders_is_seen(tmp_path):
    bad = tmp_path / "bad.yml"
    bad.write_text(
        "on: pull_request_target\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - run: echo ${{ github.event.pull_request.title }}\n"
    )
    assert any("template-injection" in said for said in pipelines(bad))
    assert list(pipelines(ROOT / "ci" / "pipelines" / "github.yml")) == []
