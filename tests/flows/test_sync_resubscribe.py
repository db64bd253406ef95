"""`optout sync resubscribe`, from the words typed to the box cleared in the org."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from practice_org.actions.org_rules import Rule, set_rule
from practice_org.seed.people import ADMIN_USERNAME
from practice_org.tables import find_row, find_rows, insert_row

ORG = ("--org", "practice", "--json")
ASKED = ("--reason", "asked in writing", "--by", "Ada")


@pytest.fixture
def ann(org_now, run):
    """The id of her record; she was opted out on both sides an hour ago."""
    org_now.clock.at -= timedelta(hours=1)
    contact = insert_row(org_now.org, "Contact", {"LastName": "Ann"})
    assert run("sync", "push", "--salesforce-id", contact, *ORG)[0] == 0
    org_now.clock.at += timedelta(hours=1)
    return contact


@pytest.fixture
def ask(run):
    def run_it(who, *words):
        code, out, err = run("sync", "resubscribe", who, *words, *ORG)
        return code, json.loads(out), err

    return run_it


def ticked(org_now, record_id):
    return bool(find_row(org_now.org, "Contact", record_id)["HasOptedOutOfEmail"])


def test_both_sides_are_cleared_and_the_audit_says_who_and_why(ask, ann, org_now, run):
    code, said, _ = ask(ann, *ASKED, "--yes")
    assert (code, said["state"], len(said["covered"])) == (0, "cleared", 2)
    assert not ticked(org_now, ann)
    (person,) = json.loads(run("people", "list", *ORG)[1])["people"]
    assert not person["unsubscribed"]
    audit = json.loads(run("sync", "audit", *ORG)[1])["audit"]
    assert [(each["by"], each["action"]) for each in audit] == [
        ("Ada", "resubscribe"), ("Ada", "resubscribed"),
    ]  # fmt: skip
    history = json.loads(run("people", "history", person["person_id"], *ORG)[1])["history"]
    assert [(each["action"], each["by"]) for each in history][-1] == ("resubscribed", "Ada")


def test_without_a_terminal_it_shows_the_whole_and_what_marketo_does_and_is_refused(
    ask, ann, org_now
):
    code, _, shown = ask(ann, *ASKED)
    assert code == 2
    assert (ann in shown, "Marketo Engage syncs Email Opt Out" in shown) == (True, True)
    assert ticked(org_now, ann)


@pytest.mark.parametrize("missing", ["--reason", "--by"])
def test_it_says_who_and_why_or_nothing_is_done(run, ann, org_now, missing):
    at = ASKED.index(missing)
    words = (*ASKED[:at], *ASKED[at + 2 :])
    assert run("sync", "resubscribe", ann, *words, "--yes", *ORG)[0] == 2
    assert ticked(org_now, ann)


def test_check_tells_of_it(ask, ann, run):
    assert ask(ann, *ASKED, "--yes")[0] == 0
    (told,) = json.loads(run("sync", "check", ann, *ORG)[1])["resubscribes"]
    assert (told["by"], told["reason"], told["state"]) == ("Ada", "asked in writing", "cleared")


def test_a_second_one_finds_nothing_to_do(ask, ann):
    assert ask(ann, *ASKED, "--yes")[0] == 0
    code, said, _ = ask(ann, *ASKED, "--yes")
    assert (code, said["state"]) == (0, None)


def test_a_refusal_leaves_the_person_out_and_says_what_was_refused(ask, ann, org_now):
    admin = find_rows(org_now.org, "User", Username=ADMIN_USERNAME)[0]["Id"]
    set_rule(org_now.org, admin, Rule("Contact", "Old", "put the phone right", "", True))
    code, said, _ = ask(ann, *ASKED, "--yes")
    assert (code, said["state"]) == (1, "set-back")
    assert [each["code"] for each in said["problems"]] == ["FIELD_CUSTOM_VALIDATION_EXCEPTION"]
    assert ticked(org_now, ann)
