"""The pages of docs/reference are what the code says, and leave nothing out."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from deployer.cli import optout
from deployer.errors import Exit
from deployer.readiness.checks.catalogue import CHECKS
from deployer.rules import RULES

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs/reference"


def reference(*words):
    command = [sys.executable, str(ROOT / "ci/docs_reference.py"), *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def page(name):
    return (PAGES / f"{name}.md").read_text()


def commands(command, words):
    """A command and every one below it, each with its words."""
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), f"{words} {name}")


ALL = dict(commands(optout, "optout"))


def test_the_pages_are_what_the_code_says():
    assert reference("--check") == (0, "")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    assert reference("--folder", str(folder)) == (0, "")
    return folder


def test_a_page_that_differs_is_missing_or_left_over_is_named_with_what_to_type(written):
    (written / "rules.md").write_text("old")
    (written / "ledger.md").unlink()
    (written / "gone.md").write_text("nothing makes it")
    code, said = reference("--check", "--folder", str(written))
    assert (code, (written / "rules.md").read_text()) == (1, "old")
    named = [line.split()[0] for line in said.splitlines()]
    assert named == [f"docs/reference/{name}.md" for name in ("gone", "ledger", "rules")]
    assert all(line.endswith("type: ci/docs") for line in said.splitlines())


def test_every_command_has_a_heading_of_its_own():
    told = re.findall(r"^## (optout.*)$", page("commands") + page("sync-commands"), re.MULTILINE)
    assert sorted(told) == sorted(ALL)


@pytest.mark.parametrize("words", ALL)
def test_every_option_says_what_it_is_for(words):
    options = [each for each in ALL[words].params if isinstance(each, click.Option)]
    assert [each.opts for each in options if not each.help] == []


def test_every_check_and_every_rule_is_there():
    assert [c.id for c in CHECKS if f"\n## {c.id}\n" not in page("readiness-checks")] == []
    assert [rule.id for rule in RULES if page("rules").count(f"| `{rule.id}` |") != 1] == []


def test_the_readme_tells_the_exit_codes_in_the_same_words():
    row = re.compile(r"^\| (\d+) \| (.+) \|$", re.MULTILINE)
    told = row.findall(page("exit-codes"))
    assert [int(code) for code, _ in told] == list(Exit)
    assert row.findall((ROOT / "README.md").read_text()) == told


def test_no_page_shows_a_path_of_the_machine_that_made_it():
    home = (str(ROOT), str(Path.home()), sys.prefix)
    assert [p.name for p in PAGES.glob("*.md") if any(h in p.read_text() for h in home)] == []


def test_every_table_has_as_many_cells_in_each_row_as_in_its_head():
    cells = re.compile(r"(?<!\\)\|")
    for path in PAGES.glob("*.md"):
        for block in re.findall(r"(?:^\|.*\n)+", path.read_text(), re.MULTILINE):
            assert len({len(cells.findall(line)) for line in block.splitlines()}) == 1, path.name
