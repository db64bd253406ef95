"""Every row of the failure catalogue (COVERAGE.md, "Faults") is switched on and seen."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from fault_org import CALLS, fault_org

from practice_org.faults.catalogue import CODES
from practice_org.faults.codes import Act
from practice_org.faults.places import PLACES
from practice_org.faults.sorts import OF_REQUESTS, Sort
from practice_org.wire import Sent


class Seen(NamedTuple):
    """What this call meets with while this code is on there; `row` is the catalogue's."""

    row: str
    at: str
    code: str
    call: str
    status: int
    said: str


READ_ONLY = "INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE"
PLAIN = '[{"message":"%s","errorCode":"%s"}]'
REFUSED = [
    Seen("A2.1", "query", "INVALID_SESSION_ID", "query", 401,
     PLAIN % ("Session expired or invalid", "INVALID_SESSION_ID")),
    Seen("A2.1", "soap", "INVALID_SESSION_ID", "listMetadata", 500,
     "<faultcode>sf:INVALID_SESSION_ID</faultcode>"),
    Seen("A2.1", "async", "INVALID_SESSION_ID", "async", 400,
         "<exceptionCode>InvalidSessionId</exceptionCode>"),
    Seen("A2.1", "identity", "INVALID_SESSION_ID", "identity", 403, "Bad_OAuth_Token"),
    Seen("A2.1", "rest", "APP_NOT_ATTACHED", "query", 401,
     PLAIN % ("Connected app is not attached to Agent", "INVALID_SESSION_ID")),
    Seen("A2.1", "rest", "SESSION_NOT_FOR_REST", "query", 401,
     PLAIN % ("This session is not valid for use with the REST API", "INVALID_SESSION_ID")),
    Seen("A2.1", "any", "SESSION_REVOKED", "query", 401, "INVALID_SESSION_ID"),
    Seen("A2.2", "metadata.deploy", "INVALID_SESSION_ID", "deploy", 500, "sf:INVALID_SESSION_ID"),
    Seen("A2.3", "any", "REQUEST_LIMIT_EXCEEDED", "query", 403,
     PLAIN % ("TotalRequests Limit exceeded.", "REQUEST_LIMIT_EXCEEDED")),
    Seen("A2.3", "soap", "REQUEST_LIMIT_EXCEEDED", "retrieve", 500,
     "<faultstring>REQUEST_LIMIT_EXCEEDED: TotalRequests Limit exceeded.</faultstring>"),
    Seen("A2.4", "query", "CONCURRENT_REQUESTS", "query", 403,
     PLAIN % ("ConcurrentRequests (Concurrent API Requests) Limit exceeded.",
              "REQUEST_LIMIT_EXCEEDED")),
    Seen("A2.5", "collections", "CONCURRENT_LONG_TRANSACTIONS", "collections", 403,
     PLAIN % ("ConcurrentPerOrgLongTxn Limit exceeded.", "REQUEST_LIMIT_EXCEEDED")),
    Seen("A2.6", "any", "SERVER_UNAVAILABLE", "query", 503, '"errorCode":"SERVER_UNAVAILABLE"'),
    Seen("A2.6", "any", "HTML_503", "query", 503, "<title>We are down for maintenance</title>"),
    Seen("A2.6", "any", "HTML_502", "update", 502, "<title>Bad Gateway</title>"),
    Seen("A2.7", "any", "HTML_420", "query", 420,
     "Salesforce Edge doesn't have routing information"),
    Seen("A2.9", "record.update", "UNABLE_TO_LOCK_ROW", "update", 400,
     "unable to obtain exclusive access to this record or 1 records: 003"),
    Seen("A2.9", "collections", "UNABLE_TO_LOCK_ROW", "collections", 200,
     '"statusCode":"UNABLE_TO_LOCK_ROW"'),
    Seen("A2.9", "record.create", "UNABLE_TO_LOCK_ROW", "collections.create", 200,
     '"statusCode":"UNABLE_TO_LOCK_ROW"'),
    Seen("A2.9", "composite", "UNABLE_TO_LOCK_ROW", "composite", 200, '"httpStatusCode":400'),
    Seen("A2.11", "record.update", "ENTITY_IS_DELETED", "update", 404, "entity is deleted"),
    Seen("A2.12", "record.update", "CANNOT_UPDATE_CONVERTED_LEAD", "update", 400,
     "cannot reference converted lead"),
    Seen("A2.13", "record.update", "INVALID_CROSS_REFERENCE_KEY", "collections", 200,
     '"statusCode":"INVALID_CROSS_REFERENCE_KEY","message":"invalid cross reference id"'),
    Seen("A2.14", "record.update", "MALFORMED_ID", "update", 400,
     "id value of incorrect type: 003"),
    Seen("A2.14", "record.delete", "NOT_FOUND", "delete", 404,
     PLAIN % ("The requested resource does not exist", "NOT_FOUND")),
    Seen("A2.15", "collections.update", "DUPLICATES_DETECTED", "collections", 200,
     '"statusCode":"DUPLICATES_DETECTED","message":"Use one of these records?"'),
    Seen("A2.15", "record.update", "DUPLICATES_BLOCKED", "update", 400,
     PLAIN % ("Use one of these records?", "DUPLICATES_DETECTED")),
    Seen("A2.16", "record.update", "FIELD_CUSTOM_VALIDATION_EXCEPTION", "update", 400,
     '"errorCode":"FIELD_CUSTOM_VALIDATION_EXCEPTION"'),
    Seen("A2.16", "record.update", "REQUIRED_FIELD_MISSING", "update", 400,
     "Required fields are missing: [LastName]"),
    Seen("A2.16", "record.update", "FIELD_INTEGRITY_EXCEPTION", "update", 400,
     '"errorCode":"FIELD_INTEGRITY_EXCEPTION"'),
    Seen("A2.16", "record.update", "FIELD_FILTER_VALIDATION_EXCEPTION", "update", 400,
     "does not match filter criteria"),
    Seen("A2.17", "record.update", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "update", 400,
     "execution of BeforeUpdate"),
    Seen("A2.17", "writes", "CANNOT_EXECUTE_FLOW_TRIGGER", "collections", 200,
     '"statusCode":"CANNOT_EXECUTE_FLOW_TRIGGER"'),
    Seen("A2.17", "writes", "APEX_CPU_LIMIT", "collections", 200,
     '"statusCode":"CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"'),
    Seen("A2.18", "record.update", "ENTITY_IS_LOCKED", "update", 400,
     '"errorCode":"ENTITY_IS_LOCKED"'),
    Seen("A2.19", "record.update", "INSUFFICIENT_ACCESS_OR_READONLY", "update", 403,
     "insufficient access rights on object id"),
    Seen("A2.19", "record.update", "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "update", 403,
     "insufficient access rights on cross-reference id"),
    Seen("A2.20", "record.update", "INVALID_FIELD_FOR_INSERT_UPDATE", "update", 400,
     "check the security settings of this field"),
    Seen("A2.20", "query", "INVALID_FIELD", "query", 400, "No such column 'HasOptedOutOfEmail'"),
    Seen("A2.20", "query", "INVALID_TYPE", "query", 400,
     "sObject type 'Contact' is not supported."),
    Seen("A2.21", "any", "TXN_SECURITY_NO_ACCESS", "query", 403, "TXN_SECURITY_NO_ACCESS"),
    Seen("A2.21", "any", "TXN_SECURITY_TWO_FA_REQUIRED", "query", 403, "TWO_FA_REQUIRED"),
    Seen("A2.21", "any", "TXN_SECURITY_END_A_SESSION", "query", 403, "END_A_SESSION"),
    Seen("A2.22", "record.create", "STORAGE_LIMIT_EXCEEDED", "create", 400,
     PLAIN % ("storage limit exceeded", "STORAGE_LIMIT_EXCEEDED")),
    Seen("A2.23", "query", "QUERY_TIMEOUT", "query", 400, '"errorCode":"QUERY_TIMEOUT"'),
    Seen("A2.23", "soap", "REQUEST_RUNNING_TOO_LONG", "readMetadata", 500,
     "sf:REQUEST_RUNNING_TOO_LONG"),
    Seen("A2.24", "query.more", "INVALID_QUERY_LOCATOR", "query.more", 400,
     "invalid query locator"),
    Seen("A2.24", "bulk.query.results", "INVALID_LOCATOR", "bulk.query.results", 400,
     '"errorCode":"INVALID_LOCATOR"'),
    Seen("A2.25", "writes", READ_ONLY, "update", 503,
     READ_ONLY),
    Seen("A2.25", "writes", READ_ONLY, "bulk.query.create",
     503, READ_ONLY),
    Seen("A2.26", "any", "UNKNOWN_EXCEPTION", "update", 500, "Please include this ErrorId"),
    Seen("A2.26", "any", "UNKNOWN_EXCEPTION_AFTER", "update", 500, "Please include this ErrorId"),
    Seen("A2.27", "any", "API_DISABLED_FOR_ORG", "query", 403, "API_DISABLED_FOR_ORG"),
    Seen("A2.27", "any", "API_CURRENTLY_DISABLED", "query", 403, "API_CURRENTLY_DISABLED"),
    Seen("A2.27", "any", "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", "query", 503,
     "FUNCTIONALITY_TEMPORARILY_UNAVAILABLE"),
    Seen("A2.28", "any", "UNSUPPORTED_API_VERSION", "query", 410, "UNSUPPORTED_API_VERSION"),
    Seen("A2.28", "any", "UNSUPPORTED_API_VERSION", "deploy", 500, "sf:UNSUPPORTED_API_VERSION"),
    Seen("A2.28", "async", "UNSUPPORTED_API_VERSION", "async", 400,
         "<exceptionCode>InvalidVersion</exceptionCode>"),
    Seen("A2.29", "any", "REDIRECT_301", "query", 301, ""),
    Seen("A2.29", "any", "REDIRECT_302", "update", 302, ""),
    Seen("A2.29", "any", "REDIRECT_307", "collections", 307, ""),
    Seen("A2.31", "token", "HTML_503", "token", 503, "<html>"),
    Seen("A2.34", "any", "HTML_200", "update", 200, "<title>Login | Salesforce</title>"),
    Seen("A2.34", "any", "HTML_200_AFTER", "update", 200, "<title>Login | Salesforce</title>"),
    Seen("A2.34", "any", "EMPTY_BODY", "query", 200, ""),
    Seen("A3.quota", "bulk.create", "ExceededQuota", "bulk.create", 400,
     PLAIN % ("ApiBatchItems Limit exceeded.", "EXCEEDEDQUOTA")),
    Seen("A3.gone", "bulk.poll", "NOT_FOUND", "bulk.poll", 404, '"errorCode":"NOT_FOUND"'),
    Seen("A4.start", "deploy.start", "UNKNOWN_EXCEPTION", "deploy", 500, "sf:UNKNOWN_EXCEPTION"),
    Seen("A4.poll", "deploy.poll", "INVALID_CROSS_REFERENCE_KEY", "checkDeployStatus", 500,
     "sf:INVALID_CROSS_REFERENCE_KEY"),
    Seen("A4.poll", "deploy.poll", "INVALID_CROSS_REFERENCE_KEY", "deployRequest", 500,
     PLAIN % ("invalid cross reference id", "INVALID_CROSS_REFERENCE_KEY")),
    Seen("A4.poll", "deploy.poll", "INVALID_QUERY_LOCATOR", "checkDeployStatus", 500,
     "sf:INVALID_QUERY_LOCATOR"),
    Seen("A4.poll", "deploy.poll", "QUERY_CURSOR", "checkDeployStatus", 500,
     "Unable to complete the creation of the query cursor"),
    Seen("A4.poll", "deploy.poll", "HTML_420", "checkDeployStatus", 420, "<html>"),
    Seen("A4.poll", "deploy.poll", "HTML_502", "deployRequest", 502, "<html>"),
    Seen("A4.poll", "deploy.poll", "HTML_503", "checkDeployStatus", 503, "<html>"),
]  # fmt: skip
LOGINS = [
    ("EXPIRED_TOKEN", "invalid_grant", "expired access/refresh token"),
    ("INACTIVE_USER", "invalid_grant", "inactive user"),
    ("INACTIVE_ORGANIZATION", "invalid_grant", "inactive organization"),
    ("IP_RESTRICTED", "invalid_grant", "ip restricted"),
    ("AUTHENTICATION_FAILURE", "invalid_grant", "authentication failure"),
    ("BAD_AUDIENCE", "invalid_grant", "Audience validation failed"),
    ("NOT_APPROVED", "invalid_grant", "user hasn't approved this consumer"),
    ("APP_NOT_INSTALLED", "invalid_client", "app must be installed into org"),
    ("NO_CLIENT_CREDENTIALS_USER", "invalid_grant", "no client credentials user enabled"),
    ("OAUTH_APP_BLOCKED", "OAUTH_APP_BLOCKED", "this app is blocked by admin"),
    ("LOGIN_RATE_EXCEEDED", "invalid_grant", "login rate exceeded"),
]
# Seen by the tests of their own in the other files of test_faults_*.py.
ELSEWHERE = {
    "transport": {"DROP_BEFORE", "DROP_AFTER", "SLOW", "TRUNCATED", "WRONG_LENGTH"},
    "rows": {"MISSING_ROW", "LATE_VISIBLE"},
    "deploys": {
        "ALREADY_IN_PROCESS", "LIMIT_EXCEEDED", "SucceededPartial", "FinalizingDeployFailed",
        "CANCEL_COMMITS",
    },
    "bulk": {"TooManyLockFailure", "STUCK", "FAILED", "ABORTED", "UNPROCESSED"},
}  # fmt: skip


