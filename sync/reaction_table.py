"""Codes as data: what each means, what is done about it, how often, and what a person can do.

A code that deployer/salesforce/fault_table.py has is told in that table's words. What is no code
is here under the code of this program's own error for it: org-unreachable, outcome-unknown,
login-refused, bad-input, said-no (among them a redirect and an untrusted certificate), job-gone.
Messages are localised, so a pattern only tells rows of one code apart; the last of them has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from deployer.salesforce.faults import Refusal, fault_for
from deployer.salesforce.login_refusals import LOGIN_ROWS


class Reaction(Enum):
    """What is done without asking a person."""

    RETRY = "sent again after a pause, smaller where that can help"
    RELOGIN = "a new login once, then sent again once"
    THROTTLE = "all calls of the kind rest until the limit or the work in the org is over"
    RESOLVE = "the record is looked up, and where it lives on is written instead"
    QUARANTINE = "kept apart for a person and tried again every night; the others go on"
    STOP = "the run stops and tells; what comes in is kept"
    VERIFY = "the org is asked what has happened before anything is sent again"


class Level(Enum):
    """What was refused: a call or a job whole, a row of a call, a row of a bulk job."""

    CALL = "call"
    ROW = "row"
    BULK_ROW = "bulk row"


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long apart; `attempts` 0 is without end."""

    attempts: int
    first_s: float
    longest_s: float

    def pause_s(self, attempt: int, draw: float) -> float:
        """The pause before attempt 1, 2, ...: it doubles; `draw` of [0, 1) spreads callers."""
        doubled = self.first_s * 2.0 ** min(max(attempt - 1, 0), 30)
        return min(doubled, self.longest_s) * (0.5 + draw / 2)


@dataclass(frozen=True, slots=True)
class Row:
    """One code. `level` None is any; `then` follows when the attempts are used up.

    When at least `stop_share` of a call's rows are refused so, the fault is the org's and not the
    rows': STOP. 0 is never.
    """

    code: str
    reaction: Reaction
    sentence: str
    hint: str
    source: str
    level: Level | None = None
    pattern: str = ""
    pace: Pace = Pace(1, 0.0, 0.0)
    then: Reaction = Reaction.QUARANTINE
    stop_share: float = 0.0

    @property
    def advice(self) -> str:
        """For a person: what it means, and what to do."""
        return f"{self.sentence}: {self.hint}"

    def after(self, attempts: int) -> Reaction:
        """The reaction once so many attempts have failed."""
        is_over = self.pace.attempts and attempts >= self.pace.attempts
        repeats = self.reaction in {Reaction.RETRY, Reaction.RELOGIN, Reaction.VERIFY}
        return self.then if is_over and repeats else self.reaction


SOURCES = {
    "rest": 'REST API Developer Guide, "Status Codes and Error Responses"',
    "soap": 'SOAP API Developer Guide, "Core Data Types Used in API Calls", StatusCode',
    "fault": 'SOAP API Developer Guide, "API Fault Element", ExceptionCode',
    "bulk": 'Bulk API 2.0 and Bulk API Developer Guide, "Errors"',
    "states": 'Bulk API 2.0 and Bulk API Developer Guide, "Job States"',
    "ingest": 'Bulk API 2.0 and Bulk API Developer Guide, "Bulk API 2.0 Ingest"',
    "limits": 'Salesforce Developer Limits, "API Request Limits and Allocations"',
    "cursors": 'Salesforce Developer Limits, "API Query Cursor Limits"',
    "duplicates": 'REST API Developer Guide, "Duplicate Rule Header"',
    "merge": 'SOAP API Developer Guide, "merge()"',
    "eol": 'SOAP API Developer Guide, "API End-of-Life Policy"',
    "oauth": 'Salesforce help, "OAuth Authorization Errors"',
    "read-only": 'Salesforce help, "Read-Only Mode Overview"',
    "jsforce": "jsforce/jsforce, http-api.ts (401s that are no expired session)",
    "sdr": "forcedotcom/source-deploy-retrieve, metadataTransfer.ts (its retried answers)",
    "ours": "deployer/errors.py",
}

_LOCK = Pace(5, 2.0, 32.0)
_SMALLER = Pace(3, 2.0, 32.0)
_DOWN = Pace(0, 1.0, 300.0)
_EDGE = Pace(3, 1.0, 300.0)
_FEW = Pace(5, 2.0, 300.0)
_SECONDS = Pace(0, 5.0, 300.0)
_DAY = Pace(0, 900.0, 3600.0)
_REST = Pace(0, 300.0, 300.0)
_HOURLY = Pace(24, 3600.0, 3600.0)

