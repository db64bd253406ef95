"""What no text may hold: the secrets of this run, whatever looks like one, and people's addresses.

Found is what stands there in plain, with the quotes of an address bar undone and zips unpacked; not
what is encrypted, or encoded in another way.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What was found, as a sentence says it."""

    SECRET = "a secret"
    ADDRESS = "an e-mail address"


@dataclass(frozen=True)
class Canary:
    """One thing that was found; `shown` says which, and does not repeat it."""

    kind: Kind
    shown: str

    def __str__(self) -> str:
        return f"{self.kind.value} ({self.shown})"


# What a secret begins with, which is quick to look for, and what it is then.
SHAPES = {
    "a session id": (b"00D", re.compile(rb"00D\w{12,15}!AQ[\w.]{20}")),
    "a refresh token": (b"5Aep", re.compile(rb"5Aep[\w.]{40}")),
    "a private key": (b"PRIVATE KEY", re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY-----\s*\w{20}")),
    "an sfdx-url": (b"force://", re.compile(rb"force://[^\s:]*:[^\s:]*:[\w.%!]{20}[^\s@]*@")),
    "a webhook secret": (b"whsec_", re.compile(rb"whsec_[\w+/]{20}")),
}
# What has the shape of an address and is nobody's, each with its reason. In a database more may
# follow, where one value begins right after another.
NOBODYS = {
    rb".*@practice\.example\.com": "usernames of the practice org's logins, which name no mailbox",
    rb".*@names\.example": "part of names in metadata, which are shown as they are",
    rb"[\w-]+\.\w+\.\w+@[0-9a-f]{8}\.rotated": "names of entries in the keyring",
    rb"LL@li\.org": "what gettext writes where it knows no translator",
}
_NOBODY = re.compile(b"|".join(NOBODYS), re.IGNORECASE)
_AT = re.compile(rb"@((?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,})")
_LOCAL = re.compile(rb"[\w.%+'-]+\Z")
_LONGEST_LOCAL = 64
_SHORTEST_SECRET = 8
_LARGEST_PACKED = 1 << 24  # bytes; more is a bomb of a test


class Secrets:
    """Those that this run has made: some for good, and some for one test."""

    def __init__(self) -> None:
        self._for_good: dict[bytes, str] = {}
        self._for_now: dict[bytes, str] = {}

    def remember(self, what: str, secret: str | bytes, *, for_good: bool = False) -> None:
        """From now on this text is found wherever it stands; what is too short to be one is not."""
        raw = secret.encode() if isinstance(secret, str) else secret
        if len(raw) >= _SHORTEST_SECRET:
            (self._for_good if for_good else self._for_now)[raw] = what

    def forget(self) -> None:
        """What one test made is over."""
        self._for_now.clear()

    def within(self, text: bytes) -> Iterator[str]:
        """What each secret is that stands in it."""
        for known in (self._for_good, self._for_now):
            yield from (what for secret, what in list(known.items()) if secret in text)
        for what, (begin, shape) in SHAPES.items():
            if begin in text and shape.search(text):
                yield what


SECRETS = Secrets()


def remember_facts(facts: dict) -> None:
    """What a practice org announces to whoever may log in (server.json)."""
    for name in ("password", "client_secret", "practice_key", "access_token"):
        SECRETS.remember(f"{name} of the practice org", facts.get(name, ""))
    for who, identity in facts.get("identities", {}).items():
        SECRETS.remember(f"client_secret of {who}", identity["client_secret"])


def canaries_in(text: bytes) -> set[Canary]:
    """Each secret that is in it, and one address."""
    found = set()
    for part in _plain(text):
        found |= {Canary(Kind.SECRET, what) for what in SECRETS.within(part)}
        found |= {Canary(Kind.ADDRESS, shown) for shown in _first_address(part)}
    return found


def _first_address(text: bytes) -> Iterator[str]:
    for found in _AT.finditer(text):
        local = _LOCAL.search(text[max(0, found.start() - _LONGEST_LOCAL) : found.start()])
        if local and not _NOBODY.match(local[0] + found[0]):
            yield f"{local[0][:2].decode(errors='replace')}...{found[0].decode()}"
            return


def _plain(text: bytes) -> Iterator[bytes]:
    yield text
    if b"%40" in text or b"%21" in text:
        yield text.replace(b"%40", b"@").replace(b"%21", b"!")
    if text.startswith(b"PK\x03\x04"):
        # Half a zip, or one that is hostile on purpose, is searched as it is.
        broken = (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError)
        with suppress(*broken), zipfile.ZipFile(io.BytesIO(text)) as packed:
            for each in packed.infolist():
                if each.file_size < _LARGEST_PACKED:
                    yield packed.read(each)
