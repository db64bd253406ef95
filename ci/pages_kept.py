"""The pictures of our pages that docs/ shows: whether each is still true, and taking it anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from page_pictures import FOLDER, PICTURES, RECORD, PagePicture, fingerprint, of_file, record
from pages_browser import Browser
from pages_made import Page


def kept_pictures(pages: list[Page], browser: Browser, *, write: bool) -> list[str]:
    """What is not well, a sentence each; what is no longer true is taken anew if that is wanted."""
    return [problem for picture, page in _pairs(pages)
            if (problem := _kept(picture, page, browser, write=write))]  # fmt: skip


def _pairs(pages: list[Page]) -> Iterator[tuple[PagePicture, Page]]:
    by_name = {page.name: page for page in pages}
    for picture in PICTURES:
        if picture.page in by_name:
            yield picture, by_name[picture.page]


def _kept(picture: PagePicture, page: Page, browser: Browser, *, write: bool) -> str:
    now = fingerprint(picture, _parts(page))
    if record().get(picture.file) == {"page": now, "picture": of_file(picture)}:
        return ""
    if not write:
        return (
            f"{page.name}: docs/pictures/{picture.file} is not a picture of this page as it is "
            "now: type ci/pages --write, and look at it"
        )
    _take(picture, page, browser)
    noted = record() | {picture.file: {"page": now, "picture": of_file(picture)}}
    RECORD.write_text(json.dumps(noted, indent=2, sort_keys=True) + "\n")
    print(f"pages: docs/pictures/{picture.file} is taken anew: look at it", flush=True)
    return ""


def _parts(page: Page) -> list[bytes]:
    if page.address:
        return [Path(unquote(urlsplit(page.address).path)).read_bytes()]
    return [body for _, body in page.answers.values()]


def _take(picture: PagePicture, page: Page, browser: Browser) -> None:
    """The top of the page by day, or its part."""
    browser.answers.clear()
    browser.answers.update(page.answers)
    tab = browser.tab
    tab.set_viewport_size({"width": picture.width, "height": picture.height})
    tab.emulate_media(color_scheme="light", reduced_motion="reduce")
    tab.goto(page.address or f"{browser.site}{next(iter(page.answers))}")
    FOLDER.mkdir(exist_ok=True)
    shown = tab.locator(picture.part).first if picture.part else tab
    shown.screenshot(path=FOLDER / picture.file)
