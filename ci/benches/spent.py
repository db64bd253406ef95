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
    """Exit code, stdout, stderr, and what it and its children took.

    Seconds by the clock and of CPU; `peak_mb` is the most memory that any one of its processes
    ever had.
    """

    exit: int
    said: bytes
    complained: bytes
    peak_mb: float
    cpu_s: float
    wall_s: float


def run_measured(
    command: Sequence[str | Path], env: Mapping[str, str], cwd: Path | None = None
) -> Spent:
    """Run the command to its end."""
    with tempfile.NamedTemporaryFile() as figures:
        done = subprocess.run(
            [sys.executable, "-I", "-S", __file__, figures.name, *command],
            env=env, cwd=cwd, capture_output=True, check=False,
        )  # fmt: skip
        peak_mb, cpu_s, wall_s = json.loads(Path(figures.name).read_text())
    return Spent(done.returncode, done.stdout, done.stderr, peak_mb, cpu_s, wall_s)


def _main(figures: str, command: Sequence[str]) -> int:
    import resource
    import time

    begun = time.perf_counter()
    done = subprocess.run(command, check=False)
    wall_s = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = [used.ru_maxrss / 1024, used.ru_utime + used.ru_stime, wall_s]
    Path(figures).write_text(json.dumps(took))
    return done.returncode


if __name__ == "__main__":
    sys.exit(_main(sys.argv[1], sys.argv[2:]))
