"""Hostile inputs at every door: a refusal of ours in good time, and nothing half done.

What a door may do with an input is take it or refuse it: by an error of ours that has a hint and,
where there is a file, its place, with an exit code of the door's. It leaves no draft behind, takes
no more than two seconds of the processor, and all of them together stay below 256 MB.
"""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
import time
from pathlib import Path
from random import Random

from prove.badinput_commands import commands
from prove.badinput_doors import DOORS, FUZZED, Door
from prove.memory import peak
from prove.outcome import Outcome, Size, digest
from prove.pytest_runs import ROOT
from prove.stages import be_silent
from prove.worlds import memory_folder

from deployer.errors import OptoutError

MOST_S = 2.0
MOST_MB = 256
FUZZ_S = 100
TIMES = {Size.SHORT: 1, Size.LONG: 20}


def run(seed: int, size: Size) -> Outcome:
    """So many inputs for each door, and commands on files of them.

    The long run makes 20 times as many, and fuzzes some of the readers.
    """
    be_silent()
    told: list[str] = []
    wrong: list[str] = []
    with memory_folder() as folder, peak() as grown_mb:
        for door in DOORS:
            for number in range(door.count * TIMES[size]):
                said = feed(door, seed, number, folder)
                told.append(said)
                wrong += [] if said.startswith(("taken", "refused")) else [said]
        for said in commands(seed, TIMES[size], folder):
            told.append(said)
            wrong += [] if said.startswith("ok") else [said]
        grown = grown_mb()
    if size is Size.LONG:
        for door in FUZZED:
            told.append(said := fuzzed(door, seed))
            wrong += [said] if said else []
    if grown > MOST_MB:
        wrong.append(f"memory grew by {grown:.0f} MB")
    return Outcome(len(told), tuple(wrong), digest(told))


def fuzzed(door: str, seed: int) -> str:
    """What the fuzzer found at this door in FUZZ_S seconds; "" when it is nothing."""
    words = [f"{ROOT / 'ci' / 'fuzz'}", door, "--secs", f"{FUZZ_S}", "--seed", f"{seed}"]
    ran = subprocess.run(words, capture_output=True, text=True, check=False, errors="replace")
    if not ran.returncode:
        return ""
    lines = [line for line in (ran.stdout + ran.stderr).splitlines() if "Error" in line]
    return f"fuzzing {door}: {(lines or ['it ended badly'])[0][:500]}"


def made(door: Door, seed: int, number: int) -> bytes:
    """The input of this number: the same in any process, whatever other doors there are."""
    return door.make(Random(f"{door.name}:{seed}:{number}"))  # noqa: S311 - repeatable on purpose


def feed(door: Door, seed: int, number: int, room: Path) -> str:
    """What came of one input: "taken", "refused ...", or what is wrong."""
    data = made(door, seed, number)
    with tempfile.TemporaryDirectory(dir=room) as folder:
        begun = time.process_time()
        said = look(door, data, Path(folder))
        took = time.process_time() - begun
        drafts = [path.name for path in Path(folder).rglob(".*.*")]
    name = f"{door.name} {number} ({len(data)} bytes, {hashlib.sha256(data).hexdigest()[:12]})"
    if took > MOST_S:
        return f"{name}: it took {took:.1f} s"
    if drafts:
        return f"{name}: drafts are left: {drafts}"
    return said if said.startswith(("taken", "refused")) else f"{name}: {said}"


def look(door: Door, data: bytes, folder: Path) -> str:
    """What the door says to these bytes."""
    try:
        door.read(data, folder)
    except OptoutError as refused:
        return f"refused {refused.code}" if not (bad := _badly(door, refused)) else bad
    except Exception as bug:  # noqa: BLE001 - which is what is looked for
        return f"a bug: {type(bug).__name__}: {str(bug)[:200]!r}"
    return "taken"


def _badly(door: Door, refused: OptoutError) -> str:
    if refused.exit not in door.exits:
        return f"exit {int(refused.exit)}: {refused}"
    if door.placed and not refused.where:
        return f"it does not say where: {refused}"
    return "" if refused.hint else f"it does not say what to do: {refused}"
