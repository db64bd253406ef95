"""What is looked at on one page: each look gives what is not well, a sentence each."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pages_browser import Browser
from pages_made import Page

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

WIDTHS = (360, 1280)
SCHEMES = ("light", "dark")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_HEIGHT = 900
_MOST_STOPS = 600
# What sticks out of the page, apart from what scrolls by itself.
_OVERFLOW = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  const out = [...document.querySelectorAll('body *')].filter(
    (e) => e.getBoundingClientRect().right > root.clientWidth + 1 && !e.closest('[tabindex="0"]'));
  return ['the page is ' + root.scrollWidth + ' px wide: ' +
    out.slice(0, 3).map((e) => e.tagName + '.' + e.className).join(', ')];
}"""
_ABSENT = """() => [...document.images].filter((e) => e.checkVisibility() && !e.naturalWidth)
  .map((e) => e.currentSrc || e.src)"""
_UNFOLD = "document.querySelectorAll('details').forEach((each) => { each.open = true; })"
# Everything that ought to be a stop of the Tab key, numbered so that stops can be told apart.
_NUMBER = """() => {
  const wanted = [...document.querySelectorAll(
    'a[href], button, input, select, summary, [tabindex="0"]')]
    .filter((e) => e.checkVisibility({visibilityProperty: true}));
  wanted.forEach((e, n) => { e.dataset.stop = n; });
  return wanted.length;
}"""
_STOP = """() => {
  const e = document.activeElement;
  if (!e || e === document.body) return null;
  const style = getComputedStyle(e);
  const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  const box = e.getBoundingClientRect();
  const there = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {number: e.dataset.stop ?? null, seen: seen && there, html: e.outerHTML.slice(0, 90)};
}"""
_HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4, h5')].map((e) => e.textContent)"


def look_at(page: Page, browser: Browser, axe: Path, shots: Path) -> list[str]:
    """Everything that is not well on one page."""
    found: list[str] = []
    browser.answers.clear()
    browser.answers.update(page.answers)
    address = page.address or f"{browser.site}{next(iter(page.answers))}"
    served = {f"{browser.site}{path}" for path in page.answers}
    for width in WIDTHS:
        for scheme in SCHEMES:
            how = f"{width} {scheme}"
            browser.forget()
            tab = browser.tab
            tab.set_viewport_size({"width": width, "height": _HEIGHT})
            tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            tab.goto(address)
            shot = shots / f"{page.name}-{width}-{scheme}.png"
            tab.screenshot(path=shot, full_page=page.whole)
            found += [f"{how}: {said}" for said in tab.evaluate(_OVERFLOW)]
            found += [f"{how}: a picture is not there: {url}" for url in tab.evaluate(_ABSENT)]
            if width == WIDTHS[-1] and scheme == SCHEMES[0]:
                found += _keyboard(tab)
                found += _printed(page, tab, shots)
            tab.evaluate(_UNFOLD)
            found += [f"{how}: {said}" for said in tab.evaluate(_OVERFLOW)]
            found += [f"{how}: {said}" for said in _accessible(tab, axe, (width, scheme))]
            found += [f"{how}: the browser says {said}" for said in browser.said]
            extra = [
                url for url in browser.asked if url.partition("?")[0] not in {address, *served}
            ]
            found += [f"{how}: it asked for {url}" for url in extra]
    return list(dict.fromkeys(found))


def _accessible(tab: Tab, axe: Path, how: tuple[int, str]) -> Iterator[str]:
    """The rules of axe: all of them on a phone by day, those of colour in every other way."""
    only = {"type": "tag", "values": _RULES}
    if how != (WIDTHS[0], SCHEMES[0]):
        only = {
            "type": "rule",
            "values": ["color-contrast", "target-size", "scrollable-region-focusable"],
        }
    tab.evaluate(axe.read_text("utf-8"))
    options = json.dumps({"runOnly": only, "resultTypes": ["violations"], "preload": False})
    for violation in tab.evaluate(f"axe.run(document, {options})")["violations"]:
        nodes = violation["nodes"]
        yield (
            f"{violation['id']}: {violation['help']}: {len(nodes)} times, as in "
            f"{nodes[0]['html'][:200]}"
        )


def _keyboard(tab: Tab) -> list[str]:
    """Tab comes to every thing one can do something with, and one sees where one is."""
    count = tab.evaluate(_NUMBER)
    reached: set[str] = set()
    unseen: list[str] = []
    for _ in range(min(count, _MOST_STOPS) + 1):
        tab.keyboard.press("Tab")
        stop = tab.evaluate(_STOP)
        if stop is None or stop["number"] in reached:
            break
        reached.add(stop["number"])
        if not stop["seen"]:
            unseen.append(f"keyboard: one does not see that the focus is on {stop['html']}")
    if count <= _MOST_STOPS and len(reached) != count:
        unseen.append(f"keyboard: Tab reaches {len(reached)} of {count} things")
    return unseen + _folding(tab)


def _folding(tab: Tab) -> list[str]:
    """Enter opens what is folded and folds it again."""
    summary = tab.locator("details > summary").first
    if not summary.count():
        return []
    is_open = "summary => summary.parentElement.open"
    before = summary.evaluate(is_open)
    summary.press("Enter")
    if summary.evaluate(is_open) == before:
        return ["keyboard: Enter does not open or fold a part"]
    summary.press("Enter")
    return []


def _printed(page: Page, tab: Tab, shots: Path) -> list[str]:
    """Every heading is on paper, those of folded parts too."""
    headings = [_bare(each) for each in tab.evaluate(_HEADINGS)]
    tab.emulate_media(media="print", color_scheme="light")
    paper = shots / f"{page.name}.pdf"
    tab.pdf(path=paper, format="A4", prefer_css_page_size=True)
    tab.emulate_media(media="screen")
    told = subprocess.run(
        ["pdftotext", "-raw", str(paper), "-"], capture_output=True, check=True, text=True
    ).stdout
    printed = _bare(told)
    lost = [each for each in headings if each.isascii() and each not in printed]
    return [f"print: {len(lost)} headings are not on paper, as {lost[0]}"] if lost else []


def _bare(text: str) -> str:
    return re.sub(r"[\s\x0c\u00ad-]+", "", text)
