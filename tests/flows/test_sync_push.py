"""`optout sync push`, from the words typed to the box ticked in the org."""

from __future__ import annotations

import io
import json
import sys

import pytest

from practice_org.faults.firing import switch_off, switch_on
from practice_org.faults.store import When
from practice_org.tables import find_row, insert_row

ORG = ("--org", "practice")


@pytest.fixture
def contact(org_now):
    return insert_row(org_now.org, "Contact", {"LastName": "Moss"})


@pytest.fixture
def pipe(monkeypatch):
    """Put these bytes on standard input."""

    def put(text: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text), encoding="utf-8"))

    return put


@pytest.fixture
def push(run):
    """Push, and return (exit code, the --json document, stderr)."""

    def push_it(*words: str):
        code, out, err = run("sync", "push", *words, *ORG, "--json")
        return code, json.loads(out), err

    return push_it


def ticked(practice, contact: str) -> bool:
    return bool(find_row(practice.org, "Contact", contact)["HasOptedOutOfEmail"])


def test_a_record_that_is_named_is_ticked(push, contact, org_now):
    code, said, _ = push("--salesforce-id", contact)
    assert (code, said["accepted"], said["applied"], said["open"]) == (0, 1, 1, 0)
    assert ticked(org_now, contact)


def test_a_person_without_an_id_waits_for_one(push, org_now):
    code, said, _ = push("--person", "ann", "--reason", "asked by phone")
    assert (code, said["accepted"], said["waiting"]) == (0, 1, 1)


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--person", "ann", "--email", "ann@example.com"),
        ("--reason", "because"),
        ("--email", "no address"),
        ("--salesforce-id", "003"),
        ("--email", ""),
    ],
)
def test_nobody_several_or_nonsense_is_refused_and_nothing_taken(push, pipe, org_now, words):
    pipe(b"")
    code, said, _ = push(*words)
    assert (code, said["error"]["code"]) == (2, "usage")


def test_each_line_is_taken_by_itself_and_a_bad_one_named_by_number(push, pipe, contact, org_now):
    good = json.dumps({"salesforce_id": contact, "occurred_at": "2026-11-01T00:00:00Z"})
    pipe(f'{good}\n{{"email": "two at once@example.com"}}\nnot json\n{good}\n'.encode())
    code, said, err = push()
    assert (code, said["accepted"], said["duplicates"], said["applied"]) == (1, 1, 1, 1)
    assert [each["line"] for each in said["malformed"]] == [2, 3]
    assert "at once" not in json.dumps(said) + err
    assert ticked(org_now, contact)


def test_what_cannot_be_applied_is_kept_and_applied_by_the_next_push(push, contact, org_now):
    switch_on(org_now.org, "any", "HTML_503", When(times=100))
    code, said, _ = push("--salesforce-id", contact)
    assert (code, said["accepted"], said["open"], len(said["problems"])) == (75, 1, 1, 1)
    switch_off(org_now.org)
    assert push("--salesforce-id", contact)[1]["applied"] == 1
    assert ticked(org_now, contact)


def test_no_address_is_ever_said(run, push, org_now):
    _, said, err = push("--email", "ann.secret@example.com")
    code, out, err2 = run("sync", "push", "--email", "ann.secret@example.com", *ORG)
    assert code == 0
    assert "ann.secret" not in json.dumps(said) + err + out + err2


@pytest.mark.parametrize("words", [(), ("--org", "nowhere")])
def test_no_org_is_ever_guessed(run, words):
    assert run("sync", "push", "--person", "ann", *words)[0] == 2
