"""The pictures of README and docs/ are what the product shows: made again here, and compared."""

from __future__ import annotations

import html
import re
from pathlib import Path

import page_pictures
import pytest
from page_pictures import PICTURES
from status_pages import status_pages
from terminal_picture import FOLDER, ROOT, TERMINALS, draw_terminal

# The command that draws each page of which there is a picture; the runner's own page has none.
COMMANDS = {
    "before": ("readiness",),
    "plan": ("plan", "--assign", "layout-users", "--lightning-pages"),
}
SHOWN = re.compile(r"!\[([^\]]*)\]\(([^)\s]*pictures/[^)\s]+)\)")
ALTERNATIVE = 60


@pytest.mark.parametrize(("file", "words", "lines"), TERMINALS, ids=str)
def test_a_terminal_picture_is_what_the_command_prints(org_now, file, words, lines):
    assert org_now
    assert (FOLDER / file).read_text() == draw_terminal(words, lines), "type: ci/pictures"


def parts(page: str, folder: Path, run) -> list[bytes]:
    """What a page is made of now."""
    if page not in COMMANDS:
        answers = dict(status_pages(folder))[page]
        return [body for _, body in answers.values()]
    verb, *words = COMMANDS[page]
    path = folder / "page.html"
    assert run(verb, "--org", "practice", "--html", str(path), *words)[0] in {0, 1}
    return [path.read_bytes()]


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.file)
def test_a_page_is_still_the_one_that_its_picture_was_taken_of(picture, org_now, run, tmp_path):
    assert org_now
    now = page_pictures.fingerprint(picture, parts(picture.page, tmp_path, run))
    assert page_pictures.record()[picture.file]["page"] == now, "type: ci/pages --write"


def test_another_word_on_a_page_asks_for_another_picture_and_another_time_does_not():
    def taken(said: str, at: str) -> str:
        page = f'<p>{said}</p><time datetime="{at}T09:00">{at}</time><footer>{at}</footer>'
        return page_pictures.fingerprint(PICTURES[0], [page.encode()])

    assert taken("ready", "2026-11-30") == taken("ready", "2027-01-02")
    assert taken("ready", "2026-11-30") != taken("not ready", "2026-11-30")


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.file)
def test_a_page_picture_is_the_one_that_was_taken_and_small(picture):
    body = (FOLDER / picture.file).read_bytes()
    assert body.startswith(b"\x89PNG\r\n")
    assert len(body) <= page_pictures.LARGEST
    assert page_pictures.record()[picture.file]["picture"] == page_pictures.of_file(picture)


def shown() -> list[tuple[str, Path]]:
    """Each picture that README or a page of docs/ shows: the words in its place, and its file."""
    pages = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return [(words, (page.parent / link).resolve())
            for page in pages for words, link in SHOWN.findall(page.read_text())]  # fmt: skip


def test_every_picture_is_made_here_and_shown_somewhere():
    made = {FOLDER / name for name in (*(row[0] for row in TERMINALS), *(p.file for p in PICTURES))}
    assert {path for _, path in shown()} == made
    assert set(FOLDER.iterdir()) == made | {page_pictures.RECORD}


def test_whoever_does_not_see_a_picture_reads_what_is_on_it():
    assert [path.name for words, path in shown() if len(words) < ALTERNATIVE] == []


def test_the_words_in_place_of_readmes_picture_say_what_the_command_says():
    words = next(words for words, path in shown() if path.name == "readiness.svg")
    drawn = html.unescape((FOLDER / "readiness.svg").read_text()).replace("\xa0", " ")
    assert re.search(r"NOT READY: \d+ of \d+ checks fail", words)[0] in drawn


@pytest.mark.parametrize("file", [row[0] for row in TERMINALS])
def test_a_terminal_picture_fetches_nothing_and_runs_nothing(file):
    drawn = (FOLDER / file).read_text().replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert re.findall(r"https?:|@import|<script|href", drawn) == []
