"""What the org answers, whatever its shape, becomes one error with one reaction."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import OrgSaidNo, OutcomeUnknown, Reaction
from deployer.salesforce.fault_table import FAULTS, STATUSES
from deployer.salesforce.faults import Effect, Refusal, harmless, read_refusal, to_error

CASES = json.loads(
    (Path(__file__).parents[1] / "cases" / "faults" / "answers.json").read_text(encoding="utf-8")
)
ALL = [*FAULTS, *STATUSES.values()]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["what"])
def test_an_answer_becomes_its_error(case):
    refusal = read_refusal(case["status"], case["body"].encode())
    assert refusal.code == case["code"]
    error = to_error(refusal, where="here")
    assert type(error).__name__ == case["error"]
    assert (error.where, error.org_code, bool(error.hint)) == ("here", case["code"], True)


def test_an_unknown_code_keeps_the_orgs_own_words():
    error = to_error(Refusal(400, "BRAND_NEW", "Something new"))
    assert (error.org_code, error.reaction) == ("BRAND_NEW", Reaction.STOP)
    assert "Something new" in error.message


@pytest.mark.parametrize(
    ("refusal", "kind"),
    [
        (Refusal(503), OutcomeUnknown),
        (Refusal(502), OutcomeUnknown),
        (Refusal(500, "UNKNOWN_EXCEPTION"), OutcomeUnknown),
        (Refusal(400, "INVALID_FIELD"), OrgSaidNo),
        (Refusal(500, "BRAND_NEW"), OrgSaidNo),
    ],
)
def test_a_write_answered_by_a_broken_org_may_have_landed(refusal, kind):
    assert type(to_error(refusal, effect=Effect.WRITE)) is kind


def test_a_lock_refuses_a_write_before_it_is_done():
    error = to_error(Refusal(500, "ALREADY_IN_PROCESS"), effect=Effect.WRITE)
    assert error.reaction is Reaction.RETRY


@pytest.mark.parametrize("row", ALL, ids=lambda row: f"{row.code}/{row.pattern}/{row.sentence}")
def test_each_row_says_what_why_and_what_next(row):
    assert not row.sentence.endswith(".")  # the org's own words follow
    assert row.hint
    assert row.source in {"rest", "soap", "metadata", "limits", "eol", "sdr", "jsforce"}
    assert row.reaction is row.error.reaction
    re.compile(row.pattern)


def test_no_row_is_hidden_by_an_earlier_one():
    seen = set()
    for row in FAULTS:
        assert row.code not in seen, row
        if not row.pattern:
            seen.add(row.code)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("user pat@acme.test is out", "user (address removed) is out"),
        ("two\r\nlines\x00", "two lines"),
        ("token 00D5e0000000001!AQ.abc-_ leaked", "token (token removed) leaked"),
        ("see force://a:b:c@d here", "see (token removed) here"),
        ("eyJhbGciOi.J9.abc", "(token removed)"),
        ("x" * 1000, "x" * 400),
    ],
)
def test_the_orgs_words_are_made_harmless(said, shown):
    assert harmless(said) == shown


@given(st.emails(), st.text(max_size=20))
def test_no_address_survives(address, around):
    assert address not in harmless(f"{around} {address} {around}")


@given(st.integers(400, 599), st.binary(max_size=200))
def test_rubbish_never_breaks_the_reading(status, body):
    assert to_error(read_refusal(status, body)).hint
