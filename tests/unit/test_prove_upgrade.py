"""The suite of stored formats: its examples open, and it sees a store that is changed or lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from prove.upgrade import KINDS, opened, refused
from prove.upgrade_made import STORED, keep, make, restore

BY_NAME = {kind.name: kind for kind in KINDS}
FIRST = STORED / "1"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_what_the_first_release_stored_opens_today(kind, tmp_path):
    restore(FIRST, tmp_path)
    assert opened(kind, tmp_path) == ""


LATER = [kind for kind in KINDS if kind.later]


@pytest.mark.parametrize("kind", LATER, ids=lambda kind: kind.name)
def test_what_a_later_program_stored_is_refused_in_one_sentence_and_left_as_it_is(kind, tmp_path):
    restore(FIRST, tmp_path)
    assert refused(kind, tmp_path) == ""


def test_every_kind_of_file_that_is_stored_is_an_example(tmp_path):
    make(tmp_path / "made")
    keep(tmp_path / "made", tmp_path / "kept")
    names = [
        {f"{path.relative_to(root)}" for path in root.rglob("*") if path.is_file()}
        for root in (tmp_path / "kept", FIRST)
    ]
    assert {name.rpartition("/")[2] for name in names[0]} == {
        name.rpartition("/")[2] for name in names[1]
    }


def nothing(_folder):
    return []


def test_a_store_that_lost_something_or_takes_a_later_format_is_seen(tmp_path):
    restore(FIRST, tmp_path)
    ledger = replace(BY_NAME["ledger"], open=nothing)
    assert "was kept" in opened(ledger, tmp_path)
    assert refused(ledger, tmp_path) == "one of a later format is taken"
