"""Mutants: changes that mutmut makes of the product's heart, one at a time; a test must see each.

Which files and which tests is in mutation_files.py; what survives for a reason, in
mutation_survivors.py. The long run tries every mutant, the short one a sample of some files.
"""

from __future__ import annotations

import json
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
DRAWN_FILES = 2
DRAWN_OF_EACH = 20
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
        verdict = _verdict(mutants, FILES[file])
        n += len(mutants)
        failures += verdict["failed"]
        survived |= {(file, change) for change in verdict["survivors"]}
    explained = {each for each in survived if each in SURVIVORS}
    failures += told(survived)
    if size is Size.LONG and len(explained) > n * MOST_EXPLAINED:
        failures.append(f"{len(explained)} of {n} survive with a reason; that is too many")
    figures = {"files": len(files), "survived": len(survived), "explained": len(explained)}
    return Outcome(n, tuple(failures), digest([f"{seed}", *failures]), figures)


def told(survived: Iterable[tuple[str, str]]) -> list[str]:
    """A sentence for each survivor that has no reason."""
    return [
        f"{file}, {change}: no test of {' '.join(FILES[file])} sees it"
        for file, change in sorted(survived)
        if (file, change) not in SURVIVORS
    ]


def _verdict(mutants: Sequence[dict[str, str]], tests: Sequence[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="optout-mutation-") as folder:
        words = [sys.executable, "-P", "-m", "prove.mutation_session", folder, *tests]
        found: dict[str, Any] = json.loads(_output(words, json.dumps(mutants)))
        return found


def _output(words: Sequence[str], given: str) -> str:
    ran = subprocess.run(
        words, cwd=ROOT, input=given, stdout=subprocess.PIPE, text=True, check=True
    )
    return ran.stdout
