"""Laws of the sync under every interleaving: edits of both sides, deaths, faults, drains, nights.

The oracle is what the test itself did and the org's own tables and audit, never our ledger.
`ci/prove model` runs the same machines for as long as one likes.
"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from sync_machines import NightsToo, PushesAlone, run_machine

TRACE = """
from prove.model import small_org
from prove.outcome import digest
from prove.stages import be_silent
from sync_machines import NightsToo, run_machine
be_silent()
traces = run_machine(NightsToo, small_org(), examples=2, number=5)
print(digest(call for trace in traces for call in trace))
"""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("machine", "examples"), [(PushesAlone, 12), (NightsToo, 3)])
def test_opt_outs_win_under_every_interleaving(seeded, machine, examples):
    run_machine(machine, seeded, examples=examples, number=1)


def trace_of(hash_seed: int) -> str:
    """What a run of its own process asked of the org, as a digest."""
    environ = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": ":".join(sys.path)}
    told = subprocess.run(
        [sys.executable, "-c", TRACE], env=environ, capture_output=True, text=True, check=True
    )
    return told.stdout


@pytest.mark.slow
def test_one_seed_is_one_trace_in_any_process():
    assert len({trace_of(hash_seed) for hash_seed in (1, 2)}) == 1
