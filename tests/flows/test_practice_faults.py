"""`optout practice-org fault`, as typed, against an org on loopback."""

from __future__ import annotations

import json
from functools import partial

import pytest
import requests

from practice_org.faults.catalogue import CODES
from practice_org.faults.firing import standing_faults
from practice_org.faults.places import PLACES

LOCKED = ("--at", "collections", "--code", "UNABLE_TO_LOCK_ROW", "--every", "7", "--seed", "3")


@pytest.fixture
def fault(practice, run):
    """Run a fault command; its exit code, stdout and stderr."""
    return partial(run, "practice-org", "fault")


def door(practice, method, path="", key="", **more):
    key = key or practice.facts["practice_key"]
    url = f"{practice.https}/practice/faults{path}"
    headers = {"X-Practice-Key": key}
    ca_file = practice.facts["ca_file"]
    return requests.request(method, url, headers=headers, verify=ca_file, timeout=60, **more)


def test_a_fault_is_added_listed_and_cleared(fault, practice):
    assert fault("add", *LOCKED)[:2] == (0, "fault 1 is on: UNABLE_TO_LOCK_ROW at collections\n")
    rule = standing_faults(practice.org)[0].when
    assert (rule.every, rule.after, rule.times, rule.seed) == (7, 0, None, 3)
    row = "1 collections UNABLE_TO_LOCK_ROW every 7, seed 3 0 0"
    assert fault("list")[1].splitlines()[2].split() == row.split()
    assert fault("clear", "1")[1] == "1 fault cleared\n"
    assert fault("list")[1] == "no fault is on\n"


def test_a_list_is_one_document(fault):
    fault("add", "--at", "query", "--code", "SLOW:2.5", "--after", "1", "--times", "2")
    shown = json.loads(fault("list", "--json")[1])["faults"][0]
    rule = {"every": 1, "after": 1, "times": 2, "seed": None, "only": ""}
    assert shown == {"id": 1, "at": "query", "code": "SLOW:2.5", "rule": rule, "seen": 0,
                     "fired": 0}  # fmt: skip


def test_all_faults_are_cleared_at_once(fault, practice):
    for code in ("HTML_503", "HTML_420"):
        fault("add", "--at", "any", "--code", code)
    assert fault("clear")[1] == "2 faults cleared\n"
    assert standing_faults(practice.org) == []


def test_the_door_stands_open_when_everything_else_fails(fault):
    fault("add", "--at", "any", "--code", "DROP_BEFORE")
    assert fault("list")[0] == 0
    assert fault("clear")[0] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--at", "kitchen", "--code", "HTML_503"), "the places are: any, rest, soap"),
        (("--at", "any", "--code", "HTML_999"), "the codes are: ABORTED, ALREADY_IN_PROCESS"),
        (("--at", "token", "--code", "UNABLE_TO_LOCK_ROW"),
         "UNABLE_TO_LOCK_ROW makes no sense at token; it does at: any, rest, writes"),
        (("--at", "query", "--code", "SLOW"), "say how many seconds: SLOW:SECONDS"),
        (("--at", "query", "--code", "SLOW:soon"), "soon is no number of seconds"),
        (("--at", "query", "--code", "HTML_503:1"), "HTML_503 takes no number"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_in_a_sentence(fault, words, said):
    code, out, err = fault("add", *words)
    assert (code, out) == (2, "")
    assert said in err


def test_no_org_at_all_is_a_sentence(fault, tmp_path):
    code, out, err = fault("list", "--data", str(tmp_path))
    assert (code, out) == (75, "")
    assert "no practice org is running there" in err
    assert f"optout practice-org start --data {tmp_path}" in err


def test_a_fault_that_is_not_there_is_a_sentence(fault):
    code, _, err = fault("clear", "9")
    assert (code, "there is no fault 9" in err) == (2, True)


def test_the_help_lists_every_place_and_code(fault):
    code, out, _ = fault("add", "--help")
    assert code == 0
    lines = {line.strip().split("  ")[0] for line in out.splitlines()}
    assert set(PLACES) | {code.spelled for code in CODES.values()} <= lines


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_nobody_comes_in_without_the_key(practice, method):
    token = {"Authorization": f"Bearer {practice.facts['access_token']}"}
    url = f"{practice.http}/practice/faults"
    assert requests.request(method, url, headers=token, json={}, timeout=60).status_code == 401
    assert door(practice, method, key="wrong", json={}).status_code == 401


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"at": "any", "code": "HTML_503", "every": "7"}, "every is a whole number"),
        ({"at": "any", "code": "HTML_503", "times": True}, "times is a whole number"),
        ({"at": "any", "code": ["HTML_503"]}, "code is a text"),
        ({"at": "any", "code": "HTML_503", "every": 0}, "every and times are 1 or more"),
        ({}, "there is no code "),
    ],
)
def test_a_body_that_is_no_fault_is_refused(practice, body, said):
    answer = door(practice, "POST", json=body)
    assert (answer.status_code, said in answer.json()[0]["message"]) == (400, True)