@pytest.mark.parametrize("seen", REFUSED, ids=lambda seen: f"{seen.row} {seen.code} {seen.call}")
def test_a_fault_shows_as_salesforce_shows_it(seen):
    here = fault_org()
    here.on(seen.at, seen.code)
    answer = here.call(seen.call)
    assert answer.status == seen.status
    assert seen.said in answer.body.decode()
    assert seen.row in CODES[seen.code].rows.split()


@pytest.mark.parametrize(("code", "error", "description"), LOGINS)
def test_a_login_is_refused_in_oauths_shape(code, error, description):
    here = fault_org()
    here.on("token", code)
    answer = here.call("token")
    said = f'{{"error":"{error}","error_description":"{description}"}}'
    assert (answer.status, answer.body.decode()) == (400, said)


def test_no_code_is_left_unseen():
    seen = {row.code for row in REFUSED} | {row[0] for row in LOGINS}
    assert seen | set().union(*ELSEWHERE.values()) == set(CODES)


def test_every_row_of_the_catalogue_has_a_code():
    told = {row for code in CODES.values() for row in code.rows.split()}
    # A2.32 and A2.33 are no faults: the rotation of refresh tokens and TLS are real here.
    assert {f"A2.{n}" for n in range(1, 35)} - told == {"A2.32", "A2.33"}


