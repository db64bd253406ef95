"""Each way a login is turned down has its own sentence and its own advice."""

import json
from pathlib import Path

import pytest

from deployer.errors import LoginRefused, Reaction, TryLater
from deployer.salesforce.faults import Refusal
from deployer.salesforce.login_refusals import LOGIN_ROWS, to_login_error

ROWS = json.loads(
    (Path(__file__).parents[1] / "cases" / "faults" / "logins.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize(("code", "description", "said"), ROWS)
def test_a_refusal_has_its_own_sentence(code, description, said):
    error = to_login_error(Refusal(400, code, description), where="here")
    assert type(error) is LoginRefused
    assert said in error.message
    assert (error.org_code, error.reaction) == (code, Reaction.STOP)
    assert error.hint


@pytest.mark.parametrize("row", LOGIN_ROWS, ids=lambda row: f"{row.code}/{row.sentence}")
def test_each_row_can_be_met(row):
    assert any(
        row.sentence == to_login_error(Refusal(400, code, text), where="").message
        for code, text, _ in ROWS
    )


@pytest.mark.parametrize("status", [500, 502, 503, 420])
def test_an_org_that_is_down_is_no_refusal(status):
    assert to_login_error(Refusal(status), where="").reaction is Reaction.RETRY


def test_an_unknown_reason_over_soap_is_a_refusal_in_the_orgs_words():
    error = to_login_error(Refusal(500, "BRAND_NEW", "Nope"), where="")
    assert "Nope" in error.message


def test_a_page_instead_of_an_answer_is_a_refusal():
    assert type(to_login_error(Refusal(403), where="")) is LoginRefused


@pytest.mark.parametrize(
    ("where", "code", "description", "said"),
    [
        ("https://login.salesforce.com", "invalid_client_id", "", "--login-url https://test."),
        ("https://login.salesforce.com", "invalid_grant", "audience is invalid", "sandbox"),
        ("https://login.salesforce.com", "invalid_grant", "user hasn't approved", "sandbox"),
        ("https://test.salesforce.com", "invalid_grant", "authentication failure", "production"),
    ],
)
def test_a_stranger_at_one_door_is_shown_the_other(where, code, description, said):
    assert said in to_login_error(Refusal(400, code, description), where=where).hint


@pytest.mark.parametrize(
    ("where", "description"),
    [("https://a.my.salesforce.com", "audience is invalid"),
     ("https://login.salesforce.com", "inactive user")],
)  # fmt: skip
def test_who_is_at_the_right_door_is_not_sent_to_another(where, description):
    hint = to_login_error(Refusal(400, "invalid_grant", description), where=where).hint
    assert "--login-url" not in hint


def test_too_many_logins_are_a_matter_of_time():
    refusal = Refusal(400, "invalid_grant", "login rate exceeded")
    error = to_login_error(refusal, where="here")
    assert (type(error), error.reaction) == (TryLater, Reaction.RETRY)
    assert "wait an hour" in error.hint
