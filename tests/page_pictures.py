"""Pictures of pages in docs/pictures, and what tells whether a page is still as its picture is.

A browser or a font draws the same page a little otherwise each time, so pictures are not compared:
beside them `pages.json` has a fingerprint of the page each was taken of, and of the picture itself.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
RECORD = FOLDER / "pages.json"
LARGEST = 150_000
# When the page was made is the one thing on it that is another each time; it is said twice.
_WHEN = re.compile(rb'<time datetime="([^"]*)">([^<]*)</time>')


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A file of docs/pictures: which page of ci/pages it shows, in a window of these pixels.

    `part` is a CSS selector of the one part that is shown; "" for what the window shows.
    """

    file: str
    page: str
    width: int
    height: int
    part: str = ""


PICTURES = (
    PagePicture("readiness.png", "before", 1000, 800),
    PagePicture("plan.png", "plan", 1000, 800),
    PagePicture("layout.png", "plan", 1000, 800, "#layouts details[open]"),
    PagePicture("status.png", "status-week", 1000, 960),
)


def fingerprint(picture: PagePicture, parts: Iterable[bytes]) -> str:
    """Of a page, all that it is made of, and of the part that is shown."""
    found = hashlib.sha256(f"{picture.width}x{picture.height} {picture.part}".encode())
    for part in parts:
        found.update(hashlib.sha256(_timeless(part)).digest())
    return found.hexdigest()


def _timeless(page: bytes) -> bytes:
    for said in _WHEN.findall(page):
        for words in said:
            page = page.replace(words, b"")
    return page


def record() -> dict[str, dict[str, str]]:
    """By file, the fingerprints of its page and of itself."""
    return json.loads(RECORD.read_text()) if RECORD.exists() else {}


def of_file(picture: PagePicture) -> str:
    """The fingerprint of the picture itself; "" when it is not there."""
    path = FOLDER / picture.file
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else ""
