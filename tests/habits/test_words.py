"""The product speaks of itself alone, and leaves nothing open in its code."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
THIS = Path(__file__).name
PICTURES = {".png"}  # no text is in them
OPEN_MARKS = re.compile(r"\b(TODO|FIXME|XXX)\b")
HOSTS = re.compile(r"(files\.pythonhosted|pypi|registry\.npmjs|deb\.debian)\.(org|com)")
SLEEPS = re.compile(r"\btime\.sleep\(")


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this is no git checkout")
    names = [ROOT / name for name in listed.stdout.splitlines()]
    return [
        path for path in names
        if path.is_file() and path.name != THIS and path.suffix not in PICTURES
    ]  # fmt: skip


def lines_with(pattern: re.Pattern[str], suffix: str = "") -> list[str]:
    found = []
    for path in tracked():
        if path.name.endswith(suffix):
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if pattern.search(line):
                    found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    return found


def test_nothing_is_left_open():
    assert lines_with(OPEN_MARKS) == []


def test_no_registry_is_named():
    assert lines_with(HOSTS) == []


def test_no_test_sleeps():
    found = [line for line in lines_with(SLEEPS, ".py") if line.startswith("tests/")]
    assert found == []
