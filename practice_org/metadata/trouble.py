"""Trouble that is not the package's fault, when a setting of the org asks for it.

`setup_locked` "1": every deployment fails, as while a package is being installed.
`next_deploy_error` "CODE: sentence": the next deployment that would end fails so, once.
`poll_glitches` "n": the next n status calls answer as the service does now and then while a
deployment leaves Pending.
"""

from __future__ import annotations

from practice_org.org import Org
from practice_org.wire import OrgError

_LOCKED = (
    "The changes you requested require salesforce.com to temporarily lock your organization's "
    "administration setup. However, the administration setup has already been locked by another "
    "change. Please wait for the previous action to finish, then try again later."
)


def deploy_trouble(org: Org) -> str:
    """Why the deployment about to run fails, as "CODE: sentence"; "" when it may go on."""
    if org.setting("setup_locked") == "1":
        return f"ALREADY_IN_PROCESS: {_LOCKED}"
    error = org.setting("next_deploy_error")
    if error:
        org.set_setting("next_deploy_error", "")
    return error


def glitch(org: Org) -> OrgError | None:
    """The error this status call answers with, if any; answered, not raised: the count stays."""
    left = int(org.setting("poll_glitches", "0"))
    if left <= 0:
        return None
    org.set_setting("poll_glitches", str(left - 1))
    return OrgError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", status=500)
