"""The last line that a child said before it died, without what may be a secret or an address."""

from __future__ import annotations

import re

MOST = 200
# An exception's own text may hold data; its class does not. The same choice as the bug log's.
_RAISED = re.compile(r"(?P<class>(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit|Warning))\b.*")
_ADDRESS = re.compile(r"\S+@\S+")
_SECRET = re.compile(
    r"\S*(?:[\w!.+/=~-]{24,}|(?:secret|token|password|key)\S*[=:]\s*\S+)\S*", re.IGNORECASE
)


def last_words(said: bytes) -> str:
    """The last line that is not blank, masked, at most `MOST` characters; "" for none."""
    lines = [line.strip() for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    if not lines:
        return ""
    if raised := _RAISED.fullmatch(lines[-1]):
        return raised["class"]
    masked = _SECRET.sub("***", _ADDRESS.sub("***", lines[-1]))
    return masked if len(masked) <= MOST else f"{masked[:MOST]}..."
