"""Standard Webhooks 1.0 signatures, symmetric (v1), over the raw bytes of the body.

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md, "Signature
scheme" and "Webhook headers". One deliberate difference: a late delivery is kept, since senders
retry for days and an opt-out harms nobody by coming twice (docs/decisions/0009).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

from deployer.errors import UsageError
from deployer.settings.secret import Secret
from sync.webhooks.refusals import BadSignature, Malformed, Unproven

TOLERANCE = timedelta(minutes=5)
SHORTEST_KEY_BYTES = 24
MOST_SIGNATURES = 32
ID_HEADER = "webhook-id"
TIME_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"
_PREFIX = "whsec_"
_VERSION = "v1,"
# No full stop: it separates id, time and body in what is signed, so an id that may hold one could
# take over the beginning of somebody's body ("must not include any `.`", the specification).
_ID = re.compile(r"[!-\-/-~]{1,255}")
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class SigningSecret:
    """One shared key, by the name it is configured under; the key is never shown."""

    name: str
    key: bytes = field(repr=False)


class Timing(Enum):
    """When a delivery was sent, against the time it came in; reported, never a reason to refuse."""

    ON_TIME = "on-time"
    LATE = "late"
    AHEAD = "ahead"


@dataclass(frozen=True, slots=True)
class Verified:
    """An authentic delivery. `late` is the time it was under way; negative when sent "tomorrow"."""

    secret_name: str
    webhook_id: str
    sent_at: datetime
    late: timedelta

    @property
    def timing(self) -> Timing:
        """Late or ahead by more than five minutes, or neither."""
        if self.late > TOLERANCE:
            return Timing.LATE
        return Timing.AHEAD if self.late < -TOLERANCE else Timing.ON_TIME


def to_signing_secret(name: str, secret: Secret, where: str = "") -> SigningSecret:
    """Decode `whsec_` and base64 (padding may be missing).

    Errors: UsageError when it is not base64 or decodes to fewer than 24 bytes.
    """
    text = secret.reveal().removeprefix(_PREFIX).rstrip("=")
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise _no_key(name, where, "is not base64 behind whsec_") from None
    if len(key) < SHORTEST_KEY_BYTES:
        raise _no_key(name, where, f"is shorter than {SHORTEST_KEY_BYTES} bytes")
    return SigningSecret(name, key)


def verify(
    headers: Mapping[str, str], body: bytes, secrets: Sequence[SigningSecret], now: datetime
) -> Verified:
    """Say which secret signed this delivery; header names in any case, secrets in any order.

    Errors: Malformed for a missing or garbled id or time, BadSignature when no secret fits.
    """
    given = {name.lower(): value for name, value in headers.items()}
    webhook_id = _webhook_id(given.get(ID_HEADER, ""))
    seconds = given.get(TIME_HEADER, "")
    sent_at = _sent_at(seconds)
    signatures = _signatures(given.get(SIGNATURE_HEADER, ""))
    signed = f"{webhook_id}.{seconds}.".encode("ascii") + body
    # Every secret is tried on every signature, found or not: the time taken tells nothing.
    fitting = [secret for secret in secrets if _fits(secret, signed, signatures)]
    if not fitting:
        raise BadSignature(Unproven.NO_MATCH)
    name = min(secret.name for secret in fitting)
    return Verified(name, webhook_id, sent_at, now - sent_at)


def _no_key(name: str, where: str, why: str) -> UsageError:
    return UsageError(
        f"the signing secret of {name} {why}",
        where=where,
        hint="copy it again from the sender, whsec_ and all; ed25519 keys (whpk_) are not taken",
    )


def _webhook_id(text: str) -> str:
    if _ID.fullmatch(text):
        return text
    why = "it is missing, longer than 255 characters, or has a full stop, a space or no ASCII in it"
    raise Malformed(ID_HEADER, why)


def _sent_at(seconds: str) -> datetime:
    try:
        if _SECONDS.fullmatch(seconds):
            return datetime.fromtimestamp(int(seconds), UTC)
    except (OverflowError, ValueError):
        pass
    raise Malformed(TIME_HEADER, "it must be whole seconds since 1970")


def _signatures(header: str) -> list[bytes]:
    """The v1 ones; other versions are for other readers, by the specification."""
    versioned = header.split(" ")[:MOST_SIGNATURES]
    found = [text.removeprefix(_VERSION) for text in versioned if text.startswith(_VERSION)]
    if not found:
        raise BadSignature(Unproven.NO_USABLE_SIGNATURE)
    return [text.encode("utf-8", "replace") for text in found]


def _fits(secret: SigningSecret, signed: bytes, signatures: Sequence[bytes]) -> bool:
    # Compared as text: base64 has several spellings of the same bytes, a sender has one.
    expected = base64.b64encode(hmac.digest(secret.key, signed, hashlib.sha256))
    return sum(hmac.compare_digest(expected, given) for given in signatures) > 0
