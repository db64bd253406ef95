"""Two machines over one world: nights beside pushes, and pushes alone, the nightly off."""

from __future__ import annotations

import stamina
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from sync_oracle import closure
from sync_world import World

from deployer.errors import OptoutError

DAY = 86_400


class PushesAlone(World):
    """The nightly is switched off: what is accepted arrives by drains alone."""

    def settle(self):
        for _ in range(2):
            self.house.clock.sleep(DAY)
            self.house.drain()
            self.oracle.looked_up()
        assert self.oracle.missed(self.oracle.owed) == set()


class NightsToo(World):
    """Whichever side is opted out, one night marks the other, and a second one writes nothing."""

    @initialize()
    def a_person_has_seen_the_first_run(self):
        self.house.adopt()

    @rule()
    def a_night(self):
        self.house.clock.sleep(DAY)
        self.oracle.begins()
        try:
            self.house.night()
        except OptoutError:
            self.oracle.fresh.clear()
        else:
            self.oracle.looked_up()

    def settle(self):
        self.house.clock.sleep(DAY)
        asserted = self.oracle.asserted()
        self.house.night()
        held = self.oracle.held()
        takes_part = closure(held, asserted) & set().union(*held)
        assert self.oracle.missed(self.oracle.owed | takes_part) == set()
        self.house.clock.sleep(DAY)
        assert self.house.night().writes == {"salesforce": 0, "people": 0}


def run_machine(machine: type[World], seeded, *, examples: int, number: int) -> list[list[str]]:
    """Run so many examples of a machine; what each of them asked of the org.

    The same number gives the same run. Errors: the assertion that failed, with the shortest way
    there in its notes.
    """
    own = type(machine.__name__, (machine,), {"seeded": seeded, "traces": []})
    with stamina.set_testing(True, attempts=2, cap=True):
        run_state_machine_as_test(
            seed(number)(own),
            settings=settings(
                max_examples=examples,
                stateful_step_count=14,
                phases=(Phase.generate, Phase.shrink),
                derandomize=False,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    return own.traces
