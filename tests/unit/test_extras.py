"""The base install: what works with it, and the one sentence for what does not."""

from __future__ import annotations

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from deployer.extras import EXTRAS, require_extra

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
LAYOUT = """<?xml version="1.0" encoding="UTF-8"?>
<Layout xmlns="http://soap.sforce.com/2006/04/metadata">
    <layoutSections><customLabel>false</customLabel><detailHeading>true</detailHeading>
        <editHeading>true</editHeading><label>Information</label>
        <layoutColumns><layoutItems><behavior>Required</behavior><field>Name</field></layoutItems>
        </layoutColumns><layoutColumns/><style>TwoColumnsTopToBottom</style></layoutSections>
</Layout>
"""
# Modules of extras alone; cryptography comes with the base install as well.
ABSENT = ("duckdb", "keyring", "lark", "prometheus_client", "psycopg", "pysqlite3",
          "python_multipart", "sqlalchemy", "starlette", "uvicorn")  # fmt: skip
HIDE = f"import sys; sys.modules.update(dict.fromkeys({ABSENT!r}));"
OPTOUT = HIDE + "from deployer.cli import main; main()"
WALK = f"""{HIDE}
import importlib, pkgutil, deployer
for module in pkgutil.walk_packages(deployer.__path__, "deployer."):
    importlib.import_module(module.name)
"""


def base_install(*words: str) -> subprocess.CompletedProcess[str]:
    """One command where only the base install is to be found."""
    return subprocess.run(
        [sys.executable, "-c", OPTOUT, *words],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def name(distribution: str) -> str:
    return re.match(r"[\w-]+", distribution).group().lower().replace("_", "-")


@pytest.mark.parametrize("extra", EXTRAS)
def test_the_modules_of_an_extra_are_those_its_requirements_bring(extra: str):
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    required = {name(line) for line in wanted["optional-dependencies"][extra]}
    required -= {"pysqlite3-binary"}  # the standard library's stands in for it
    brought = importlib.metadata.packages_distributions()
    assert required == {name(brought[module][0]) for module in EXTRAS[extra]}


@pytest.mark.parametrize("extra", EXTRAS)
def test_every_extra_is_installed_here(extra: str):
    require_extra(extra, "the suite")


def test_the_deployer_needs_no_extra_to_be_imported():
    done = subprocess.run(
        [sys.executable, "-c", WALK], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("validate",), 0),
        (("edit", "--check"), 10),
        (("edit",), 0),
    ],
)
def test_files_need_no_extra(tmp_path: Path, words: tuple[str, ...], code: int):
    (tmp_path / "Contact-Contact Layout.layout-meta.xml").write_text(LAYOUT)
    done = base_install(*words, str(tmp_path))
    assert done.returncode == code, done.stderr


@pytest.mark.parametrize("words", [("settings",), ("org", "list"), ("doctor",), ("sync", "--help")])
def test_a_look_around_needs_no_extra(words: tuple[str, ...]):
    assert base_install(*words).returncode == 0


@pytest.mark.parametrize(
    ("words", "extra"),
    [
        ("plan --org practice", "practice"),
        ("deploy --org practice --yes", "practice"),
        ("readiness --org practice", "practice"),
        ("practice-org start", "practice"),
        ("people list", "sync"),
        ("sync status", "sync"),
        ("sync serve --help", "sync"),
        ("sync quarantine list", "sync"),
    ],
)
def test_what_needs_an_extra_says_which_in_one_sentence(private_home, words: str, extra: str):
    done = base_install(*words.split())
    told = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (2, "")
    assert len(told) == 2
    assert "needs packages that are not installed: " in told[0]
    assert told[1].startswith(f"  next: pip install 'salesforce-optout[{extra}]' (or: pipx ")


def test_a_verb_that_does_not_exist_is_no_matter_of_extras():
    done = base_install("sync", "nonsense")
    assert done.returncode == 2
    assert "No such command 'nonsense'" in done.stderr