_R = Reaction
_NOTHING = "nothing to do"
_RUNS_AGAIN = f"{_NOTHING}: it is tried again; optout sync status shows how old the oldest is"
_MENDED = "mend the record or the rule, then type: optout sync quarantine retry ID"
_GIVE = "give the runner's user what is missing, then type: optout sync quarantine retry ID"
_FIELD = "let the runner's user edit the opt-out field; optout sync status checks it"
_RIGHTS = "give the runner's user the right that is named; optout org show lists what it has"
_FOLLOWED = f"{_NOTHING}: what became of the record is looked up and written instead"
_LOGIN = "log in again with: optout org login"
_REPORT = "please report this with the org's words"


def _row(
    code: str, reaction: Reaction, sentence: str, hint: str, source: str, **more: object
) -> Row:
    return Row(code, reaction, sentence, hint, SOURCES[source], **more)  # type: ignore[arg-type]


def _known(
    code: str, reaction: Reaction, hint: str, source: str, pattern: str = "", **more: object
) -> Row:
    """A row in the fault table's words; its pattern, taken as a message, finds them."""
    fault = fault_for(Refusal(0, code, pattern))
    if fault is None:
        raise ValueError(f"the fault table does not have {code}")
    return _row(code, reaction, fault.sentence, hint, source, pattern=pattern, **more)


