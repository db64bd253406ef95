"""The hooks of .pre-commit-hooks.yaml, run by pre-commit itself in somebody's repository."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from pipeline_team import BIN
from ruamel.yaml import YAML
from sample_layouts import a_layout

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
PAGE = ROOT / "docs" / "operating" / "pipelines.md"
LACKING = "force-app/layouts/Lead-A B.layout-meta.xml"
HAVING = "src/layouts/Contact-C.layout"
OTHERS = ("force-app/layouts/Account-D.layout-meta.xml", "Contact-E.layout.txt")
BOTH = ("Email", "HasOptedOutOfEmail")


def manifest():
    return YAML(typ="safe", pure=True).load(MANIFEST)


@pytest.fixture
def pre_commit(tmp_path, private_home):
    """Run one hook in a repository with layouts, those of other objects included; its end."""
    for name, fields in ((LACKING, ("Email",)), (HAVING, BOTH), *((n, ("Name",)) for n in OTHERS)):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(a_layout(*fields))
    # Installed already: pre-commit would make an environment of its own from the repository.
    local = [{**hook, "language": "system"} for hook in manifest()]
    config = {"repos": [{"repo": "local", "hooks": local}]}
    YAML(typ="safe", pure=True).dump(config, tmp_path / ".pre-commit-config.yaml")
    env = {
        "PATH": f"{BIN}:/usr/bin:/bin",
        "HOME": str(private_home),
        "PRE_COMMIT_HOME": str(private_home / "pre-commit"),
    }

    def do(*words):
        return subprocess.run(
            words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
        )

    do("git", "init", "--quiet")
    do("git", "add", ".")
    return lambda hook: do(sys.executable, "-m", "pre_commit", "run", hook, "--all-files")


def test_the_check_fails_names_the_layout_and_changes_nothing(pre_commit, tmp_path):
    done = pre_commit("optout-check")
    assert (done.returncode, "exit code: 10" in done.stdout) == (1, True), done
    assert LACKING in done.stdout
    assert not [name for name in (HAVING, *OTHERS) if name in done.stdout]
    assert (tmp_path / LACKING).read_bytes() == a_layout("Email")


def test_the_edit_puts_the_field_on_and_passes_from_then_on(pre_commit, tmp_path):
    done = pre_commit("optout-edit")
    assert (done.returncode, "files were modified by this hook" in done.stdout) == (1, True), done
    assert b"HasOptedOutOfEmail" in (tmp_path / LACKING).read_bytes()
    assert [pre_commit(hook).returncode for hook in ("optout-edit", "optout-check")] == [0, 0]
    assert (tmp_path / OTHERS[0]).read_bytes() == a_layout("Name")


def test_pre_commit_reads_the_manifest():
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "validate-manifest", MANIFEST], check=False
    )
    assert done.returncode == 0


def test_the_page_shows_hooks_that_there_are():
    shown = re.search(r"    repos:\n(?:    .*\n)+", PAGE.read_text())[0]
    (repo,) = YAML(typ="safe", pure=True).load(dedent(shown))["repos"]
    assert {hook["id"] for hook in repo["hooks"]} <= {hook["id"] for hook in manifest()}
