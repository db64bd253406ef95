"""COVERAGE.md lists exactly the endpoints there are."""

from __future__ import annotations

import re
from pathlib import Path

import practice_org
from practice_org.app import routes

PAGE = Path(practice_org.__file__).with_name("COVERAGE.md")


def spelled(pattern):
    """A route's pattern as the page writes it."""
    for found, readable in (
        (r"v\(\?P<v>[^()]*\)|\(\?P<v>[^()]*\)", "vNN"),
        (r"\((\?P<tooling>|\?:)tooling/\)\?", "[tooling/]"),
        (r"\((\?:)?/\S+?\)\?", "[/...]"),
        (r"\(\?P<(\w+)>[^()]*\)", r"{\1}"),
    ):
        pattern = re.sub(found, readable, pattern)
    return pattern


def test_the_page_lists_every_endpoint_and_no_other():
    listed = set(re.findall(r"^\| ([A-Z]+) \| `([^`]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE))
    assert listed == {(route.method, spelled(route.pattern.pattern)) for route in routes()}
