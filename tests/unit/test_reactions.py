"""One table says what is done about every error, and it agrees with the table of faults."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import (
    BadInput,
    LoginRefused,
    OrgSaidNo,
    OutcomeUnknown,
    SessionExpired,
    StillRunning,
    UsageError,
)
from deployer.errors import Reaction as CallerMay
from deployer.salesforce.bulk import JobGone
from deployer.salesforce.bulk_jobs import split_job_error
from deployer.salesforce.fault_table import FAULTS, STATUSES, OrgBusy, OrgUnreachable
from deployer.salesforce.faults import Effect, Refusal, fault_for, to_error
from deployer.salesforce.login_refusals import LOGIN_ROWS
from practice_org.faults.catalogue import CODES
from practice_org.faults.codes import Act
from practice_org.faults.sorts import Sort
from sync.reaction_table import ROWS, SOURCES, UNKNOWN, Pace
from sync.reactions import Level, Reaction, reaction_to, reaction_to_error

DEPLOYS_ONLY = {"INVALID_OPERATION", "ALREADY_IN_PROCESS", "INVALID_ID_FIELD"}
FAULT_CODES = {fault.code for fault in FAULTS} - DEPLOYS_ONLY
AGREES = {
    CallerMay.RETRY: {Reaction.RETRY, Reaction.THROTTLE, Reaction.VERIFY},
    CallerMay.WAIT: {Reaction.THROTTLE},
    CallerMay.RELOGIN: {Reaction.RELOGIN},
    CallerMay.VERIFY: {Reaction.VERIFY},
    CallerMay.STOP: {Reaction.STOP, Reaction.QUARANTINE, Reaction.RESOLVE, Reaction.RETRY},
}


@pytest.mark.parametrize(
    ("code", "message", "level", "expected"),
    [
        ("INVALID_SESSION_ID", "Session expired or invalid", "CALL", "RELOGIN"),
        ("INVALID_SESSION_ID", "Connected app is not attached to Agent", "CALL", "STOP"),
        ("INVALID_SESSION_ID", "CONNECTED APP IS NOT ATTACHED TO AGENT", "CALL", "STOP"),
        ("InvalidSessionId", "", "CALL", "RELOGIN"),
        ("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", "CALL", "THROTTLE"),
        ("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.", "CALL", "THROTTLE"),
        ("SERVER_UNAVAILABLE", "", "CALL", "RETRY"),
        ("UNABLE_TO_LOCK_ROW", "", "ROW", "RETRY"),
        ("UNABLE_TO_LOCK_ROW", "", "CALL", "RETRY"),
        ("TOOMANYLOCKFAILURE", "", "CALL", "RETRY"),
        ("ENTITY_IS_DELETED", "", "ROW", "RESOLVE"),
        ("CANNOT_UPDATE_CONVERTED_LEAD", "", "ROW", "RESOLVE"),
        ("INVALID_CROSS_REFERENCE_KEY", "", "ROW", "RESOLVE"),
        ("MALFORMED_ID", "", "ROW", "QUARANTINE"),
        ("DUPLICATES_DETECTED", "", "ROW", "QUARANTINE"),
        ("DUPLICATES_DETECTED", "", "BULK_ROW", "RETRY"),
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "", "BULK_ROW", "QUARANTINE"),
        ("CANNOT_EXECUTE_FLOW_TRIGGER", "", "ROW", "RETRY"),
        ("ENTITY_IS_LOCKED", "", "ROW", "RETRY"),
        ("INSUFFICIENT_ACCESS_OR_READONLY", "", "ROW", "QUARANTINE"),
        ("INVALID_FIELD_FOR_INSERT_UPDATE", "", "ROW", "STOP"),
        ("INVALID_FIELD", "", "CALL", "STOP"),
        ("TXN_SECURITY_NO_ACCESS", "", "CALL", "STOP"),
        ("STORAGE_LIMIT_EXCEEDED", "", "ROW", "QUARANTINE"),
        ("QUERY_TIMEOUT", "", "CALL", "RETRY"),
        ("INVALID_LOCATOR", "", "CALL", "RETRY"),
        ("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "", "ROW", "THROTTLE"),
        ("UNKNOWN_EXCEPTION", "ErrorId: 1-2 (-3)", "CALL", "VERIFY"),
        ("FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", "", "CALL", "THROTTLE"),
        ("UNSUPPORTED_API_VERSION", "", "CALL", "STOP"),
        ("invalid_grant", "inactive user", "CALL", "STOP"),
        ("invalid_grant", "login rate exceeded", "CALL", "THROTTLE"),
        ("invalid_grant", "inactive user", "ROW", "QUARANTINE"),
        ("EXCEEDEDQUOTA", "", "CALL", "THROTTLE"),
        ("InvalidBatch", "", "CALL", "STOP"),
        ("BRAND_NEW", "", "ROW", "QUARANTINE"),
        ("", "", "ROW", "QUARANTINE"),
    ],
)
def test_a_code_has_its_reaction(code, message, level, expected):
    assert reaction_to(code, message, Level[level]).reaction is Reaction[expected]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OutcomeUnknown("", hint="", org_code="UNKNOWN_EXCEPTION"), "VERIFY"),
        (OutcomeUnknown("", hint="", org_code="UNABLE_TO_LOCK_ROW"), "VERIFY"),
        (LoginRefused("", hint="", org_code="INVALID_SESSION_ID"), "STOP"),
        (
            OrgSaidNo(
                "Connected app is not attached to Agent", hint="", org_code="INVALID_SESSION_ID"
            ),
            "STOP",
        ),
        (SessionExpired("", hint=""), "RELOGIN"),
        (OrgUnreachable("the connection broke", hint=""), "RETRY"),
        (OrgBusy("", hint=""), "THROTTLE"),
        (JobGone("", hint="", org_code="NOT_FOUND"), "VERIFY"),
        (StillRunning("", hint=""), "THROTTLE"),
        (BadInput("", hint=""), "RETRY"),
        (UsageError("", hint=""), "STOP"),
        (OrgSaidNo("a redirect", hint=""), "STOP"),
        (OrgSaidNo("", hint="", org_code="BRAND_NEW"), "QUARANTINE"),
        (to_error(Refusal(410)), "STOP"),
        (to_error(Refusal(503), effect=Effect.WRITE), "VERIFY"),
    ],
)
def test_an_error_has_the_reaction_of_its_code_or_else_its_own(error, expected):
    assert reaction_to_error(error).reaction is Reaction[expected]


def test_an_edge_that_does_not_know_the_org_is_not_asked_for_ever():
    row = reaction_to_error(to_error(Refusal(420)))
    assert [row.after(attempts) for attempts in (0, 2, 3)] == [
        Reaction.RETRY, Reaction.RETRY, Reaction.STOP
    ]  # fmt: skip
    assert reaction_to_error(to_error(Refusal(503))).after(10_000) is Reaction.RETRY


def test_an_unknown_code_is_kept_for_the_person_who_looks_it_up():
    row = reaction_to("BRAND_NEW", "what", Level.ROW)
    assert (row.code, row.sentence) == ("BRAND_NEW", UNKNOWN.sentence)
    assert "quarantine retry" in row.advice


@pytest.mark.parametrize("code", sorted(FAULT_CODES))
def test_a_code_of_the_fault_table_is_told_in_its_words_and_not_against_it(code):
    faults = [fault for fault in FAULTS if fault.code == code]
    mine = [row for row in ROWS if row.code == code]
    assert mine
    assert {row.sentence for row in mine} <= {fault.sentence for fault in faults}
    for row in mine:
        fault = fault_for(Refusal(0, code, row.pattern))
        assert row.reaction in AGREES[fault.reaction]


@pytest.mark.parametrize("status", sorted(STATUSES))
def test_a_status_without_a_code_is_reacted_to_as_its_error_is(status):
    error = to_error(Refusal(status))
    assert reaction_to_error(error).reaction in AGREES[error.reaction]


def test_no_way_of_logging_in_is_tried_again_at_once():
    codes = {row.code for row in LOGIN_ROWS} - DEPLOYS_ONLY
    found = {row.reaction for row in ROWS if row.code in codes}
    assert found <= {Reaction.STOP, Reaction.THROTTLE}


OF_DATA = {Sort.ROW, Sort.NEW_ROW, Sort.CALL, Sort.QUERY, Sort.LOCATOR, Sort.BULK_CALL, Sort.LOGIN}
REFUSALS = [code for code in CODES.values() if code.act is Act.REFUSE and code.sorts & OF_DATA]


@pytest.mark.parametrize("code", REFUSALS, ids=lambda code: code.name)
def test_every_trouble_the_practice_org_can_make_with_data_is_known(code):
    level = Level.ROW if code.sorts & {Sort.ROW, Sort.NEW_ROW} else Level.CALL
    row = reaction_to(code.shown or code.name, code.sentence, level)
    assert row.sentence != UNKNOWN.sentence


JOBS = [code for code in CODES.values() if Sort.JOB in code.sorts and code.sentence]


@pytest.mark.parametrize("code", JOBS, ids=lambda code: code.name)
def test_every_trouble_a_bulk_job_can_end_in_is_known(code):
    assert reaction_to(*split_job_error(code.sentence), Level.CALL).reaction in {
        Reaction.RETRY, Reaction.VERIFY
    }  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.code}-{row.pattern}"[:60])
def test_a_row_says_what_it_means_what_to_do_and_who_says_so(row):
    assert row.sentence
    assert row.hint
    assert row.source in SOURCES.values()
    assert 0 <= row.stop_share <= 1
    assert row.then in {Reaction.QUARANTINE, Reaction.STOP}
    assert re.compile(row.pattern)


def test_the_rows_of_a_code_are_told_apart_and_none_hides_another():
    assert len({(row.code.lower(), row.pattern, row.level) for row in ROWS}) == len(ROWS)
    last = {(row.code.lower(), row.level): row for row in ROWS}
    for row in ROWS:
        ends_here = last[row.code.lower(), row.level] is row
        assert ends_here or row.pattern, f"{row.code}: a row without a pattern is not the last"


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True), st.floats(0.5, 10))
def test_a_pause_grows_to_its_longest_and_never_passes_it(attempt, draw, first):
    pace = Pace(0, first, 300.0)
    assert first / 2 <= pace.pause_s(attempt, draw) <= 300.0
    assert pace.pause_s(attempt, draw) <= pace.pause_s(attempt + 1, draw)


@given(st.text(max_size=40), st.text(max_size=200), st.sampled_from(Level))
def test_whatever_an_org_says_has_a_reaction(code, message, level):
    assert reaction_to(code, message, level).advice
