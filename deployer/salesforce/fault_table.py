"""Salesforce's error codes as data: code -> what it means, what to type next, what we may do.

Sources, by their short names in the rows:
  rest      REST API Developer Guide, "Status Codes and Error Responses"
  soap      SOAP API Developer Guide, "ExceptionCode"
  metadata  Metadata API Developer Guide, "deploy()", "checkDeployStatus()"
  limits    Salesforce Developer Limits, "API Request Limits and Allocations"
  eol       Salesforce help, "Salesforce Platform API versions 21.0 through 30.0 Retirement"
  sdr       forcedotcom/source-deploy-retrieve, metadataTransfer.ts (its list of retried answers)
  jsforce   jsforce/jsforce, http-api.ts (401s that are no expired session)
Messages are localised, so a pattern only tells rows of one code apart; the last row of a code
has none.
"""

from __future__ import annotations

from dataclasses import dataclass

from deployer.errors import OptoutError, OrgSaidNo, Reaction, SessionExpired, TryLater


class OrgUnreachable(TryLater):
    """The org did not answer, or not with anything readable; asking again may help."""

    code = "org-unreachable"


class OrgBusy(TryLater):
    """The org asks us to come back later; asking again at once would make it worse."""

    reaction = Reaction.WAIT
    code = "org-busy"


@dataclass(frozen=True, slots=True)
class Fault:
    """One row; `pattern` (a regular expression, any case) tells rows of one code apart."""

    code: str
    error: type[OptoutError]
    sentence: str
    hint: str
    source: str
    pattern: str = ""

    @property
    def reaction(self) -> Reaction:
        """What a caller may do without asking a person; the error class decides."""
        return self.error.reaction


_RIGHTS = 'give the user "Modify Metadata Through Metadata API Functions" or "Modify All Data"'
_AGAIN = "run the same command again in a few minutes"
_RELOGIN = "log in again with: optout org login"

