"""The root command's table is true, and reading it costs nothing."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys

import click
import pytest

from deployer.cli import VERBS, main, optout
from deployer.errors import Exit

HEAVY = ("simple_salesforce", "zeep", "lxml", "xmlschema", "duckdb", "sqlalchemy", "rich",
         "requests", "jinja2")  # fmt: skip
LOADED = """
import json, sys
from deployer.cli import main
try:
    main(["--help"])
except SystemExit:
    print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_of_the_table_is_a_command(name: str):
    command = importlib.import_module(VERBS[name].module).command
    assert isinstance(command, click.Command)
    assert command.name == name


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_shows_help(name: str):
    command = optout.get_command(click.Context(optout), name)
    text = command.get_help(click.Context(command, info_name=f"optout {name}"))
    assert f"optout {name}" in text
    assert command.help or command.short_help


@pytest.mark.parametrize("words", [[], ["jobs"], ["practice-org", "fault"]], ids=str)
def test_a_name_that_is_typed_alone_shows_what_there_is(words: list[str], capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    out, err = capsys.readouterr()
    assert (ended.value.code, out) == (Exit.USAGE, "")
    assert err.startswith(" ".join(["Usage: optout", *words, "[OPTIONS] COMMAND"]))


def test_every_command_module_is_in_the_table():
    modules = {verb.module for verb in VERBS.values()}
    assert all(module.startswith(("deployer.commands.", "sync.")) for module in modules)
    assert len(modules) == len(VERBS)


def test_help_loads_no_heavy_library():
    done = subprocess.run(
        [sys.executable, "-c", LOADED], capture_output=True, text=True, check=True
    )
    loaded = json.loads(done.stderr)
    assert [name for name in HEAVY if name in loaded] == []
    assert all(name in done.stdout for name in VERBS)
