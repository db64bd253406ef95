"""The sync's laws once more, with resubscribes among everything else, some of them killed."""

from __future__ import annotations

import pytest
from sync_machines import run_machine
from sync_resubscribing import NightsAndResubscribes, PushesAndResubscribes


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("machine", "examples"), [(PushesAndResubscribes, 12), (NightsAndResubscribes, 4)]
)
def test_only_a_resubscribe_clears_and_no_opt_out_is_lost_by_one(seeded, machine, examples):
    run_machine(machine, seeded, examples=examples, number=1)
