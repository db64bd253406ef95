"""Planted bugs: each is put into a copy of the product, and a test must see it.

A suite that cannot fail shows nothing. The tests pass on the copy as it is; with the bug they must
fail, and by an assertion of their own: a bug that breaks an import is no bug that was seen.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from prove.bug import Bug
from prove.outcome import Outcome, Size, digest
from prove.planted import BUGS
from prove.pytest_runs import ROOT, not_passed, run_tests

PACKAGES = ("deployer", "sync")
SIDE_BY_SIDE = 2
_OWN_WORDS = ("assert", "AssertionError", "Failed: DID NOT RAISE")


def run(seed: int, _size: Size) -> Outcome:
    """Every bug, and first that all is well without them. The seed changes nothing here."""
    with tempfile.TemporaryDirectory(prefix="optout-mutants-") as folder:
        copy = _copy(Path(folder) / "untouched")
        every = sorted({test for bug in BUGS for test in bug.seen_by})
        if wrong := not_passed(run_tests(copy, every), every):
            return Outcome(1, tuple(f"without any bug: {each}" for each in wrong))
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            told = list(
                pool.map(
                    lambda at: list(_unseen(Path(folder) / f"{at}", BUGS[at])), range(len(BUGS))
                )
            )
    failures = tuple(
        f"{bug.name}: {each}" for bug, why in zip(BUGS, told, strict=True) for each in why
    )
    return Outcome(len(BUGS), failures, digest([f"{seed}", *failures]))


def patched(source: str, bug: Bug) -> str:
    """The file with the bug. Errors: ValueError when its place is not there exactly once."""
    if source.count(bug.old) != 1:
        raise ValueError(f"{bug.file} has its place {source.count(bug.old)} times, not once")
    return source.replace(bug.old, bug.new)


def _copy(folder: Path) -> Path:
    leave_out = shutil.ignore_patterns("__pycache__")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, folder / package, ignore=leave_out)
    return folder


def _unseen(folder: Path, bug: Bug) -> Iterator[str]:
    """Why this bug was not seen, or not for what it is."""
    copy = _copy(folder)
    file = copy / bug.file
    try:
        file.write_text(patched(file.read_text("utf-8"), bug), "utf-8")
    except ValueError as moved:
        yield str(moved)
        return
    found = run_tests(copy, bug.seen_by)
    for test in bug.seen_by:
        failures = found.get(test, [])
        if not any(said.startswith(_OWN_WORDS) for said in failures):
            yield f"{test} does not see it: {next(filter(None, failures), 'it passes')}"
