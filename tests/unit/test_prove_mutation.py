"""What the suite of mutants takes for seen, and that its tables fit the product."""

from __future__ import annotations

from pathlib import Path

import pytest
from prove.mutation import told, too_many, verdict_of
from prove.mutation_files import FILES
from prove.mutation_survivors import SURVIVORS

ROOT = Path(__file__).resolve().parents[2]
GUARD = "sync/guard.py"
SOURCE = (ROOT / GUARD).read_text("utf-8")


@pytest.mark.parametrize("file", FILES)
def test_a_file_and_its_tests_are_there(file):
    assert all((ROOT / each).is_file() for each in (file, *FILES[file]))


def test_who_survives_for_a_reason_is_of_a_file_that_is_tried():
    assert {file for file, _ in SURVIVORS} <= FILES.keys()
    assert all(reason and ": " in change for (_, change), reason in SURVIVORS.items())


def test_a_survivor_without_a_reason_is_told_with_the_tests_that_should_have_seen_it():
    assert told([*SURVIVORS, (GUARD, "judge: 1 -> 2")]) == [
        f"{GUARD}, judge: 1 -> 2: no test of tests/unit/test_guard.py sees it"
    ]


def test_reasons_for_more_than_a_twentieth_are_too_many():
    assert too_many(20 * len(SURVIVORS)) == []
    assert too_many(20 * len(SURVIVORS) - 1)


def mutant(old: str, new: str, function: str = "") -> dict[str, str]:
    assert SOURCE.count(old) == 1
    return {"file": GUARD, "function": function, "change": f"{old} -> {new}",
            "source": SOURCE.replace(old, new)}  # fmt: skip


@pytest.mark.slow
def test_a_mutant_is_seen_when_a_test_fails_and_only_then():
    seen = [
        mutant("unshown > limit", "unshown >= limit", "judge"),
        mutant("LEAST_LIMIT = 500", "LEAST_LIMIT = 499"),
        mutant("shown: int = 0", "shown: int = None"),
    ]
    unseen = [
        mutant("limit = max(", "limit = 0 + max(", "judge"),
        mutant("SHRUNK_IDS = 50", "SHRUNK_IDS = 49 + 1"),
    ]
    verdict = verdict_of([*seen, *unseen], FILES[GUARD])
    assert verdict["failed"] == []
    assert sorted(verdict["survivors"]) == sorted(each["change"] for each in unseen)


@pytest.mark.slow
def test_tests_that_fail_on_the_product_as_it_is_show_nothing(tmp_path):
    failing = tmp_path / "test_failing.py"
    failing.write_text("import sync.guard\n\n\ndef test_nothing():\n    assert 1 == 2\n", "utf-8")
    verdict = verdict_of([mutant("unshown > limit", "unshown >= limit", "judge")], [f"{failing}"])
    assert verdict["failed"]
