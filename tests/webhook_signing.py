"""A sender of Standard Webhooks, written from the specification and from nothing of ours."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

from sync.webhooks.signature import SigningSecret

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))


def sign(key: bytes, webhook_id: str, seconds: str, body: bytes) -> str:
    signed = b".".join([webhook_id.encode(), seconds.encode(), body])
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def delivery(body: bytes, key: bytes = KEY, webhook_id: str = "msg_1", at: datetime = NOW):
    """The headers of one delivery."""
    seconds = str(int(at.timestamp()))
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": seconds,
        "webhook-signature": sign(key, webhook_id, seconds, body),
    }


def secret(name: str, key: bytes = KEY) -> SigningSecret:
    return SigningSecret(name, key)
