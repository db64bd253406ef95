"""`optout practice-org clock` and `audit`, as typed, against an org on loopback."""

from __future__ import annotations

import json
from functools import partial

import pytest

from practice_org.tables import find_rows, update_row

NOW = "2026-11-24T09:00:00.000+00:00"


@pytest.fixture
def told(run):
    """Run the clock command; its exit code, stdout and stderr."""
    return partial(run, "practice-org", "clock")


@pytest.fixture
def audit(run):
    """Run the audit command; its exit code, stdout and stderr."""
    return partial(run, "practice-org", "audit")


@pytest.fixture
def written(practice):
    """Two writes: how many entries there were before, and the contact that was changed."""
    org = practice.org
    before = org.db.execute("SELECT max(number) FROM audit").fetchone()[0]
    contact = find_rows(org, "Contact")[0]["Id"]
    update_row(org, "Contact", contact, {"Email": "moss@example.com", "LastName": "Moss"})
    update_row(org, "Lead", find_rows(org, "Lead")[0]["Id"], {"LastName": "Fern"})
    return before, contact


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ((), NOW),
        (("--advance", "3h"), "2026-11-24T12:00:00.000+00:00"),
        (("--advance", "90m"), "2026-11-24T10:30:00.000+00:00"),
        (("--advance", "45s"), "2026-11-24T09:00:45.000+00:00"),
        (("--advance", "1d12h"), "2026-11-25T21:00:00.000+00:00"),
        (("--advance", "250ms"), "2026-11-24T09:00:00.250+00:00"),
        (("--to", "2026-11-25T03:00:00+00:00"), "2026-11-25T03:00:00.000+00:00"),
        (("--to", "2026-11-24T23:30:00-08:00"), "2026-11-25T07:30:00.000+00:00"),
    ],
)
def test_the_clock_is_told_and_moved_on(told, practice, words, then):
    assert told(*words)[:2] == (0, f"{then}\n")
    assert practice.org.now().isoformat(timespec="milliseconds") == then


def test_the_time_is_one_document(told, practice):
    shown = json.loads(told("--json")[1])
    assert (shown["now"], shown["ok"], shown["org_id"]) == (NOW, True, practice.facts["org_id"])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--advance", "soon"), "'soon' is no stretch of time; say 3h, 90m, 45s or 1d12h"),
        (("--advance", "3"), "is no stretch of time"),
        (("--advance", "-3h"), "is no stretch of time"),
        (("--advance", "3h soon"), "is no stretch of time"),
        (("--advance", "4000d"), "the clock moves on only, by at most ten years in all"),
        (("--advance", "999999999d"), "at most ten years"),
        (("--to", "2026-11-25T03:00:00"), "is no time with a zone; say 2026-11-25T03:00:00+00:00"),
        (("--to", "tomorrow"), "is no time with a zone"),
        (("--to", "2026-11-24T08:59:59+00:00"), "the clock moves on only"),
        (("--to", "2026-11-25T03:00:00+00:00", "--advance", "3h"), "give one of them"),
    ],
)
def test_a_step_that_cannot_be_is_refused_in_a_sentence(told, practice, words, said):
    code, out, err = told(*words)
    assert (code, out) == (2, "")
    assert said in err
    assert practice.org.now().isoformat(timespec="milliseconds") == NOW


def test_the_audit_names_what_was_written_and_no_values(audit, written):
    before, contact = written
    code, out, _ = audit("--after", str(before))
    assert code == 0
    rows = [line.split() for line in out.splitlines()[2:4]]
    assert rows[0][-4:] == ["Contact", contact, "Email,", "LastName"]
    assert "moss@example.com" not in out
    assert out.splitlines()[-1] == f"2 entries; what comes later: --after {before + 2}"


def test_the_audit_of_one_object_is_one_document(audit, written):
    before, contact = written
    shown = json.loads(audit("--after", str(before), "--subject", "Contact", "--json")[1])
    only = shown["entries"]
    assert [(one["record_id"], one["changes"]["LastName"]) for one in only] == [(contact, "Moss")]
    assert shown["last"] == only[0]["number"]


def test_nothing_new_is_no_entries_and_the_same_place(audit, written):
    after = str(written[0] + 2)
    assert audit("--after", after)[1] == f"0 entries; what comes later: --after {after}\n"


@pytest.mark.parametrize("word", ["clock", "audit"])
def test_no_running_org_is_a_sentence(run, tmp_path, word):
    code, out, err = run("practice-org", word, "--data", str(tmp_path))
    assert (code, out) == (75, "")
    assert f"optout practice-org start --data {tmp_path}" in err
