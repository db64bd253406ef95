"""Fuzz one door, guided by coverage. Exit 1 when it found something: the input is then told.

What is found belongs into the table of tests/unit/test_prove_badinput.py, named after its symptom.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["deployer", "sync"]):
    from prove.badinput import look, made
    from prove.badinput_doors import DOORS

from prove.stages import be_silent

BEGUN_FROM = 200  # inputs


def main() -> None:
    chosen = _arguments()
    be_silent()
    door = next(door for door in DOORS if door.name == chosen.door)

    def one(data: bytes) -> None:
        with tempfile.TemporaryDirectory(dir=room) as folder:
            said = look(door, data, Path(folder))
        if not said.startswith(("taken", "refused")):
            raise AssertionError(f"{door.name}: {said}: {data[:300]!r}")

    with tempfile.TemporaryDirectory(prefix="optout-fuzz-") as room:
        corpus = Path(room) / "corpus"
        corpus.mkdir()
        for number in range(BEGUN_FROM):
            (corpus / f"{number}").write_bytes(made(door, chosen.seed, number)[:4_096])
        options = [
            f"-max_total_time={chosen.secs}", f"-seed={chosen.seed}", "-timeout=5", "-max_len=4096",
            "-rss_limit_mb=1024", "-close_fd_mask=0", f"-artifact_prefix={room}/", "-verbosity=0",
            "-print_final_stats=1",
        ]  # fmt: skip
        atheris.Setup([sys.argv[0], *options, f"{corpus}"], one)
        atheris.Fuzz()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ci/fuzz", description=__doc__)
    parser.add_argument("door", choices=[door.name for door in DOORS])
    parser.add_argument("--secs", type=int, default=60, help="how long")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


main()
