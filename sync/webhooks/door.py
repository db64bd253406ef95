"""Whose delivery is it: the signature or the secret header of one configured sender."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from deployer.errors import UsageError
from deployer.settings.key_places import KeyPlace
from deployer.settings.secret import Secret
from sync.webhooks.body import Arrival
from sync.webhooks.refusals import BadSignature, Unproven
from sync.webhooks.senders import Sender, SenderKind
from sync.webhooks.signature import (
    SIGNATURE_HEADER,
    SigningSecret,
    Verified,
    to_signing_secret,
    verify,
)

SHORTEST_FIXED = 16


@dataclass(frozen=True, slots=True)
class Keyring:
    """The opened secrets of all senders; none of them is ever shown."""

    senders: Mapping[str, Sender]
    signing: Sequence[SigningSecret] = field(repr=False)
    fixed: Sequence[tuple[Sender, bytes]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Admitted:
    """An authentic delivery; `sender.name` with the event's id is the key duplicates share.

    `verified` is None for a sender that cannot sign.
    """

    sender: Sender
    arrival: Arrival
    verified: Verified | None = None


def open_keyring(senders: Sequence[Sender], read_secret: Callable[[KeyPlace], Secret]) -> Keyring:
    """Open every secret once, at the start.

    Errors: UsageError when one is not there, is no signing secret, is short, or is used by two
    senders that prove themselves in the same way: nobody could tell whose delivery it is.
    """
    signing: list[SigningSecret] = []
    fixed: list[tuple[Sender, bytes]] = []
    for sender in senders:
        for place in sender.secrets:
            secret = read_secret(place)
            if sender.kind is SenderKind.STANDARD_WEBHOOKS:
                signing.append(to_signing_secret(sender.name, secret, place.place))
            else:
                fixed.append((sender, _fixed_secret(secret, place)))
    owners = {(secret.key, secret.name) for secret in signing}
    owners |= {(value, sender.name) for sender, value in fixed}
    if len({value for value, _ in owners}) < len(owners):
        raise UsageError(
            "two senders have the same secret",
            where="[sync.senders]",
            hint="give each sender a secret of its own",
        )
    return Keyring({sender.name: sender for sender in senders}, signing, fixed)


def admit(headers: Mapping[str, str], body: bytes, keyring: Keyring, now: datetime) -> Admitted:
    """Say who sent this. A delivery with a webhook-signature is judged by that alone.

    Errors: BadSignature (401); Malformed (400) for a garbled webhook-id or webhook-timestamp.
    """
    given = {name.lower(): value for name, value in headers.items()}
    if SIGNATURE_HEADER not in given:
        return Admitted(_by_header(given, keyring.fixed), Arrival(now))
    verified = verify(given, body, keyring.signing, now)
    sender = keyring.senders[verified.secret_name]
    return Admitted(sender, Arrival(now, verified.webhook_id), verified)


def _by_header(given: Mapping[str, str], fixed: Sequence[tuple[Sender, bytes]]) -> Sender:
    shown = [(given.get(sender.header, ""), sender, known) for sender, known in fixed]
    if not any(text for text, _, _ in shown):
        raise BadSignature(Unproven.NO_PROOF)
    # Every secret is compared, found or not, and as a hash: the time taken tells nothing.
    fitting = [s for text, s, known in shown if hmac.compare_digest(_hash(text), known)]
    if not fitting:
        raise BadSignature(Unproven.WRONG_SECRET)
    return fitting[0]


def _fixed_secret(secret: Secret, place: KeyPlace) -> bytes:
    text = secret.reveal()
    if len(text) >= SHORTEST_FIXED and text.isascii() and text.isprintable():
        return _hash(text)
    raise UsageError(
        f"{place.name} must be {SHORTEST_FIXED} or more printable ASCII characters",
        where=place.place,
        hint='make one with: python3 -c "import secrets; print(secrets.token_urlsafe(32))"',
    )


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
