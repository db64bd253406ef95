"""The sync's laws once more, with resubscribes among everything else, some of them killed."""

from __future__ import annotations

import pytest
from sync_machines import run_machine
from sync_resubscribing import PushesAndResubscribes


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_only_a_resubscribe_clears_and_no_opt_out_is_lost_by_one(seeded):
    run_machine(PushesAndResubscribes, seeded, examples=12, number=1)
