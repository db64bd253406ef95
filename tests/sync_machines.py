"""Two machines over one world: nights beside pushes, and pushes alone, the nightly off."""

from __future__ import annotations

from contextlib import suppress

import stamina
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule, run_state_machine_as_test
from org_clock import OrgClock
from prove.worlds import memory_folder
from sync_oracle import closure
from sync_stores import kept, open_stores
from sync_world import Death, Killed, World
from walk import StepClock

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
        with suppress(OptoutError):
            self.house.night()
        self.a_drain(0)  # a night that failed may not have looked up what it was given

    @rule(calls=st.integers(0, 30), is_heard=st.booleans())
    def a_night_dies(self, calls, is_heard):
        self.house.death = Death("", calls, is_heard)
        with suppress(Killed):
            self.a_night()
        self.house.death = None
        self.a_drain(5)

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
    with memory_folder() as folder, stamina.set_testing(True, attempts=2, cap=True):
        stores = kept(*open_stores(folder, StepClock(OrgClock())))
        kind = {"seeded": seeded, "stores": stores, "traces": []}
        own = type(machine.__name__, (machine,), kind)
        run_state_machine_as_test(
            seed(number)(own),
            settings=settings(
                max_examples=examples,
                stateful_step_count=20,
                phases=(Phase.generate, Phase.shrink),
                derandomize=False,
                database=None,
                deadline=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    return own.traces
