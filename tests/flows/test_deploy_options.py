"""What the options of deploy make of the request, and of the layouts that are meant."""

from __future__ import annotations

import json
import re

import pytest

from deployer.commands.rollouts import TEST_LEVELS
from deployer.layouts import find_field
from practice_org.app import handle
from practice_org.metadata.components import declare, find_component

pytestmark = pytest.mark.slow

ORG = ("--org", "practice")
DEPLOY = ("deploy", *ORG, "--yes")
FIELD = "HasOptedOutOfEmail"
OPTIONS = re.compile(rb'\{"deployOptions": (\{.*?\})\}')


@pytest.fixture
def sent(org_now, switchboard) -> list[dict]:
    """The deployOptions of every deployRequest, in the order they were sent."""
    seen: list[dict] = []

    def keep(request):
        if request.method == "POST" and request.path.endswith("/metadata/deployRequest"):
            seen.append(json.loads(OPTIONS.search(request.body)[1]))
        return handle(org_now.org, request)

    switchboard.answer = keep
    return seen


@pytest.fixture
def outcomes(run):
    """Make a plan with these words; what becomes of each layout."""

    def plan(*words: str) -> dict[str, dict]:
        code, out, err = run("plan", *ORG, *words, "--json")
        assert code in {0, 1}, err
        return {entry["name"]: entry for entry in json.loads(out)["layouts"]}

    return plan


def named(outcomes: dict[str, dict], *wanted: str) -> set[str]:
    return {name for name, entry in outcomes.items() if entry["outcome"] in wanted}


@pytest.mark.parametrize("production", [False, True])
def test_a_failure_rolls_back_and_no_test_level_is_sent(org_now, run, sent, production: bool):
    org_now.org.db.execute("UPDATE Organization SET IsSandbox = ?", (not production,))
    code, out, err = run(*DEPLOY, *(["--production"] if production else []))
    assert code == 0, err
    assert "no test level was sent" in out
    assert [options["checkOnly"] for options in sent] == [True, False]
    for options in sent:
        assert (options["rollbackOnError"], options["singlePackage"]) == (True, True)
        assert (options["purgeOnDelete"], options["ignoreWarnings"]) == (False, False)
        assert not {"testLevel", "runTests"} & set(options)


@pytest.mark.parametrize("words", [("restore",), ("remove",)])
def test_restore_and_remove_roll_back_too(org_now, run, sent, words):
    assert run(*DEPLOY)[0] == 0
    del sent[:]
    assert run(*words, *ORG, "--yes")[0] == 0
    assert [options["rollbackOnError"] for options in sent] == [True, True]


@pytest.mark.parametrize("level", sorted(set(TEST_LEVELS) - {"RunSpecifiedTests"}))
def test_a_test_level_is_sent_as_given(org_now, run, sent, level: str):
    code, out, _ = run(*DEPLOY, "--check-only", "--test-level", level)
    assert code == 0
    assert [(o["testLevel"], "runTests" in o) for o in sent] == [(level, False)]
    assert f"test level {level}" in out


def test_tests_are_sent_as_given(org_now, run, sent):
    declare(org_now.org, "ApexClass", "ATest")
    declare(org_now.org, "ApexClass", "ns__BTest")
    words = ("--test-level", "RunSpecifiedTests", "--tests", "ATest", "--tests", "ns__BTest")
    assert run(*DEPLOY, *words)[0] == 0
    assert [options["runTests"] for options in sent] == [["ATest", "ns__BTest"]] * 2


def test_a_test_that_is_not_there_is_named(org_now, run, sent):
    code, _, err = run(*DEPLOY, "--test-level", "RunSpecifiedTests", "--tests", "NopeTest")
    assert code == 1
    assert "no ApexClass named NopeTest found" in err
    assert [options["checkOnly"] for options in sent] == [True]


def test_only_assigned_layouts_are_meant_unless_all_are(org_now, outcomes):
    unused = "Contact-Event Attendee (2019) Layout"
    entry = outcomes()[unused]
    assert entry["outcome"] == "skipped"
    assert "--all-layouts" in entry["reason"]
    assert outcomes("--all-layouts")[unused]["outcome"] == "add"


def test_layouts_are_chosen_by_object_name_and_exception(org_now, outcomes):
    found = outcomes("--object", "Lead", "--object", "PersonAccount", "--exclude", "*(Sales)*")
    chosen = named(found, "add", "present")
    assert {name.partition("-")[0] for name in chosen} == {"Lead", "PersonAccount"}
    assert not [name for name in chosen if "(Sales)" in name]
    assert found["Lead-Lead (Sales) Layout"]["reason"] == "named by --exclude"


def test_a_layout_is_named_as_the_org_or_as_a_person_spells_it(org_now, outcomes):
    spellings = (
        "Contact-Spender (Großkunden) Layout", "Contact-Spender %28Großkunden%29 Layout",
        "spender (großkunden) layout", "Contact-Spender*",
    )  # fmt: skip
    for spelling in spellings:
        assert named(outcomes("--layout", spelling), "add") == {spellings[0]}


def test_a_read_only_field_is_said_and_turned_when_asked(org_now, run, outcomes):
    name = "Contact-Partner (EMEA) Layout"
    entry = outcomes()[name]
    assert entry["outcome"] == "present"
    assert "--make-editable" in entry["reason"]
    assert run(*DEPLOY, "--make-editable")[0] == 0
    body = find_component(org_now.org, "Layout", name).body
    assert find_field(body, FIELD).behavior == "Edit"
    assert run("restore", *ORG, "--yes")[0] == 0
    body = find_component(org_now.org, "Layout", name).body
    assert find_field(body, FIELD).behavior == "Readonly"


PLACES = {
    "section:Address Information:2": ("Address Information", 2),
    "section:address information": ("Address Information", 1),
    "after:MailingAddress": ("Address Information", 1),
    "before:Phone": ("Contact Information", 2),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_field_goes_where_it_is_wanted(org_now, run, place: str):
    layout = "Contact-Contact Layout"
    code, out, _ = run(*DEPLOY, "--layout", layout, "--place", place, "--json")
    assert code == 0
    found = find_field(find_component(org_now.org, "Layout", layout).body, FIELD)
    assert (found.section, found.column) == PLACES[place]
    entry = next(e for e in json.loads(out)["layouts"] if e["name"] == layout)
    assert (entry["section"], entry["column"]) == PLACES[place]


def test_a_place_that_some_layouts_lack_fails_those_by_name(org_now, outcomes):
    found = outcomes("--object", "Contact", "--place", "section:Additional Information")
    assert named(found, "add") == {"Contact-Contact Layout"}
    assert "no section is labelled" in found["Contact-Contact (Sales) Layout"]["reason"]


def test_a_layout_without_its_place_does_not_stop_the_others(org_now, run):
    words = ("--object", "Contact", "--place", "section:Additional Information")
    code, _, _ = run(*DEPLOY, *words)
    assert code == 1
    body = find_component(org_now.org, "Layout", "Contact-Contact Layout").body
    assert find_field(body, FIELD).section == "Additional Information"