CALL_OF = {
    "any": "query", "rest": "get", "soap": "listMetadata", "record": "update",
    "record.get": "get", "record.create": "create", "record.update": "update",
    "record.delete": "delete", "collections.update": "collections",
    "metadata.list": "listMetadata", "metadata.describe": "describeMetadata",
    "metadata.read": "readMetadata", "metadata.write": "updateMetadata",
    "deploy.start": "deployRequest.start", "deploy.poll": "deployRequest",
    "deploy.cancel": "deployRequest.cancel", "bulk": "bulk.poll",
}  # fmt: skip


@pytest.mark.parametrize(
    "place", [name for name, place in PLACES.items() if Sort.TRANSPORT in place.takes]
)
def test_every_endpoint_can_be_cut_off_and_no_other_is(place):
    call = CALL_OF.get(place, place.removeprefix("metadata."))
    here = fault_org()
    fault = here.on(place, "DROP_BEFORE")
    assert here.call(call).delivery.sent is Sent.NOTHING
    others = [name for name in CALLS if here.call(name).delivery.sent is Sent.WHOLE]
    assert (call in others, fault.fired) == (False, len(CALLS) - len(others) + 1)


@pytest.mark.parametrize("name", CODES)
def test_a_code_of_whole_requests_says_how_it_shows(name):
    code = CODES[name]
    assert (code.act is not Act.INSIDE) or not code.sorts & OF_REQUESTS
