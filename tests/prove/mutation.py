"""Mutants: changes that mutmut makes of the product's heart, one at a time; a test must see each.

Which files and which tests is in mutation_files.py; what survives for a reason, in
mutation_survivors.py. The long run tries every mutant, the short one a sample of some files.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from prove.mutation_files import FILES
from prove.mutation_survivors import SURVIVORS
from prove.outcome import Outcome, Size, digest

ROOT = Path(__file__).resolve().parents[2]
DRAWN_FILES = 3
DRAWN_OF_EACH = 30
MOST_EXPLAINED = 0.05


def run(seed: int, size: Size) -> Outcome:
    """Every mutant of every file, or some of some."""
    files, sample = tuple(FILES), ()
    if size is Size.SHORT:
        files = tuple(random.Random(seed).sample(files, DRAWN_FILES))  # noqa: S311 - a sample
        sample = ("--sample", f"{DRAWN_OF_EACH}", "--seed", f"{seed}")
    n, survived, failures = 0, set[tuple[str, str]](), list[str]()
    for file in files:
        mutants = json.loads(_output([f"{ROOT / 'ci/mutmut'}", *sample, file], ""))
        verdict = verdict_of(mutants, FILES[file])
        n += len(mutants)
        failures += verdict["failed"]
        survived |= {(file, change) for change in verdict["survivors"]}
    failures += told(survived)
    if size is Size.LONG:
        failures += too_many(n)
        failures += [
            f"{file}, {change}: is seen now" for file, change in SURVIVORS.keys() - survived
        ]
    figures = {"files": len(files), "survived": len(survived)}
    return Outcome(n, tuple(failures), digest([f"{seed}", *failures]), figures)


def told(survived: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for each survivor that has no reason."""
    return [
        f"{file}, {change}: no test of {' '.join(FILES[file])} sees it"
        for file, change in sorted(survived)
        if (file, change) not in SURVIVORS
    ]


def too_many(n: int) -> list[str]:
    """What is wrong when more than a twentieth of all mutants has a reason to survive."""
    if len(SURVIVORS) <= n * MOST_EXPLAINED:
        return []
    return [f"{len(SURVIVORS)} of {n} survive with a reason; that is too many"]


def verdict_of(mutants: Sequence[dict[str, str]], tests: Sequence[str]) -> dict[str, Any]:
    """`survivors` among mutants of one file, by their changes; `failed` when nothing is shown."""
    with tempfile.TemporaryDirectory(prefix="optout-mutation-") as folder:
        words = [sys.executable, "-P", "-m", "prove.mutation_session", folder, *tests]
        found: dict[str, Any] = json.loads(_output(words, json.dumps(mutants)))
        return found


def _output(words: Sequence[str], given: str) -> str:
    # The files that are changed are the checkout's, whatever else is installed.
    path = os.pathsep.join([f"{ROOT}", f"{ROOT / 'tests'}"])
    ran = subprocess.run(
        words, cwd=ROOT, env={**os.environ, "PYTHONPATH": path}, input=given,
        stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    return ran.stdout
