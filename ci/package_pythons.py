"""Every Python at hand that the package may be installed on, one of each minor version."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

MINORS = ("3.11", "3.12", "3.13", "3.14")


def find_pythons() -> dict[str, Path]:
    """The first of each minor version that runs: on PATH, else where pyenv keeps them."""
    found = {}
    for minor in MINORS:
        for candidate in _candidates(minor):
            if _is(candidate, minor):
                found[minor] = candidate
                break
        else:
            print(f"package: no Python {minor} here; not tried on it")
    return found


def _candidates(minor: str) -> Iterator[Path]:
    on_path = shutil.which(f"python{minor}")
    if on_path:
        yield Path(on_path)
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(root.glob(f"versions/{minor}.*/bin/python{minor}"), reverse=True)


def _is(python: Path, minor: str) -> bool:
    """A name on PATH may be a stub that finds nothing."""
    ask = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([python, "-c", ask], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return done.stdout.strip() == minor
