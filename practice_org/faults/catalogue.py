"""Every code that can be switched on, as data.

Sources: Salesforce, SOAP API guide, "ExceptionCode" and "StatusCode"; REST API guide, "Status
Codes and Error Responses"; Bulk API guide, "Errors"; OAuth help, "OAuth Error Codes"; the letters
and numbers are rows of the failure catalogue that COVERAGE.md prints.

Unverified are the HTTP statuses of refused records other than 400 and of calls during maintenance,
and the sentences of SERVER_UNAVAILABLE, TXN_SECURITY_..., QUERY_TIMEOUT, REQUEST_RUNNING_TOO_LONG,
API_CURRENTLY_DISABLED, FUNCTIONALITY_TEMPORARILY_UNAVAILABLE, INSERT_UPDATE_DELETE_..., FAILED,
EXCEEDEDQUOTA (its letter case too) and the login rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from practice_org.faults.codes import Act, Code, Number
from practice_org.faults.sorts import Sort
from practice_org.login.refusals import Refusal

_ERROR_ID = (
    "An unexpected error occurred. Please include this ErrorId if you contact support: "
    "1234567890-12345 (-1234567890)"
)
_LOCKED = (
    "The changes you requested require salesforce.com to temporarily lock your organization's "
    "administration setup. However, the administration setup has already been locked by another "
    "change. Please wait for the previous action to finish, then try again later."
)
_FAILS = "ends as Failed after so many rows; the others stay unprocessed"
_NOT_YOURS = "insufficient access rights on object id"
_OTHERS = "insufficient access rights on cross-reference id"
_CPU = "Trigger: System.LimitException: Apex CPU time limit exceeded"
_READ_ONLY = "The organization is read only while maintenance is under way"
_ROW, _CALL, _WIRE = Sort.ROW, Sort.CALL, Sort.TRANSPORT


def _said(name: str, rows: str, sorts: Iterable[Sort], sentence: str, **more: object) -> Code:
    """A code that refuses, in these words."""
    given: dict[str, object] = {"act": Act.REFUSE, "sentence": sentence, **more}
    return Code(name, frozenset(sorts), rows, **given)  # type: ignore[arg-type]


def _wire(name: str, rows: str, act: Act, status: int = 200, **more: object) -> Code:
    return Code(name, frozenset({_WIRE}), rows, act, status=status, **more)  # type: ignore[arg-type]


def _login(name: str, rows: str, refusal: Refusal) -> Code:
    shown, sentence = refusal.value
    return _said(name, rows, [Sort.LOGIN], sentence, shown=shown)


def _inside(
    name: str, rows: str, sorts: Iterable[Sort], sentence: str = "", **more: object
) -> Code:
    return _said(name, rows, sorts, sentence, act=Act.INSIDE, **more)


_SESSIONS = (
    _said("INVALID_SESSION_ID", "A2.1 A2.2", [_CALL], "Session expired or invalid", status=401),
    _said("APP_NOT_ATTACHED", "A2.1", [_CALL], "Connected app is not attached to Agent",
          status=401, shown="INVALID_SESSION_ID"),
    _said("SESSION_NOT_FOR_REST", "A2.1", [_CALL],
          "This session is not valid for use with the REST API", status=401,
          shown="INVALID_SESSION_ID"),
    _said("SESSION_REVOKED", "A2.1", [_CALL], "Session expired or invalid", status=401,
          shown="INVALID_SESSION_ID", act=Act.END_SESSION),
)  # fmt: skip
_LIMITS = (
    _said("REQUEST_LIMIT_EXCEEDED", "A2.3", [_CALL], "TotalRequests Limit exceeded.", status=403),
    _said("CONCURRENT_REQUESTS", "A2.4", [_CALL],
          "ConcurrentRequests (Concurrent API Requests) Limit exceeded.", status=403,
          shown="REQUEST_LIMIT_EXCEEDED"),
    _said("CONCURRENT_LONG_TRANSACTIONS", "A2.5", [_CALL],
          "ConcurrentPerOrgLongTxn Limit exceeded.", status=403, shown="REQUEST_LIMIT_EXCEEDED"),
    _said("SERVER_UNAVAILABLE", "A2.6", [_CALL], "The service is temporarily unavailable.",
          status=503),
)  # fmt: skip
_RECORDS = (
    _said("UNABLE_TO_LOCK_ROW", "A2.9", [_ROW],
          "unable to obtain exclusive access to this record or 1 records: {subject}"),
    _said("ENTITY_IS_DELETED", "A2.11", [_ROW], "entity is deleted", status=404),
    _said("CANNOT_UPDATE_CONVERTED_LEAD", "A2.12", [_ROW], "cannot reference converted lead"),
    _said("INVALID_CROSS_REFERENCE_KEY", "A2.13 A4.poll", [_ROW, Sort.POLL],
          "invalid cross reference id", status=500),
    _said("MALFORMED_ID", "A2.14", [_ROW], "id value of incorrect type: {subject}"),
    _said("NOT_FOUND", "A2.14 A3.gone", [_ROW, Sort.BULK_POLL],
          "The requested resource does not exist", status=404),
    _said("DUPLICATES_DETECTED", "A2.15", [_ROW], "Use one of these records?",
          waived_by="sforce-duplicate-rule-header: allowsave=true"),
    _said("DUPLICATES_BLOCKED", "A2.15", [_ROW], "Use one of these records?",
          shown="DUPLICATES_DETECTED"),
    _said("FIELD_CUSTOM_VALIDATION_EXCEPTION", "A2.16", [_ROW], "Fill in the postal code."),
    _said("REQUIRED_FIELD_MISSING", "A2.16", [_ROW], "Required fields are missing: [LastName]"),
    _said("FIELD_INTEGRITY_EXCEPTION", "A2.16", [_ROW], "There's a problem with this field."),
    _said("FIELD_FILTER_VALIDATION_EXCEPTION", "A2.16", [_ROW],
          "Value does not exist or does not match filter criteria."),
    _said("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "A2.17", [_ROW],
          "OptOutTrigger: execution of BeforeUpdate caused by: System.NullPointerException"),
    _said("CANNOT_EXECUTE_FLOW_TRIGGER", "A2.17", [_ROW],
          "We can't save this record because the \"Opt Out\" process failed."),
    _said("APEX_CPU_LIMIT", "A2.17", [_ROW], _CPU, shown="CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"),
    _said("ENTITY_IS_LOCKED", "A2.18", [_ROW], "the entity is locked for editing"),
    _said("INSUFFICIENT_ACCESS_OR_READONLY", "A2.19", [_ROW], _NOT_YOURS, status=403),
    _said("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", "A2.19", [_ROW], _OTHERS, status=403),
    _said("INVALID_FIELD_FOR_INSERT_UPDATE", "A2.20", [_ROW],
          "Unable to create/update fields: HasOptedOutOfEmail. Please check the security settings "
          "of this field and verify that it is read/write for your profile or permission set."),
    _said("INVALID_FIELD", "A2.20", [_ROW, Sort.QUERY],
          "No such column 'HasOptedOutOfEmail' on sobject of type Contact"),
    _said("INVALID_TYPE", "A2.20", [_ROW, Sort.QUERY], "sObject type 'Contact' is not supported."),
    _said("STORAGE_LIMIT_EXCEEDED", "A2.22", [Sort.NEW_ROW], "storage limit exceeded"),
    _said("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", "A2.25", [_ROW, Sort.BULK_CALL],
          _READ_ONLY, status=503),
)  # fmt: skip
_CALLS = (
    _said("TXN_SECURITY_NO_ACCESS", "A2.21", [_CALL],
          "The operation you requested was blocked by a transaction security policy.", status=403),
    _said("TXN_SECURITY_TWO_FA_REQUIRED", "A2.21", [_CALL],
          "A transaction security policy asks for two-factor authentication.", status=403),
    _said("TXN_SECURITY_END_A_SESSION", "A2.21", [_CALL],
          "A transaction security policy asks to end a session.", status=403),
    _said("QUERY_TIMEOUT", "A2.23", [Sort.QUERY], "Your query request was running for too long."),
    _said("REQUEST_RUNNING_TOO_LONG", "A2.23", [Sort.SOAP],
          "Your request was running for too long, and has been stopped.", status=500),
    _said("INVALID_QUERY_LOCATOR", "A2.24 A4.poll", [Sort.LOCATOR, Sort.POLL],
          "invalid query locator"),
    _said("INVALID_LOCATOR", "A2.24", [Sort.LOCATOR], "Invalid locator"),
    _said("UNKNOWN_EXCEPTION", "A2.26 A4.start A4.run", [_CALL, Sort.DEPLOY], _ERROR_ID,
          status=500),
    _said("UNKNOWN_EXCEPTION_AFTER", "A2.26 A4.run", [_CALL, Sort.DEPLOY], _ERROR_ID, status=500,
          shown="UNKNOWN_EXCEPTION", act=Act.REFUSE_AFTER),
    _said("API_DISABLED_FOR_ORG", "A2.27", [_CALL],
          "API is not enabled for this Organization or Partner", status=403),
    _said("API_CURRENTLY_DISABLED", "A2.27", [_CALL], "API is currently disabled.", status=403),
    _said("FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", "A2.27", [_CALL],
          "This functionality is temporarily unavailable.", status=503),
    _said("UNSUPPORTED_API_VERSION", "A2.28", [_CALL],
          "This API version is retired, unsupported and no longer available", status=410),
    _said("QUERY_CURSOR", "A4.poll", [Sort.POLL],
          "Unable to complete the creation of the query cursor", status=500,
          shown="UNKNOWN_EXCEPTION"),
)  # fmt: skip
_TRANSPORT = (
    _wire("HTML_502", "A2.6 A4.poll", Act.PAGE, 502),
    _wire("HTML_503", "A2.6 A2.31 A4.poll", Act.PAGE, 503),
    _wire("HTML_420", "A2.7 A4.poll", Act.PAGE, 420),
    _wire("DROP_BEFORE", "A2.8 A4.poll", Act.DROP),
    _wire("DROP_AFTER", "A2.8 A4.start", Act.DROP_AFTER),
    _wire("SLOW", "A2.8 A4.poll", Act.SLOW, number=Number.SECONDS),
    _wire("REDIRECT_301", "A2.29", Act.REDIRECT, 301),
    _wire("REDIRECT_302", "A2.29", Act.REDIRECT, 302),
    _wire("REDIRECT_307", "A2.29", Act.REDIRECT, 307),
    _wire("HTML_200", "A2.34", Act.PAGE, 200),
    _wire("HTML_200_AFTER", "A2.34", Act.PAGE_AFTER, 200),
    _wire("TRUNCATED", "A2.34 A4.poll", Act.CUT),
    _wire("WRONG_LENGTH", "A2.34", Act.CUT_SHORT),
    _wire("EMPTY_BODY", "A2.34", Act.EMPTY),
)
_LOGINS = (
    _login("EXPIRED_TOKEN", "A2.30", Refusal.BAD_REFRESH_TOKEN),
    _login("INACTIVE_USER", "A2.30", Refusal.INACTIVE_USER),
    _login("INACTIVE_ORGANIZATION", "A2.30", Refusal.INACTIVE_ORGANIZATION),
    _login("IP_RESTRICTED", "A2.30", Refusal.IP_RESTRICTED),
    _login("AUTHENTICATION_FAILURE", "A2.30", Refusal.WRONG_PASSWORD),
    _login("BAD_AUDIENCE", "A2.30", Refusal.AUDIENCE_FAILED),
    _login("NOT_APPROVED", "A2.30", Refusal.NOT_APPROVED),
    _login("APP_NOT_INSTALLED", "A2.30", Refusal.APP_NOT_INSTALLED),
    _login("NO_CLIENT_CREDENTIALS_USER", "A2.30", Refusal.NO_RUN_AS),
    _login("OAUTH_APP_BLOCKED", "A2.30", Refusal.APP_BLOCKED),
    _login("LOGIN_RATE_EXCEEDED", "A2.31", Refusal.RATE_EXCEEDED),
)
_BULK = (
    _inside("TooManyLockFailure", "A2.10", [Sort.JOB],
            "TooManyLockFailure : Too many lock failures while processing the batch",
            number=Number.ROWS, what=_FAILS),
    _inside("STUCK", "A3.stuck", [Sort.JOB],
            what="stays InProgress; with --times N for N looks at it"),
    _inside("FAILED", "A3.failed", [Sort.JOB],
            "InternalServerError : The batch was retried too often", number=Number.ROWS,
            what=_FAILS),
    _inside("ABORTED", "A3.aborted", [Sort.JOB], number=Number.ROWS,
            what="ends as Aborted after so many rows; the others stay unprocessed"),
    _said("ExceededQuota", "A3.quota", [Sort.BULK_CALL],
          "ApiBatchItems Limit exceeded.", shown="EXCEEDEDQUOTA"),
    _inside("UNPROCESSED", "A3.unprocessed", [Sort.BULK_ROW],
            what="the row is in unprocessedrecords"),
    _inside("MISSING_ROW", "A3.missing", [Sort.RESULT],
            what="the row is written, and in no result"),
    _inside("LATE_VISIBLE", "A5.late", [Sort.VIEW], number=Number.SECONDS,
            what="rows written in the last seconds are not seen"),
)  # fmt: skip
_DEPLOYS = (
    _inside("ALREADY_IN_PROCESS", "A4.run", [Sort.DEPLOY], _LOCKED),
    _inside("LIMIT_EXCEEDED", "A4.run", [Sort.DEPLOY],
            "Try deploying again. Your deployment exceeded its maximum retry limit."),
    _inside("SucceededPartial", "A4.run", [Sort.DEPLOY],
            what="all but the last file is deployed, rollbackOnError or not"),
    _inside("FinalizingDeployFailed", "A4.run", [Sort.DEPLOY], what="nothing is kept"),
    _inside("CANCEL_COMMITS", "A4.cancel", [Sort.CANCEL],
            what="below API 65.0 it ends as Canceled and is carried out all the same"),
)  # fmt: skip
CODES: Mapping[str, Code] = {
    code.name: code
    for group in (_SESSIONS, _LIMITS, _RECORDS, _CALLS, _TRANSPORT, _LOGINS, _BULK, _DEPLOYS)
    for code in group
}
