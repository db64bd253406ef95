"""The guide to logins names every kind, every refusal, and only options that there are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployer.commands.org import command
from deployer.salesforce.login_refusals import LOGIN_ROWS
from deployer.settings.org_tables import LoginKind

GUIDE = (Path(__file__).parents[2] / "docs" / "operating" / "logins.md").read_text()
SPANS = [*re.findall(r"`([^`\n]+)`", GUIDE), *GUIDE.splitlines()]


@pytest.mark.parametrize("kind", LoginKind, ids=lambda kind: kind.value)
def test_a_kind_has_its_steps_and_the_command_to_type(kind):
    assert f"\n### {kind.value}\n" in GUIDE
    assert f"optout org login {kind.value} " in GUIDE


@pytest.mark.parametrize("row", LOGIN_ROWS, ids=lambda row: f"{row.code}/{row.sentence}")
def test_a_refusal_has_its_row(row):
    rows = [line for line in GUIDE.splitlines() if line.startswith(f"| `{row.code}`")]
    assert any(line.endswith(f" | {row.sentence} | {row.hint} |") for line in rows)


def options_of(words: list[str]) -> set[str]:
    """The options of the command that these words (org, then what follows) begin with."""
    found = command
    for word in words[1:]:
        below = getattr(found, "commands", {})
        if word not in below:
            break
        found = below[word]
    return {name for option in found.params for name in option.opts}


def test_every_option_of_a_command_that_the_guide_shows_is_one():
    shown = [span[span.index("optout org ") :].partition("#")[0] for span in SPANS
             if re.match(r"(\w+=\S+ )?optout org ", span)]  # fmt: skip
    assert len(shown) > 10
    for line in shown:
        words = line.split()[1:]
        assert set(re.findall(r"(?<!\S)--[a-z][a-z-]+", line)) <= options_of(words), line