_SESSIONS = (
    _known("INVALID_SESSION_ID", _R.STOP, "ask the admin to review the app's policies", "jsforce",
           pattern=r"not attached to Agent"),
    _known("INVALID_SESSION_ID", _R.STOP, "add the scope api", "rest", pattern="not valid for use"),
    _known("INVALID_SESSION_ID", _R.RELOGIN, _LOGIN, "rest", then=_R.STOP),
    _row("InvalidSessionId", _R.RELOGIN, "the session has expired", _LOGIN, "bulk", then=_R.STOP),
    _known("INVALID_AUTH_HEADER", _R.RELOGIN, _LOGIN, "rest", then=_R.STOP),
    _known("Bad_OAuth_Token", _R.RELOGIN, _LOGIN, "oauth", then=_R.STOP),
    _row("session-expired", _R.RELOGIN, "the session is not valid", _LOGIN, "ours", then=_R.STOP),
    _known("Wrong_Org", _R.STOP, _LOGIN, "oauth"),
    _row("login-refused", _R.STOP, "the org refuses the login, or the session it has just given",
         "do what the error says; where logging in works and its sessions are refused, switch "
         'off "Issue JWT-based access tokens" in the app', "oauth"),
    _row("LOGIN_RATE_EXCEEDED", _R.THROTTLE, "the user has logged in too often within the hour",
         _RUNS_AGAIN, "fault", pace=_DAY),
    _row("invalid_grant", _R.THROTTLE, "the user has logged in too often within the hour",
         _RUNS_AGAIN, "oauth", pattern=r"rate exceeded", pace=_DAY),
)  # fmt: skip
_LIMITS = (
    _known("REQUEST_LIMIT_EXCEEDED", _R.THROTTLE,
           "wait until the rolling 24 hours free some, or raise the limit; pushes go first",
           "limits", pattern=r"TotalRequests", pace=_DAY),
    _known("REQUEST_LIMIT_EXCEEDED", _R.THROTTLE,
           f"{_NOTHING}: smaller lots are sent; the org's own Apex is slow", "limits",
           pattern=r"ConcurrentPerOrgLongTxn", pace=_SECONDS),
    _known("REQUEST_LIMIT_EXCEEDED", _R.THROTTLE, f"{_NOTHING}: one call at a time is made",
           "limits", pattern=r"Concurrent", pace=_SECONDS),
    _known("REQUEST_LIMIT_EXCEEDED", _R.THROTTLE, "wait until the limit frees, or raise it",
           "limits", pace=_DAY),
    _known("EXCEEDEDQUOTA", _R.THROTTLE,
           "wait until the rolling 24 hours free some; small changes go without them", "bulk",
           pace=_DAY),
    _row("org-busy", _R.THROTTLE, "the org wants fewer calls", _RUNS_AGAIN, "rest", pace=_SECONDS),
    _row("still-running", _R.THROTTLE, "the org is still at work on a job", _RUNS_AGAIN, "ours",
         pace=_REST),
    _known("SERVER_UNAVAILABLE", _R.RETRY, _RUNS_AGAIN, "rest", pace=_DOWN),
    _row("org-unreachable", _R.RETRY, "Salesforce's edge does not know this org",
         "a deleted or expired org answers so for ever: check instance_url", "sdr",
         pattern=r"edge does not know", pace=_EDGE, then=_R.STOP),
    _row("org-unreachable", _R.RETRY, "the org did not answer, or with nothing readable",
         _RUNS_AGAIN, "rest", pace=_DOWN),
    _row("try-later", _R.RETRY, "something is in use just now", _RUNS_AGAIN, "ours", pace=_DOWN),
    _known("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", _R.THROTTLE,
           f"{_NOTHING}: the night waits, what comes in is kept", "read-only", pace=_REST),
    _known("FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", _R.THROTTLE, _RUNS_AGAIN, "fault",
           pace=_REST),
    _known("LIMIT_EXCEEDED", _R.STOP, "the org's own words name the limit; raise it", "soap"),
)  # fmt: skip
_LOST = (
    _row("outcome-unknown", _R.VERIFY,
         "the reply was lost, so the request may or may not have been carried out",
         f"{_NOTHING}: the records are read back before anything is sent again", "rest",
         pace=_FEW),
    _known("UNKNOWN_EXCEPTION", _R.VERIFY, "keep the ErrorId for Salesforce support", "fault",
           pace=_FEW),
    _row("InternalServerError", _R.VERIFY, "the org met an unexpected error in a bulk job",
         f"{_NOTHING}: its results are fetched, the rest goes into a smaller job", "bulk",
         pace=_FEW),
    _row("job-gone", _R.VERIFY, "the org no longer has a bulk job", _FOLLOWED, "states"),
    _row("Failed", _R.VERIFY, "the org gave a bulk job up, and may have written some of its rows",
         f"{_NOTHING}: all its results are fetched, the rest goes into a smaller job", "states"),
    _row("Aborted", _R.VERIFY, "somebody stopped a bulk job of opt-outs",
         "find out who: Setup > Bulk Data Load Jobs; the rest is sent again", "states"),
    _row("InvalidJobState", _R.VERIFY, "a bulk job is in another state than was thought",
         f"{_NOTHING}: the job is looked at", "bulk"),
    _row("Unknown", _R.VERIFY, "the org met an unexpected error in a bulk job",
         f"{_NOTHING}: its results are fetched first", "bulk", pace=_FEW),
)  # fmt: skip
_RECORDS = (
    _known("UNABLE_TO_LOCK_ROW", _R.RETRY,
           f"{_NOTHING}: it is sent again, sorted by account and in smaller lots", "ingest",
           pace=_LOCK),
    _row("TooManyLockFailure", _R.RETRY, "too many records of a bulk job were in use",
         f"{_NOTHING}: what is left goes into smaller jobs sorted by account", "bulk",
         pace=_SMALLER),
    _row("Timeout", _R.RETRY, "the org took too long over a batch of a bulk job",
         f"{_NOTHING}: what is left goes into smaller jobs", "bulk", pace=_SMALLER),
    _known("ENTITY_IS_DELETED", _R.RESOLVE, _FOLLOWED, "merge"),
    _row("CANNOT_UPDATE_CONVERTED_LEAD", _R.RESOLVE, "the lead has been converted", _FOLLOWED,
         "soap"),
    _known("INVALID_CROSS_REFERENCE_KEY", _R.RESOLVE, _FOLLOWED, "soap"),
    _known("MALFORMED_ID", _R.QUARANTINE,
           "correct the person's Salesforce Id: optout people show PERSON", "soap"),
    _known("NOT_FOUND", _R.QUARANTINE, _GIVE, "rest"),
    _row("DUPLICATES_DETECTED", _R.RETRY, "a duplicate rule objects to the record",
         f"{_NOTHING}: it is sent again by a way that waives rules which only warn", "duplicates",
         level=Level.BULK_ROW, pace=_SMALLER),
    _row("DUPLICATES_DETECTED", _R.QUARANTINE, "a duplicate rule blocks the record", _MENDED,
         "duplicates"),
    _known("DUPLICATE_VALUE", _R.QUARANTINE, _MENDED, "soap"),
    *(_row(code, _R.QUARANTINE, sentence, _MENDED, "soap") for code, sentence in (
        ("FIELD_CUSTOM_VALIDATION_EXCEPTION", "a validation rule refuses the record as it is"),
        ("REQUIRED_FIELD_MISSING", "the record lacks a field that the org requires"),
        ("FIELD_INTEGRITY_EXCEPTION", "a field of the record does not fit"),
        ("FIELD_FILTER_VALIDATION_EXCEPTION", "a lookup filter refuses the record as it is"))),
    *(_row(code, _R.RETRY, sentence,
           "let the admin mend the automation; smaller lots are tried meanwhile", "soap",
           pace=_SMALLER, stop_share=0.2) for code, sentence in (
        ("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "a trigger of the org fails on the record"),
        ("CANNOT_EXECUTE_FLOW_TRIGGER", "a flow of the org fails on the record"))),
    _row("ENTITY_IS_LOCKED", _R.RETRY, "the record is locked by an approval",
         "decide the approval; it is tried again every hour of a day", "soap", pace=_HOURLY),
    _known("INSUFFICIENT_ACCESS_OR_READONLY", _R.QUARANTINE, _GIVE, "soap", stop_share=1.0),
    _known("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", _R.QUARANTINE, _GIVE, "soap",
           stop_share=1.0),
    _row("STORAGE_LIMIT_EXCEEDED", _R.QUARANTINE, "the org has no room for new records",
         "free storage, then type: optout sync quarantine retry ID", "soap"),
)  # fmt: skip
_STOPS = (
    _row("INVALID_FIELD_FOR_INSERT_UPDATE", _R.STOP, "this user may not edit a field", _FIELD,
         "soap"),
    _known("INVALID_FIELD", _R.STOP, _FIELD, "rest"),
    _known("INVALID_TYPE", _R.STOP, _RIGHTS, "rest"),
    _known("MALFORMED_QUERY", _R.STOP, _REPORT, "rest"),
    _known("INSUFFICIENT_ACCESS", _R.STOP, _RIGHTS, "rest"),
    _known("TXN_SECURITY_NO_ACCESS", _R.STOP, "ask the admin for an exception", "fault"),
    *(_row(code, _R.STOP, "a transaction security policy forbids it",
           "ask the admin for an exception", "fault")
      for code in ("TXN_SECURITY_TWO_FA_REQUIRED", "TXN_SECURITY_END_A_SESSION")),
    _known("API_DISABLED_FOR_ORG", _R.STOP, _RIGHTS, "fault"),
    _known("API_CURRENTLY_DISABLED", _R.STOP, "ask Salesforce support why", "fault"),
    *(_known(code, _R.STOP, "update this program", "eol")
      for code in ("UNSUPPORTED_API_VERSION", "INVALID_VERSION")),
    _row("InvalidVersion", _R.STOP, "the org no longer speaks this API version",
         "update this program", "eol"),
    _row("InvalidBatch", _R.STOP, "the org refuses a bulk job's file whole", _FIELD, "bulk"),
    _row("InvalidUser", _R.STOP, "this user may not use bulk jobs, or not this one", _RIGHTS,
         "bulk"),
    _row("FeatureNotEnabled", _R.STOP, "the org does not have bulk jobs",
         "the edition must include the API", "bulk"),
    *(_row(code, _R.STOP, "the org does not take a bulk request as it is", _REPORT, "bulk")
      for code in ("InvalidJob", "InvalidOperation", "InvalidUrl", "InvalidEntity",
                   "ClientInputError")),
    _row("said-no", _R.STOP, "the org, or the way to it, refused and gave no code",
         "do what the error says", "ours"),
    _row("usage", _R.STOP, "the settings do not fit this org", "do what the error says", "ours"),
)  # fmt: skip
_QUERIES = (
    *(_known(code, _R.RETRY, f"{_NOTHING}: narrower questions are asked", "fault", pace=_SMALLER,
             then=_R.STOP)
      for code in ("QUERY_TIMEOUT", "REQUEST_RUNNING_TOO_LONG", "OPERATION_TOO_LARGE")),
    _known("INVALID_QUERY_LOCATOR", _R.RETRY, f"{_NOTHING}: the question is asked anew",
           "cursors", pace=_SMALLER, then=_R.STOP),
    _row("INVALID_LOCATOR", _R.RETRY, "the org lost the place in a long result",
         f"{_NOTHING}: the result is fetched anew", "cursors", pace=_SMALLER, then=_R.STOP),
    _row("bad-input", _R.RETRY, "the org's answer is not what Salesforce documents",
         "a proxy that rewrites answers is a usual cause", "ours", pace=_SMALLER, then=_R.STOP),
)  # fmt: skip
_LOGINS = tuple(
    Row(row.code, _R.STOP, row.sentence, row.hint, SOURCES["oauth"], Level.CALL, row.pattern)
    for row in LOGIN_ROWS
    if row.code != "INVALID_OPERATION"  # of a SOAP login; elsewhere it means something else
)

ROWS: tuple[Row, ...] = (*_SESSIONS, *_LIMITS, *_LOST, *_RECORDS, *_STOPS, *_QUERIES, *_LOGINS)
UNKNOWN = Row(
    "", _R.QUARANTINE, "the org gave a code that this program does not know",
    "look the code up in Salesforce's documentation, then: optout sync quarantine retry ID",
    SOURCES["ours"],
)  # fmt: skip
