"""What can go wrong, once: class -> exit code -> HTTP status -> what a caller may do about it."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import ClassVar


class Exit(IntEnum):
    """The process exit codes every command shares; ci/docs shows the remarks."""

    DONE = 0  # done, or nothing to do
    SAID_NO = 1  # the org, a check or a guard said no, or something needs a person
    USAGE = 2  # the command line or the settings are wrong; nothing was sent
    OUR_BUG = 3  # a bug of this program; the path of a log is printed
    COULD_NOT_TELL = 4  # it could not be told (`readiness`)
    CHANGES_PENDING = 10  # changes are pending (`plan --exit-code`, `edit --check`)
    STILL_RUNNING = 69  # the org is still working; `optout jobs resume` waits for it
    TRY_LATER = 75  # try again later: the org or another optout is busy
    INTERRUPTED = 130  # interrupted


class Reaction(Enum):
    """What a caller may do after an error, without asking a person."""

    STOP = "stop"
    RETRY = "retry"
    RELOGIN = "relogin"
    WAIT = "wait"
    VERIFY = "verify"


class OptoutError(Exception):
    """An error a user can act on: what happened, where, and what to type next.

    Facts only; a secret or an e-mail address is never part of any of the four texts.
    `code` is stable and kebab-case; `org_code` is Salesforce's own word, when it gave one.
    """

    exit: ClassVar[Exit] = Exit.SAID_NO
    http_status: ClassVar[int] = 422
    reaction: ClassVar[Reaction] = Reaction.STOP
    code: ClassVar[str] = "said-no"

    def __init__(self, message: str, *, hint: str, where: str = "", org_code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.where = where
        self.org_code = org_code

    def __str__(self) -> str:
        where = f"{self.where}: " if self.where else ""
        return f"{where}{self.message}"


class UsageError(OptoutError):
    """The command line or the settings are wrong; nothing was sent."""

    exit = Exit.USAGE
    http_status = 400
    code = "usage"


class OrgSaidNo(OptoutError):
    """The org, a check or a guard refused."""


class Moved(OrgSaidNo):
    """The org is no longer what was reviewed; nothing was sent."""

    http_status = 409
    code = "moved"


class LoginRefused(OrgSaidNo):
    """The org did not take this login; asking again does not help."""

    http_status = 401
    code = "login-refused"


class SessionExpired(OrgSaidNo):
    """The access token is no longer good; one re-login is allowed."""

    http_status = 401
    reaction = Reaction.RELOGIN
    code = "session-expired"


class BadInput(OrgSaidNo):
    """A file, an answer or an archive is not what it must be; `where` has line and column."""

    code = "bad-input"


class CouldNotTell(OptoutError):
    """A question could not be answered, which is neither yes nor no."""

    exit = Exit.COULD_NOT_TELL
    http_status = 424
    code = "could-not-tell"


class StillRunning(OptoutError):
    """The org is still working; the job goes on without us."""

    exit = Exit.STILL_RUNNING
    http_status = 202
    reaction = Reaction.WAIT
    code = "still-running"


class TryLater(OptoutError):
    """Nothing is wrong with the request; the org or a lock is busy."""

    exit = Exit.TRY_LATER
    http_status = 503
    reaction = Reaction.RETRY
    code = "try-later"


class OutcomeUnknown(TryLater):
    """A request may have landed and its reply was lost: look it up, never send it again."""

    reaction = Reaction.VERIFY
    code = "outcome-unknown"


class OurBug(OptoutError):
    """Something this program did not expect of itself."""

    exit = Exit.OUR_BUG
    http_status = 500
    code = "our-bug"
