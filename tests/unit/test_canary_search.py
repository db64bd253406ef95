"""The search of every test finds what is planted, and only that.

Planted leaks (`tests/planted_leaks.py`) run in a pytest of their own, with this suite's conftest.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from canary_ears import command_of, verb_first
from canary_places import EXPORTS, FILES, may_say, why_not_in_file
from canary_shapes import SHAPES, Kind, Secrets, canaries_in

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "an e-mail address (ca...@people.test)"
TOKEN = "a secret (a session id)"
PASSWORD = "a secret (password of the practice org)"
LEAKS = {
    "printed": f"{TOKEN} in Captured stdout call",
    "printed_at_teardown": f"{ADDRESS} in Captured stdout teardown",
    "read": f"{ADDRESS} in stdout",
    "quoted": f"{ADDRESS} in Captured stdout call",
    "of_a_child": f"{ADDRESS} in stdout of `",
    "of_a_child_into_a_file_of_the_test": f"{ADDRESS} in file *log",
    "logged": f"{TOKEN} in file *log.jsonl",
    "raised": f"{ADDRESS} in the error BadInput",
    "reported": f"{ADDRESS} in file *report.md",
    "reported_over_a_file_of_the_test": f"{ADDRESS} in file *report.md",
    "in_a_snapshot": f"{TOKEN} in file *snapshot.zip",
    "in_a_file_that_is_gone": f"{ADDRESS} in file *rows.csv",
    "in_a_draft_that_is_gone": f"{ADDRESS} in file *draft",
    "at_home": f"{PASSWORD} in file *journal",
    "open_to_others": f"{ADDRESS} in file *people.sqlite, which others may read (mode 644)",
    "of_a_secret_among_people": f"{TOKEN} in file *people.sqlite",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory) -> dict[str, str]:
    """Each planted test, and what its failure says."""
    report = tmp_path_factory.mktemp("planted") / "junit.xml"
    subprocess.run(
        [sys.executable, "-P", "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider",
         "-c", ROOT / "pyproject.toml", "--rootdir", ROOT, f"--junit-xml={report}",
         ROOT / "tests" / "planted_leaks.py"],
        stdout=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    cases = ET.parse(report).getroot().iter("testcase")
    return {case.get("name"): "\n".join(bad.text or "" for bad in case) for case in cases}


def test_every_planted_leak_is_found_by_its_own_test(said):
    leaks = {name.removeprefix("test_leak_") for name in said if name.startswith("test_leak_")}
    assert leaks == set(LEAKS)
    for name, sentence in LEAKS.items():
        pattern = re.escape(f"canary: {sentence}").replace(r"\*", r"\S*")
        assert re.search(pattern, said[f"test_leak_{name}"]), (name, said[f"test_leak_{name}"])


def test_what_belongs_where_it_is_is_no_leak(said):
    clean = {name: bad for name, bad in said.items() if name.startswith("test_clean_")}
    assert len(clean) == 3
    assert set(clean.values()) == {""}


def test_a_failure_says_what_was_found_and_not_the_thing_itself(said):
    told = "\n".join(said.values())
    assert "canary@people" not in told
    assert "!AQ" not in told


@pytest.mark.parametrize(
    ("text", "what"),
    [("00D000000000001!AQ" + "a." * 20, "a session id"),
     ("00D000000000001%21AQ" + "a." * 20, "a session id"),
     ("5Aep861" + "x" * 60, "a refresh token"),
     ("-----BEGIN RSA PRIVATE KEY-----\n" + "A" * 30, "a private key"),
     ("force://app:secret:5" + "b" * 30 + "@acme.my.salesforce.com", "an sfdx-url"),
     ("whsec_" + "C" * 32, "a webhook secret")],
)  # fmt: skip
def test_a_secret_is_known_by_its_shape(text, what):
    assert what in {each.shown for each in canaries_in(f"log {text} end".encode())}


def test_every_shape_has_a_row():
    (rows,) = test_a_secret_is_known_by_its_shape.pytestmark
    assert {what for _, what in rows.args[1]} == set(SHAPES)


@pytest.mark.parametrize(
    "text",
    ["00D000000000001AAA", "00D...!AQ...", "-----BEGIN CERTIFICATE-----\n" + "A" * 30, "whsec_",
     "5Aep...", "admin@practice.example.com", "user001@practice.example.comstandarduser",
     "actions/checkout@v4", "@pytest.fixture", "a @ b.de", "git@host:x", "***"],
)  # fmt: skip
def test_what_is_neither_a_secret_nor_a_persons_address_is_let_be(text):
    assert canaries_in(text.encode()) == set()


@pytest.mark.parametrize("text", ["to ann@acme.de.", "<o'neil+x@mail.acme.co.uk>", "ann%40acme.de"])
def test_an_address_is_known_by_its_shape(text):
    assert {each.kind for each in canaries_in(text.encode())} == {Kind.ADDRESS}


def test_a_secret_is_remembered_for_one_test_or_for_good():
    secrets = Secrets()
    secrets.remember("one", "first-secret")
    secrets.remember("two", "second-secret", for_good=True)
    secrets.remember("short", "x")
    assert list(secrets.within(b"x first-secret second-secret")) == ["two", "one"]
    secrets.forget()
    assert list(secrets.within(b"x first-secret second-secret")) == ["two"]


@pytest.mark.parametrize(
    ("kind", "path", "mode", "typed", "allowed"),
    [(Kind.ADDRESS, "/h/ledger.sqlite", 0o600, [], True),
     (Kind.ADDRESS, "/h/ledger.sqlite-wal", 0o600, [], True),
     (Kind.ADDRESS, "/h/ledger.sqlite", 0o640, [], False),
     (Kind.SECRET, "/h/ledger.sqlite", 0o600, [], False),
     (Kind.SECRET, "/h/org.sqlite", 0o600, [], True),
     (Kind.SECRET, "/h/keys/mine.deployer.password", 0o600, [], True),
     (Kind.SECRET, "/h/mine.deployer.password", 0o600, [], False),
     (Kind.ADDRESS, "/w/people.csv", 0o644, [], True),
     (Kind.ADDRESS, "/w/out.csv", 0o600, [], False),
     (Kind.ADDRESS, "/w/out.csv", 0o600, ["people export out.csv"], True),
     (Kind.ADDRESS, "/w/out.csv", 0o644, ["people export out.csv"], False),
     (Kind.ADDRESS, "/w/other.csv", 0o600, ["people export out.csv"], False),
     (Kind.ADDRESS, "/w/out.csv", 0o600, ["sync quarantine export out.csv"], False)],
)  # fmt: skip
def test_a_file_may_hold_what_is_meant_for_it_and_is_for_its_owner(
    kind, path, mode, typed, allowed
):
    assert (why_not_in_file(kind, path, mode, typed) is None) == allowed


@pytest.mark.parametrize(
    ("kind", "typed", "allowed"),
    [(Kind.ADDRESS, ["people list --org mine"], True), (Kind.SECRET, ["people list"], False),
     (Kind.ADDRESS, ["people import people.csv"], False), (Kind.ADDRESS, [], False),
     (Kind.SECRET, ["practice-org start --json"], True)],
)  # fmt: skip
def test_only_commands_that_are_there_to_show_it_may_say_it(kind, typed, allowed):
    assert may_say(kind, typed) == allowed


@pytest.mark.parametrize(
    ("words", "known_as"),
    [(["optout", "people", "list"], "people list"),
     (["/v/bin/python", "-c", "from deployer.cli import main; main()", "plan"], "plan"),
     (["python", "-m", "practice_org", "start"], "start"),
     (["/v/bin/optout", "-v", "--log-file", "l", "people", "show"], "people show"),
     (["git", "log"], "git log")],
)  # fmt: skip
def test_a_command_is_known_by_its_verb(words, known_as):
    assert verb_first(command_of(words)) == known_as


def test_every_place_has_its_reason():
    assert all(len(place.reason) > 10 for place in (*FILES, EXPORTS))