FAULTS: tuple[Fault, ...] = (
    # Sessions
    Fault("INVALID_SESSION_ID", OrgSaidNo, "the connected app may not use this API here",
          "ask the admin to review the app's policies; logging in again does not help",
          "jsforce", r"not attached to Agent"),
    # Salesforce help, article 005226515; API Access Control and IP ranges end in the same words.
    Fault("INVALID_SESSION_ID", OrgSaidNo,
          "the session may not use this API, as without the scope api",
          "add Manage user data via APIs (api) to the app's OAuth Scopes; where it is there, ask "
          "the admin to review API Access Control and the app's policies; logging in again does "
          "not help before", "rest", r"not valid for use"),
    Fault("INVALID_SESSION_ID", SessionExpired, "the session has expired", _RELOGIN, "rest"),
    Fault("INVALID_AUTH_HEADER", SessionExpired, "the session is not valid", _RELOGIN, "rest"),
    Fault("Bad_OAuth_Token", SessionExpired, "the session is not valid", _RELOGIN, "rest"),
    Fault("Wrong_Org", OrgSaidNo, "the session belongs to another org", _RELOGIN, "rest"),
    # Limits and load
    Fault("REQUEST_LIMIT_EXCEEDED", OrgBusy, "the org's API calls of the day are used up",
          "wait until the rolling 24 hours free some, or raise the limit", "limits",
          r"TotalRequests"),
    Fault("REQUEST_LIMIT_EXCEEDED", TryLater, "too many calls run in the org at once", _AGAIN,
          "limits", r"Concurrent"),
    Fault("REQUEST_LIMIT_EXCEEDED", OrgBusy, "the org's API limit is reached",
          "wait until the limit frees, or raise it", "limits"),
    Fault("EXCEEDEDQUOTA", OrgBusy, "the org's bulk jobs or batches of the day are used up",
          "wait until the rolling 24 hours free some", "limits"),
    Fault("SERVER_UNAVAILABLE", OrgUnreachable, "the org is unavailable", _AGAIN, "rest"),
    Fault("REQUEST_RUNNING_TOO_LONG", TryLater, "the org took too long to answer", _AGAIN, "soap"),
    Fault("QUERY_TIMEOUT", TryLater, "the org took too long to answer a query", _AGAIN, "soap"),
    Fault("INVALID_QUERY_LOCATOR", TryLater, "the org lost the place in a long result", _AGAIN,
          "soap"),
    Fault("UNABLE_TO_LOCK_ROW", TryLater, "somebody else is changing the same record", _AGAIN,
          "rest"),
    Fault("FUNCTIONALITY_TEMPORARILY_UNAVAILABLE", OrgBusy, "the org has switched this off for now",
          _AGAIN, "soap"),
    Fault("INSERT_UPDATE_DELETE_NOT_ALLOWED_DURING_MAINTENANCE", OrgBusy,
          "the org is read-only during maintenance", _AGAIN, "soap"),
    Fault("UNKNOWN_EXCEPTION", OrgUnreachable, "the org met an unexpected error",
          "keep the ErrorId for Salesforce support, then run the same command again", "soap"),
    # Rights
    Fault("INSUFFICIENT_ACCESS", OrgSaidNo, "this user may not use the Metadata API", _RIGHTS,
          "metadata", r"Metadata API"),
    Fault("INSUFFICIENT_ACCESS", OrgSaidNo, "this user may not do that",
          "compare its rights with: optout org show", "rest"),
    Fault("INSUFFICIENT_ACCESS_OR_READONLY", OrgSaidNo, "this user may not do that",
          "give the user edit rights on it", "rest"),
    Fault("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY", OrgSaidNo,
          "this user may not use a record that is named here",
          "give the user access to the record that is named", "rest"),
    Fault("API_DISABLED_FOR_ORG", OrgSaidNo, "the API is off for this org or user",
          'the edition must include the API, and the user needs "API Enabled"', "rest"),
    Fault("API_CURRENTLY_DISABLED", OrgSaidNo, "the API is off for this org or user",
          'ask Salesforce support why; the user needs "API Enabled"', "rest"),
    Fault("TXN_SECURITY_NO_ACCESS", OrgSaidNo, "a transaction security policy forbids it",
          "ask the admin for an exception to the policy", "soap"),
    Fault("OPERATION_TOO_LARGE", OrgSaidNo, "the request is too large for the org",
          "narrow it with --layout or --object", "rest"),
    # Deploys
    Fault("INVALID_OPERATION", OrgSaidNo, "a production org only takes all-or-nothing deploys",
          "please report this: such a deploy is never sent by this program", "metadata",
          r"rollbackOnError"),
    Fault("INVALID_OPERATION", OrgSaidNo, "the org does not allow that now",
          "optout jobs list shows what runs", "metadata"),
    Fault("ALREADY_IN_PROCESS", TryLater, "somebody else's deploy has locked the org's setup",
          "run the same command again when it has finished", "metadata"),
    Fault("LIMIT_EXCEEDED", TryLater, "another deploy got in the way", _AGAIN, "metadata",
          r"deploy"),
    Fault("LIMIT_EXCEEDED", OrgSaidNo, "a limit of the org is reached",
          "the org's own words name the limit; ask the admin to raise it", "limits"),
    Fault("INVALID_ID_FIELD", OrgSaidNo, "that deploy id cannot be used",
          "a validation is good for ten days, and only when it ran tests", "metadata"),
    Fault("INVALID_CROSS_REFERENCE_KEY", OrgSaidNo, "the org does not know that id",
          "check the id; optout jobs list shows the known ones", "metadata"),
    Fault("ENTITY_IS_DELETED", OrgSaidNo, "that record has been deleted",
          "make a new plan: optout plan", "rest"),
    Fault("MALFORMED_ID", OrgSaidNo, "that is no id of the right kind",
          "copy the id from: optout jobs list", "rest"),
    Fault("NOT_FOUND", OrgSaidNo, "the org has no such thing, or this user may not see it",
          "check the name or id, and the user's rights", "rest"),
    # Queries
    Fault("INVALID_FIELD", OrgSaidNo, "the org does not show this user a field",
          "give the user access to the field that is named", "rest"),
    Fault("INVALID_TYPE", OrgSaidNo, "the org does not show this user an object",
          "give the user access to the object that is named", "rest"),
    Fault("MALFORMED_QUERY", OrgSaidNo, "the org does not understand a query",
          "please report this; the org's words name the place", "rest"),
    Fault("DUPLICATE_VALUE", OrgSaidNo, "that is there already",
          "nothing needs to be done for this row", "rest"),
    # Versions
    Fault("UNSUPPORTED_API_VERSION", OrgSaidNo, "the org no longer speaks this API version",
          "update this program", "eol"),
    Fault("INVALID_VERSION", OrgSaidNo, "the org does not speak this API version",
          "update this program", "eol"),
)  # fmt: skip

STATUSES: dict[int, Fault] = {
    row_status: Fault("", error, sentence, hint, source)
    for row_status, error, sentence, hint, source in (
        (400, OrgSaidNo, "the org refused the request and gave no code",
         "look at it with --verbose", "rest"),
        (401, SessionExpired, "the session is not valid", _RELOGIN, "rest"),
        (403, OrgSaidNo, "the org refused the request and gave no code",
         "check the user's rights and the IP ranges it may come from", "rest"),
        (404, OrgSaidNo, "the org has no such address",
         "check instance_url; an org that has moved has a new one", "rest"),
        (410, OrgSaidNo, "the org no longer speaks this API version", "update this program",
         "eol"),
        (420, OrgUnreachable, "Salesforce's edge does not know this org",
         "try again; a deleted or expired org answers so for ever: check instance_url", "sdr"),
        (429, OrgBusy, "the org asks for fewer calls", _AGAIN, "rest"),
        (500, OrgUnreachable, "the org met an error and gave no code", _AGAIN, "rest"),
        (502, OrgUnreachable, "Salesforce's edge cannot reach the org", _AGAIN, "sdr"),
        (503, OrgUnreachable, "the org is unavailable", _AGAIN, "rest"),
        (504, OrgUnreachable, "the org did not answer in time", _AGAIN, "sdr"),
    )
}  # fmt: skip
