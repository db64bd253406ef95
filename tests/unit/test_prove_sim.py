"""The simulator itself: one seed is one run, and what breaks a law is seen wherever it breaks."""

from __future__ import annotations

from random import Random

import pytest
import stamina
from prove import sim_world
from prove.sim import LONG_STEPS, NIGHTLY, STEPS, Ran, draw_length, run_seed, unequal
from prove.sim_moves import (
    AT_NIGHT,
    BY_DAY,
    FAULTS,
    LOST,
    MOVES,
    ROWS,
    Move,
    draw_fault,
    draw_when,
)
from prove.sim_world import make_template
from prove.worlds import memory_folder
from sqlalchemy import text

from practice_org.faults.catalogue import CODES
from sync.ledger.events import Selector

pytestmark = pytest.mark.slow

NIGHTS, DRAINS = NIGHTLY, NIGHTLY + 1  # a seed with nights, one without
SOME = 2_000


@pytest.fixture(scope="module")
def template():
    with memory_folder() as folder, stamina.set_testing(True, attempts=2, cap=True):
        yield make_template(folder)


@pytest.mark.parametrize("seed", [NIGHTS, DRAINS], ids=["a night at last", "drains alone"])
def test_a_seed_is_one_run_and_breaks_no_law(template, seed):
    first, second = (run_seed(seed, template) for _ in range(2))
    assert first.wrong == ()
    assert first == second


def test_two_seeds_are_two_runs(template):
    assert run_seed(4, template).trace != run_seed(5, template).trace


def test_a_seed_that_gives_two_runs_is_told():
    runs = [Ran(1, trace, (), frozenset()) for trace in ("a", "a")]
    assert unequal(runs) == []
    assert unequal([*runs, Ran(1, "b", (), frozenset())]) == ["seed 1 gave two runs"]


def clears(world):
    """A runner that opts somebody in."""
    record = world.oracle.records[0]
    world.house.tick(record)
    world.oracle.asked.add(record)
    told = {"HasOptedOutOfEmail": False}
    world.house.writer().send_json("PATCH", f"sobjects/Contact/{record}", told)


def reaches_too_far(world):
    """A runner that opts out somebody who never asked."""
    world.house.tick(world.oracle.records[0])


def loses(world):
    """A ledger that forgets what it was given."""
    world.a_person_unsubscribes(person="ann")
    with world.house.ledger.engine.begin() as db:
        db.execute(text("UPDATE events SET state = 'settled'"))


def bare(world):
    """Something that nothing of ours may raise."""
    raise ZeroDivisionError


BROKEN = {
    clears: "in nobody_but_a_person_opts_anybody_in",
    reaches_too_far: "in nobody_is_opted_out_who_was_never_joined_to_one_who_asked",
    loses: "in settle",
    bare: "ZeroDivisionError in bare",
}


@pytest.mark.parametrize("seed", [NIGHTS, DRAINS], ids=["a night at last", "drains alone"])
@pytest.mark.parametrize(("breaks", "where"), BROKEN.items(), ids=lambda each: str(each)[:20])
def test_a_program_that_breaks_a_law_is_seen(template, monkeypatch, breaks, where, seed):
    monkeypatch.setattr(sim_world.Simulated, breaks.__name__, breaks, raising=False)
    (wrong,) = run_seed(seed, template, [Move(breaks.__name__, 1)]).wrong
    assert where in wrong


def test_every_fault_by_day_can_be_drawn_and_a_fifth_at_least_are_lost_replies():
    draw = Random(1)  # noqa: S311 - repeatable on purpose
    drawn = [draw_fault(draw) for _ in range(SOME * 20)]
    assert set(drawn) == {*BY_DAY, *LOST, *ROWS}
    assert sum(each in LOST for each in drawn) >= len(drawn) / 5


def test_every_code_that_a_drain_or_a_night_can_meet_is_among_them():
    assert {code.partition(":")[0] for _, code in FAULTS} <= CODES.keys()
    assert len({code for _, code in FAULTS}) > 50


def test_most_schedules_are_short_and_some_are_long():
    draw = Random(1)  # noqa: S311 - repeatable on purpose
    drawn = [draw_length(draw) for _ in range(SOME)]
    assert (min(drawn), max(drawn)) == (STEPS[0], LONG_STEPS[1])
    assert SOME / 32 < sum(each > STEPS[1] for each in drawn) < SOME / 8


def test_a_night_has_faults_of_its_own():
    assert {place for place, _ in AT_NIGHT} == {
        "bulk.query.create", "bulk.query.poll", "bulk.query.results", "query.row",
    }  # fmt: skip


def test_a_schedule_with_nights_ends_with_the_fault_whose_turn_it_is(template):
    place, code = AT_NIGHT[NIGHTS // NIGHTLY]
    assert f"{code} at {place}" in run_seed(NIGHTS, template).fired


def test_a_server_keeps_its_login_until_something_goes_wrong(template):
    house = template.copy()
    house.heard, house.stays = [], True

    def logins() -> int:
        house.accept(Selector.SALESFORCE, house.contact())
        house.drain()
        return sum("/oauth2/token" in each for each in house.heard)

    assert [logins(), logins()] == [1, 1]
    house.fault("rest", "HTML_503")
    assert logins() == 1
    house.clear_faults()
    house.clock.sleep(3_600)
    assert logins() == 2


def test_every_move_has_a_weight():
    assert all(move.weight > 0 for move in MOVES)


def test_a_fault_lasts_for_some_calls():
    assert draw_when(Random(1))["times"] > 0  # noqa: S311 - repeatable on purpose
