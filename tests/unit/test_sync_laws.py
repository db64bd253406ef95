"""Laws of the sync under every interleaving: edits of both sides, deaths, faults, drains, nights.

The oracle is what the test itself did and the org's own tables and audit, never our ledger.
"""

from __future__ import annotations

import pytest
from sync_machines import NightsToo, PushesAlone, run_machine


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("machine", "examples"), [(PushesAlone, 60), (NightsToo, 15)])
def test_opt_outs_win_under_every_interleaving(seeded, machine, examples):
    run_machine(machine, seeded, examples=examples, number=1)
