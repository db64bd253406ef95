"""Why a delivery is not taken. No text here ever holds what the sender wrote."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from deployer.errors import BadInput, Exit, OptoutError


class Malformed(BadInput):
    """A delivery that cannot be read as one unsubscribe; `where` is a header, a field or "body"."""

    http_status = 400
    code = "malformed"
    FIX: ClassVar[str] = "correct what the sender sends and send it again; nothing was recorded"

    def __init__(self, where: str, why: str) -> None:
        super().__init__(why, where=where, hint=self.FIX)


class TooLarge(Malformed):
    """More bytes than one unsubscribe can need."""

    http_status = 413
    code = "too-large"


class Unproven(Enum):
    """Why a delivery is not believed to come from a configured sender."""

    NO_PROOF = "it carries neither a signature nor a secret of a configured sender"
    NO_USABLE_SIGNATURE = "its webhook-signature has no v1 signature"
    NO_MATCH = "no configured secret made its signature"
    WRONG_SECRET = "its secret header is not the configured one"  # noqa: S105 - a sentence


class BadSignature(OptoutError):
    """Not from a configured sender, as far as can be told; `reason` says what was wrong."""

    exit = Exit.SAID_NO
    http_status = 401
    code = "bad-signature"

    def __init__(self, reason: Unproven) -> None:
        super().__init__(
            f"this delivery was not taken: {reason.value}",
            where="headers",
            hint="compare the sender's secret with the one under [sync.senders.NAME]",
        )
        self.reason = reason
