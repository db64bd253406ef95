"""Whatever an operator may be told of has its entry in the operator's guide."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.checks.catalogue import CHECKS
from sync.status import Word

GUIDE = Path(__file__).resolve().parents[2] / "docs" / "operating"


def entry(page: str, title: str) -> str:
    _, found, after = (GUIDE / page).read_text().partition(f"# {title}\n")
    assert found, f"{page} has no entry {title}"
    return after.split("\n#")[0]


@pytest.mark.parametrize("word", Word)
def test_an_alert_says_what_it_means_what_is_at_risk_and_what_to_type(word: Word):
    said = entry("serve.md", word.value)
    assert [part for part in ("**Means**", "**At risk:**", "**Type**") if part not in said] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_a_check_links_to_its_own_entry(check):
    page, _, anchor = check.link.partition("#")
    assert (page, anchor) == ("docs/operating/checks.md", check.id.lower())
    assert entry("checks.md", check.id).strip()
