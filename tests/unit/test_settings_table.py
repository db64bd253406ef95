"""A package's own rows: every type, secrets included."""

from pathlib import Path

import pytest

from deployer.errors import UsageError
from deployer.settings.table import Setting, Table, resolve
from deployer.settings.toml_file import SettingsFile

TABLE = Table(
    "sync",
    (
        Setting("loud", bool, False, "Say more."),
        Setting("folder", Path, None, "Where."),
        Setting("key", str, "", "A secret.", secret=True, env="SYNC_KEY"),
    ),
)


def value(name, environ=None, body=None):
    file = SettingsFile(Path("optout.toml"), {"sync": body or {}}, {("sync",): 1})
    return resolve(TABLE, {}, environ or {}, file)[name]


@pytest.mark.parametrize(
    ("word", "meant"), [("true", True), ("YES", True), ("1", True), ("no", False), ("0", False)]
)
def test_a_boolean_variable_takes_the_usual_words(word, meant):
    assert value("loud", {"OPTOUT_LOUD": word}).value is meant


def test_a_path_is_made_of_either_source():
    assert value("folder", {"OPTOUT_FOLDER": "/a"}).value == Path("/a")
    assert value("folder", body={"folder": "/a"}).value == Path("/a")


def test_a_boolean_in_the_file_is_taken_as_it_is():
    assert value("loud", body={"loud": True}).value is True


def test_a_secret_variable_is_used_and_never_shown():
    found = value("key", {"SYNC_KEY": "hunter2"})
    assert (found.value, found.shown, found.source) == ("hunter2", "***", "SYNC_KEY")
    assert value("key").shown == "-"


def test_a_wrong_secret_is_not_repeated():
    table = Table("", (Setting("pin", int, 0, "A secret.", secret=True),))
    with pytest.raises(UsageError) as problem:
        resolve(table, {}, {"OPTOUT_PIN": "hunter2"}, SettingsFile())
    assert "hunter2" not in f"{problem.value} {problem.value.hint}"


def test_a_secret_in_the_file_is_refused():
    with pytest.raises(UsageError, match="does not belong in this file"):
        value("key", body={"key": "hunter2"})


def test_a_section_that_is_no_table_is_refused():
    with pytest.raises(UsageError, match="must be a table"):
        resolve(TABLE, {}, {}, SettingsFile(Path("optout.toml"), {"sync": 3}))
