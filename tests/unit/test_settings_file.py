"""optout.toml is found, read, and its keys know their lines."""

import json
import pickle

import pytest

from deployer.errors import UsageError
from deployer.settings.loading import load
from deployer.settings.secret import Secret
from deployer.settings.toml_file import find_file, read_file


@pytest.fixture
def write(tmp_path):
    def write_file(text, name="optout.toml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path

    return write_file


def loaded(tmp_path, **environ):
    return load(environ={"OPTOUT_HOME": str(tmp_path / "home"), **environ}, cwd=tmp_path)


def test_a_named_file_wins_over_the_environment(write, tmp_path):
    named, other = write("", "a.toml"), write("", "b.toml")
    assert find_file(named, {"OPTOUT_CONFIG": str(other)}, tmp_path) == named
    assert find_file(None, {"OPTOUT_CONFIG": str(other)}, tmp_path) == other


def test_a_file_above_is_found_up_to_the_repositorys_root(write, tmp_path):
    (tmp_path / ".git").mkdir()
    path = write("")
    (tmp_path / "x" / "y").mkdir(parents=True)
    assert find_file(None, {}, tmp_path / "x" / "y") == path


def test_outside_a_repository_only_the_current_folder_is_looked_at(write, tmp_path):
    write("")
    (tmp_path / "x").mkdir()
    assert find_file(None, {}, tmp_path / "x") != tmp_path / "optout.toml"


def test_a_named_file_that_is_absent_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="no such settings file"):
        find_file(tmp_path / "nope.toml", {}, tmp_path)


@pytest.mark.parametrize("text", ["a = ", "[orgs", "a = 1\na = 2", "x = \xff"])
def test_what_is_not_toml_names_the_file(write, text):
    path = write("")
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match="not TOML") as problem:
        read_file(path)
    assert problem.value.where == str(path)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_file(tmp_path)


def test_each_key_knows_its_line(write):
    file = read_file(write('org = "a"\n\n[orgs.a]  # home\norg_id = "x"\n"q.r".s = 1\n'))
    assert file.place("org").endswith("optout.toml:1")
    assert file.place("orgs", "a", "org_id").endswith(":4")
    assert file.place("orgs", "a", "absent").endswith(":3")


def test_flags_beat_environment_beats_file_beats_default(write, tmp_path):
    write("wait = 5")
    sources = [
        loaded(tmp_path, OPTOUT_WAIT="7").resolve(flags={"wait": 9})["wait"],
        loaded(tmp_path, OPTOUT_WAIT="7").resolve()["wait"],
        loaded(tmp_path).resolve()["wait"],
        loaded(tmp_path).resolve()["field"],
    ]
    assert [v.value for v in sources] == [9, 7, 5, "email-opt-out"]
    assert [v.source.rpartition("/")[2] for v in sources] == [
        "flag", "OPTOUT_WAIT", "optout.toml:1", "default"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("orgg = 'a'", "unknown setting orgg", "org"),
        ("zzz = 1", "unknown setting zzz", "known: "),
        ("wait = '5'", "a whole number", "wait"),
        ("wait = true", "a whole number", "wait"),
        ("org = 5", "a text", "org"),
        ("ca_file = 5", "a path", "ca_file"),
        ("orgs = 5", "orgs must be a table", "[orgs.NAME]"),
        ("[orgs]\na = 1", "orgs.a must be a table", "[orgs.a]"),
    ],
)
def test_a_wrong_key_or_value_is_named_with_its_line(write, tmp_path, text, said, hint):
    write(text)
    with pytest.raises(UsageError) as problem:
        loaded(tmp_path).resolve()
    assert said in problem.value.message
    assert hint in problem.value.hint
    assert "optout.toml:" in problem.value.where


def test_a_wrong_variable_is_named(tmp_path):
    with pytest.raises(UsageError, match="'soon'") as problem:
        loaded(tmp_path, OPTOUT_WAIT="soon").resolve()
    assert problem.value.where == "OPTOUT_WAIT"


def test_a_secret_never_shows():
    secret = Secret("hunter2")
    shown = f"{secret} {secret!r} {secret!s} {secret:>9} {[secret]} " + json.dumps(
        {"s": secret}, default=str
    )
    assert "hunter2" not in shown
    assert secret.reveal() == "hunter2"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_secrets_compare_by_what_they_hold():
    assert Secret("a") == Secret("a") != Secret("b")
    assert len({Secret("a"), Secret("a")}) == 1
    assert not Secret("")


@pytest.mark.parametrize(
    ("text", "named", "said"),
    [
        ("", None, "no single one"),
        ("", "x", "there is no org 'x'"),
        ("[orgs.a]\n[orgs.b]", None, "configured: a, b"),
        ("[orgs.a]\n[orgs.b]", "c", "configured: a, b"),
    ],
)
def test_an_org_that_cannot_be_picked_lists_the_known_ones(write, tmp_path, text, named, said):
    write(text)
    with pytest.raises(UsageError, match=said):
        loaded(tmp_path).pick_org(named)


@pytest.mark.parametrize(
    ("text", "named", "picked"),
    [
        ("[orgs.a]", None, "a"),
        ("[orgs.a]\n[orgs.b]", "b", "b"),
        ("org = 'b'\n[orgs.a]\n[orgs.b]", None, "b"),
        ("[orgs.a]", "practice", "practice"),
    ],
)
def test_the_only_org_or_the_named_one_is_picked(write, tmp_path, text, named, picked):
    write(text)
    assert loaded(tmp_path).pick_org(named) == picked
