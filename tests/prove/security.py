"""Every control that SECURITY.md names, shown by its test; the pipelines; who may read our files.

The page says of each threat which tests show its control; this runs them all. `zizmor` looks at the
pipeline that we ship to others. Every file that the product makes is made once, under a umask that
would leave it open to anybody, and must be its owner's alone.
"""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from prove.outcome import Outcome, Size, digest
from prove.pytest_runs import ROOT, not_passed, run_tests
from prove.security_files import make_every_file
from prove.stages import be_silent

PROOF = re.compile(r"`(tests/[\w/]+\.py::\w+)`")
PIPELINE = ROOT / "ci" / "pipelines" / "github.yml"
# Read by others by design: a certificate of the practice org is no secret.
OPEN_TO_ALL = frozenset({"ca.pem", "leaf.pem"})


def run(seed: int, _size: Size) -> Outcome:
    """The tests, the pipelines and the files; the seed changes nothing here."""
    be_silent()
    tests = proofs()
    with tempfile.TemporaryDirectory(prefix="optout-security-") as folder:
        wrong = not_passed(run_tests(Path(folder), tests), tests)
    wrong += list(pipelines(PIPELINE))
    with tempfile.TemporaryDirectory(prefix="optout-security-") as folder:
        before = os.umask(0)
        try:
            made = make_every_file(Path(folder) / "home")
        finally:
            os.umask(before)
        wrong += list(open_to_others(made))
        count = sum(1 for path in made.rglob("*"))
    return Outcome(len(tests) + 1 + count, tuple(wrong), digest([f"{seed}", *tests, *wrong]))


def proofs() -> list[str]:
    """The tests that SECURITY.md names, each once."""
    return sorted(set(PROOF.findall((ROOT / "SECURITY.md").read_text("utf-8"))))


def pipelines(file: Path) -> Iterator[str]:
    """What zizmor finds in a pipeline, a sentence for each."""
    beside = Path(sys.executable).parent
    zizmor = shutil.which("zizmor", path=f"{beside}") or shutil.which("zizmor")
    if zizmor is None:
        yield "zizmor is not there: ci/setup"
        return
    ran = subprocess.run(
        [zizmor, "--offline", "--persona", "auditor", "--quiet", "--format", "github", file],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        yield f"zizmor: {(ran.stdout or ran.stderr).strip()[:2_000]}"


def open_to_others(folder: Path) -> Iterator[str]:
    """The files and folders that anybody but their owner may reach."""
    for path in sorted(folder.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & 0o077 and path.name not in OPEN_TO_ALL:
            yield f"{path.relative_to(folder)} has mode {mode:o}"
