"""ARCHITECTURE.md names things, and the things it names exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MOST_LINES = 200
PATH = re.compile(
    r"`((?:deployer|metadata_templates|practice_org|sync|tests|ci|docs|\.ci)/[\w./*-]*)`"
)
NAME = re.compile(r"`((?:deployer|practice_org)/[\w/]+\.py):(\w+)`")
PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md", "README.md")


def test_it_is_short_enough_to_be_read():
    assert len((ROOT / "ARCHITECTURE.md").read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("page", PAGES)
def test_every_path_it_names_exists(page: str):
    named = PATH.findall((ROOT / page).read_text())
    assert [name for name in named if not list(ROOT.glob(name.rstrip("/")))] == []


@pytest.mark.parametrize("page", PAGES)
def test_every_function_it_names_exists(page: str):
    missing = [
        f"{path}:{name}"
        for path, name in NAME.findall((ROOT / page).read_text())
        if not re.search(rf"(def|class) {name}\b", (ROOT / path).read_text())
    ]
    assert missing == []


def test_every_room_is_described():
    text = (ROOT / "ARCHITECTURE.md").read_text()
    rooms = [
        f"{path.relative_to(ROOT)}/"
        for package in ("deployer", "practice_org")
        for path in (ROOT / package).iterdir()
        if path.is_dir() and path.name != "__pycache__"
    ]
    assert [room for room in rooms if room not in text] == []
