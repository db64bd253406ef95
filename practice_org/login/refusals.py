"""What the token endpoint says when it says no, in Salesforce's words.

Source: Salesforce, "OAuth Error Codes"; the sentences are those seen in public error reports.
"""

from __future__ import annotations

from enum import Enum

from practice_org.wire import OrgError, Response, json_response


class Refusal(Enum):
    """error, error_description."""

    UNSUPPORTED_GRANT = ("unsupported_grant_type", "grant type not supported")
    UNKNOWN_CLIENT = ("invalid_client_id", "client identifier invalid")
    WRONG_SECRET = ("invalid_client", "invalid client credentials")
    NO_SECRET = ("invalid_request", "missing required parameter: client_secret")
    BAD_ASSERTION = ("invalid_grant", "invalid assertion")
    BAD_AUDIENCE = ("invalid_grant", "audience is invalid")
    # Salesforce says this of a JWT past its exp, and of a code past its own two minutes.
    EXPIRED = ("invalid_grant", "expired authorization code")
    NOT_APPROVED = ("invalid_grant", "user hasn't approved this consumer")
    INACTIVE_USER = ("invalid_grant", "inactive user")
    NO_RUN_AS = ("invalid_grant", "no client credentials user enabled")
    WRONG_DOMAIN = ("invalid_grant", "request not supported on this domain")
    BAD_REFRESH_TOKEN = ("invalid_grant", "expired access/refresh token")
    BAD_CODE = ("invalid_grant", "invalid authorization code")
    BAD_VERIFIER = ("invalid_grant", "invalid code verifier")
    BAD_REDIRECT = ("redirect_uri_mismatch", "redirect_uri must match configuration")
    WRONG_PASSWORD = ("invalid_grant", "authentication failure")
    BAD_TOKEN = ("invalid_token", "invalid token")
    # Said by faults alone: the org has no such state.
    INACTIVE_ORGANIZATION = ("invalid_grant", "inactive organization")
    IP_RESTRICTED = ("invalid_grant", "ip restricted")
    AUDIENCE_FAILED = ("invalid_grant", "Audience validation failed")
    APP_NOT_INSTALLED = ("invalid_client", "app must be installed into org")
    APP_BLOCKED = ("OAUTH_APP_BLOCKED", "this app is blocked by admin")
    RATE_EXCEEDED = ("invalid_grant", "login rate exceeded")


class LoginRefused(OrgError):
    """A refusal of an OAuth endpoint; REST's list of errors is not its shape."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(*refusal.value)


def refusal_response(refused: OrgError) -> Response:
    """Answer as the OAuth endpoints do: one object, HTTP 400."""
    return json_response(
        {"error": refused.code, "error_description": refused.message}, refused.status
    )
