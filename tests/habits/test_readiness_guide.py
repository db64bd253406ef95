"""The guide to readiness names every check, as the program asks it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from deployer.commands.readiness import command
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.checks.package import CHECK_DEPLOY

GUIDE = (Path(__file__).parents[2] / "docs" / "operating" / "readiness.md").read_text()
ALL = (*CHECKS, CHECK_DEPLOY)


@pytest.mark.parametrize("check", ALL, ids=lambda check: check.id)
def test_a_check_has_its_row(check):
    row = f"| {check.id} | {check.title} | {check.question} | {check.severity.value} |"
    assert row in GUIDE.splitlines()


def test_no_row_is_about_a_check_that_is_gone():
    assert re.findall(r"^\| (C\d+) \|", GUIDE, re.MULTILINE) == sorted(check.id for check in ALL)


def test_every_option_that_the_guide_shows_is_one():
    known = {name for option in command.params for name in option.opts}
    assert set(re.findall(r"--[a-z][a-z-]+", GUIDE)) <= known
