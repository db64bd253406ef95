"""A page with a fault of every kind: a look that overlooks one of them proves nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pages_made import Page

# What is wrong, and the words with which a look says so.
_FAULTS = {
    "a box wider than a phone": "360 light: the page is 908 px wide: DIV",
    "pale letters by day": "360 light: color-contrast",
    "pale letters by night": "1280 dark: color-contrast",
    "a picture from elsewhere": "it asked for https://planted.invalid/x.png",
    "a picture that is not there": "a picture is not there: https://planted.invalid/x.png",
    "a script that fails": "the browser says error: planted",
    "a control without a name": "button-name",
    "a link that Tab passes by": "keyboard: Tab reaches",
    "a focus that is not seen": "keyboard: one does not see that the focus is on",
    "a part that is not printed": "print: 1 headings are not on paper, as Folded",
}
_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Planted</title>
<meta name="viewport" content="width=device-width"><style>
:focus { outline: none; } .pale { color: #bbb; background: #fff; }
@media (prefers-color-scheme: dark) { .pale { color: #444; background: #111; } }
</style></head><body><main><h1>Planted</h1><div style="width: 900px">wide</div>
<p class="pale">pale</p><img alt="" src="https://planted.invalid/x.png"><button></button>
<a href="#a" tabindex="-1">passed by</a><details><summary>Fold</summary><h2>Folded</h2></details>
<script>throw new Error("planted")</script></main></body></html>
"""


def planted_page(folder: Path) -> Page:
    """The page, written below this folder."""
    path = folder / "planted.html"
    path.write_text(_PAGE, "utf-8")
    return Page("planted", path.as_uri())


def overlooked(found: Iterable[str]) -> None:
    """Errors: SystemExit naming each fault that was not found."""
    told = "\n".join(found)
    missed = [fault for fault, words in _FAULTS.items() if words not in told]
    if missed:
        raise SystemExit(f"pages: overlooked on a page that has it: {', '.join(missed)}\n{told}")
