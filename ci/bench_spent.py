"""What a command printed and what it cost, as a process of its own.

The kernel counts as a child's peak what its parent held when it was begun, so the command is begun
by a small process in between: this very file.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Spent:
    """Exit code, stdout, the most memory it ever had in MB, and its own CPU."""

    exit: int
    said: bytes
    peak_mb: float
    cpu_s: float


def run_measured(command: Sequence[str], env: Mapping[str, str]) -> Spent:
    """Run the command to its end; what it writes to stderr is dropped."""
    with tempfile.NamedTemporaryFile() as figures:
        done = subprocess.run(
            [sys.executable, "-I", "-S", __file__, figures.name, *command],
            env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        peak_mb, cpu_s = json.loads(Path(figures.name).read_text())
    return Spent(done.returncode, done.stdout, peak_mb, cpu_s)


def _main(figures: str, command: Sequence[str]) -> int:
    import resource

    done = subprocess.run(command, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    Path(figures).write_text(json.dumps([used.ru_maxrss / 1024, used.ru_utime + used.ru_stime]))
    return done.returncode


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2:]))
