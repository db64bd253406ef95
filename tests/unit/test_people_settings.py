"""[people] in optout.toml: which store, and what is said when it cannot be meant."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

import pytest

from deployer.clock import SystemClock
from deployer.errors import UsageError
from deployer.settings.loading import load
from sync.people.conformance import PeopleConformance
from sync.people.files.inputs import Nobody
from sync.people.files.outbox import Kind as Change
from sync.people.files.store import FilesPeople
from sync.people.opening import open_importable, open_people
from sync.people.settings import Kind, read_people

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operating" / "people-adapters.md"
FILES = 'kind = "files"\ninput = "in.csv"\noutput = "out"\n'
CLOCK = SystemClock()


def settings(folder, people):
    file = folder / "optout.toml"
    file.write_text(f"[people]\n{people}")
    return load(file)


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE.read_text(), re.DOTALL)


def test_paths_start_at_the_settings_file(tmp_path, private_home):
    found = read_people(settings(tmp_path, FILES))
    assert (found.source.path, found.output) == (tmp_path / "in.csv", tmp_path / "out")
    assert (found.kind, found.source.nobody) == (Kind.FILES, Nobody.REFUSED)


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ('kind = "file"', "kind = 'file' is not known"),
        ('kind = "files"\ninput = "x"', "people.output is missing"),
        (f'{FILES}url = "sqlite://"', "url has no meaning with kind = files"),
        ('input = "x"', "input has no meaning with kind = sql"),
        ("may_be_empty = true", "may_be_empty has no meaning with kind = sql"),
        ('kind = "files"\ninput = "x"\noutput = "./x"', "are one folder"),
        ('kind = "adapter"', "people.adapter is missing"),
        (f"{FILES}[people.columns]\nmail = 1", "must be a table of texts"),
        (f'{FILES}[people.columns]\nmail = "x"', "mail"),
        ("may_be_empty = 1", "true or false"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error_with_its_place(tmp_path, private_home, people, said):
    with pytest.raises(UsageError) as refused:
        read_people(settings(tmp_path, people))
    assert said in str(refused.value)
    assert refused.value.where


def test_an_export_belongs_to_the_named_org_and_takes_no_import(tmp_path, private_home):
    chosen = settings(tmp_path, f'{FILES}org = "practice"\n')
    people = open_people(chosen, "practice", CLOCK)
    assert isinstance(people, FilesPeople)
    with pytest.raises(UsageError, match="nothing can be imported"):
        open_importable(chosen, "practice", CLOCK)
    other = open_importable(chosen, "acme", CLOCK)
    assert other.identity() != people.identity()
    other.close()


def test_an_adapter_is_called_with_org_and_clock(tmp_path, private_home, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "acme_people.py").write_text(
        "from pathlib import Path\nfrom sync.people.sql import open_embedded\n"
        "def open_people(org, clock):\n    return open_embedded(Path(org + '.sqlite'), clock)\n"
    )
    text = 'kind = "adapter"\nadapter = "acme_people:open_people"\norg = "acme"'
    people = open_people(settings(tmp_path, text), "acme", CLOCK)
    assert (people.count().people, (tmp_path / "acme.sqlite").exists()) == (0, True)
    people.close()


@pytest.mark.parametrize("name", ["nowhere:x", "json:nothing", "json", ":x", "a b:c"])
def test_an_adapter_that_cannot_be_loaded_is_a_usage_error(tmp_path, private_home, name):
    text = f'kind = "adapter"\nadapter = "{name}"\norg = "acme"'
    with pytest.raises(UsageError, match="cannot be loaded"):
        open_people(settings(tmp_path, text), "acme", CLOCK)


@pytest.mark.parametrize("block", blocks("toml"))
def test_the_settings_of_the_page_are_taken(tmp_path, private_home, block):
    assert read_people(settings(tmp_path, block.removeprefix("[people]\n"))).named
    assert set(tomllib.loads(block)) == {"people"}


def test_the_suite_of_the_page_is_one_that_can_be_run():
    (block,) = blocks("python")
    made: dict[str, object] = {}
    exec(block, made)  # noqa: S102 - the page's own example
    assert issubclass(made["TestMyPeople"], PeopleConformance)


def test_the_changes_of_the_page_have_the_columns_and_words_that_are_written():
    (block,) = blocks("text")
    assert {row["change"] for row in csv.DictReader(block.splitlines())} == set(Change)
