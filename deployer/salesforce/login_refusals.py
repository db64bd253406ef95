"""Why Salesforce turned a login down, as data: its code and wording -> our sentence and hint.

Sources: Salesforce help, "OAuth 2.0 JWT Bearer Flow", "OAuth Authorization Errors" (shared error
codes of the token endpoint), "Refresh Token Flow"; SOAP API Developer Guide, login() faults.
Wordings are localised and change, so the last row of a code has no pattern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from deployer.errors import LoginRefused, OptoutError, TryLater
from deployer.salesforce.faults import Effect, Refusal, fault_for, harmless, to_error
from deployer.salesforce.hosts import LOGIN_HOST, TEST_HOST


@dataclass(frozen=True, slots=True)
class LoginRow:
    """One row; `pattern` is a regular expression on error_description, any case."""

    code: str
    sentence: str
    hint: str
    pattern: str = ""


_SETUP = "Setup > External Client App Manager (or App Manager) > the app > Policies"
_SECRET_AGAIN = "log in again with: optout org login"  # noqa: S105 - not a password
_RUN_AS = f'choose a "Run As" user in {_SETUP} > Client Credentials Flow'
_NO_RUN_AS = r"no client credentials user"
_TOO_OFTEN = re.compile(r"rate exceeded|too many (login|requests)", re.IGNORECASE)
# What an org says of an app or a user that are not its own: the wrong door is the usual cause.
_STRANGERS = frozenset({"invalid_client_id", "invalid_client", "OAUTH_EC_APP_NOT_FOUND"})
_STRANGER = re.compile(r"audience|hasn.?t approved|authentication failure", re.IGNORECASE)
_OTHER_DOORS = {
    f"https://{LOGIN_HOST}": "for a sandbox add --login-url https://test.salesforce.com, or "
    "--instance-url https://MYDOMAIN--NAME.sandbox.my.salesforce.com",
    f"https://{TEST_HOST}": "for production add --login-url https://login.salesforce.com, or "
    "--instance-url https://MYDOMAIN.my.salesforce.com",
}

LOGIN_ROWS: tuple[LoginRow, ...] = (
    LoginRow("invalid_grant", "the refresh token has expired or was revoked",
             f"{_SECRET_AGAIN} web (or sfdx-url, with a new one); a token that two programs use is "
             "revoked too, where the app rotates them",
             r"access/refresh token|token (is )?(expired|revoked)|(expired|invalid refresh) token"),
    LoginRow("invalid_grant", "what was sent to log in came too late",
             "a signed login: set this machine's clock right, optout doctor shows how far it is "
             "off; a browser's code lives a few minutes: run the same command again",
             r"expired authorization code"),
    LoginRow("invalid_grant", "the browser's code was used before, or is another app's",
             "run the same command again", r"invalid authorization code"),
    LoginRow("invalid_grant", "the proof that goes with the browser's code (PKCE) does not fit",
             "run the same command again; a proxy that rewrites requests is a usual cause",
             r"code verifier"),
    LoginRow("invalid_grant", "the app names no user for client credentials", _RUN_AS, _NO_RUN_AS),
    LoginRow("invalid_grant", "this way of logging in works at the org's own address only",
             'set instance_url to "https://MYDOMAIN.my.salesforce.com", not to login or test',
             r"not supported on this domain"),
    LoginRow("invalid_grant", "the user is not active",
             "activate the user in Setup > Users, or log in as another", r"inactive user"),
    LoginRow("invalid_grant", "the org is not active",
             "a sandbox that was refreshed or an org that expired needs a new login",
             r"inactive organi[sz]ation|inactive org"),
    LoginRow("invalid_grant", "this machine's address is not allowed, or not at this hour",
             "look at the profile's Login Hours and Login IP Ranges, and at IP Relaxation in "
             f"{_SETUP}", r"login hours"),
    LoginRow("invalid_grant", "this machine's address is not allowed",
             "add it to the profile's or the app's IP ranges, or relax IP restrictions in "
             f"{_SETUP}", r"ip restricted|ip address"),
    LoginRow("invalid_grant", "the org does not accept the audience of the login",
             "set login_url: https://test.salesforce.com for a sandbox, "
             "https://login.salesforce.com else; and check this machine's clock: optout doctor",
             r"audience"),
    LoginRow("invalid_grant", "the user has not been allowed to use this app",
             f'set "Admin approved users are pre-authorized" in {_SETUP} and add the user\'s '
             "profile or permission set", r"hasn.?t approved|not approved"),
    LoginRow("invalid_grant", "the signed login has expired before it arrived",
             "set this machine's clock right: optout doctor shows how far it is off",
             r"expired|assertion.*(exp|time)"),
    LoginRow("invalid_grant", "the org does not accept the signature",
             "upload the certificate that belongs to key_file to the app",
             r"invalid assertion|signature|certificate"),
    LoginRow("invalid_grant", "the org does not accept this user with this app and key",
             "check username, client_id and key_file, and that the user may use the app",
             r"authentication failure|user.*not found|invalid user"),
    LoginRow("invalid_grant", "the org did not accept the login",
             "check username, client_id and the key or secret"),
    LoginRow("invalid_client_id", "the org does not know this client id",
             "check client_id; a new app takes up to ten minutes to be known"),
    LoginRow("invalid_client", "the app is not installed in this org",
             "install or approve the app in Setup > Connected Apps OAuth Usage",
             r"installed"),
    LoginRow("invalid_client", "the org does not accept the client id or its secret",
             "check client_id and client_secret; a new secret takes effect at once; where the app "
             "requires its secret for the Refresh Token Flow, log in with --client-secret-file"),
    LoginRow("invalid_app_access", "the admin has not given this user the app",
             f"add the user's profile or permission set in {_SETUP}"),
    LoginRow("inactive_user", "the user is not active", "activate the user in Setup > Users"),
    LoginRow("inactive_org", "the org is not active", "check that the org has not expired"),
    LoginRow("unauthorized_client", "the app may not use this way of logging in",
             f"switch the flow on in {_SETUP}"),
    LoginRow("unsupported_grant_type", "the org does not offer this way of logging in",
             f"switch the flow on in {_SETUP}"),
    LoginRow("invalid_request", "the app names no user for client credentials",
             _RUN_AS, _NO_RUN_AS),
    LoginRow("invalid_request", "the org did not understand the login",
             "check login_url and the keys of this identity"),
    LoginRow("invalid_scope", "the app may not ask for these rights",
             "give the app the scope api, and refresh_token for web logins"),
    LoginRow("redirect_uri_mismatch", "the app does not list the address the browser comes back to",
             "add http://localhost:1717/OauthRedirect to the app's Callback URLs, or give --port "
             "of one that it lists"),
    LoginRow("OAUTH_EC_APP_NOT_FOUND", "the external client app is not in this org",
             "check client_id, and install the app in Setup > External Client App Manager"),
    LoginRow("access_denied", "the login was declined in the browser",
             "run the same command again and choose Allow"),
    LoginRow("OAUTH_APP_BLOCKED", "the admin has blocked this app",
             "unblock it in Setup > Connected Apps OAuth Usage"),
    LoginRow("OAUTH_APPROVAL_ERROR_GENERIC", "the org could not approve the app",
             "ask the admin to install the app first"),
    LoginRow("INVALID_LOGIN", "user name, password or security token is wrong, or the user is "
             "locked out", "check them; logging in by SOAP ends in Summer '27: use jwt"),
    LoginRow("LOGIN_MUST_USE_SECURITY_TOKEN", "the org wants a security token as well",
             'add security_token_file, or use login = "jwt"'),
    LoginRow("PASSWORD_LOCKOUT", "the user is locked out after too many attempts",
             "wait, or let the admin unlock the user"),
    LoginRow("INVALID_OPERATION", "the org does not allow logging in by SOAP",
             'use login = "jwt" or "client-credentials"'),
)  # fmt: skip


def to_login_error(refusal: Refusal, *, where: str) -> OptoutError:
    """LoginRefused with the row's own sentence; a busy or broken org stays what it is.

    A login is never repeated by itself: orgs lock users out.
    """
    if refusal.code and _TOO_OFTEN.search(refusal.message):
        return TryLater(
            "the user has logged in too often within the hour: login rate exceeded",
            hint="wait an hour and run the same command again; more logins make it longer",
            where=where,
            org_code=refusal.code,
        )
    for row in LOGIN_ROWS:
        if row.code == refusal.code and re.search(row.pattern, refusal.message, re.IGNORECASE):
            hint = f"{row.hint}{_other_door(refusal, where)}"
            return LoginRefused(row.sentence, hint=hint, where=where, org_code=row.code)
    broken = refusal.status >= 500 or refusal.status in {420, 429}
    if (refusal.code or broken) and fault_for(refusal) is not None:
        return to_error(refusal, where=where, effect=Effect.READ)
    said = harmless(refusal.message) or f"HTTP {refusal.status}"
    return LoginRefused(
        f"the org refused the login: {said}",
        hint="check login_url and the keys of this identity; optout settings shows them",
        where=where,
        org_code=refusal.code,
    )


def _other_door(refusal: Refusal, where: str) -> str:
    """A sandbox's user is a stranger at login.salesforce.com, which does not say so."""
    is_stranger = refusal.code in _STRANGERS or _STRANGER.search(refusal.message)
    return f"; {_OTHER_DOORS[where]}" if is_stranger and where in _OTHER_DOORS else ""
