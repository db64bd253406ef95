"""Resubscribes in the world of the sync's laws: the only ones who may clear, and what they owe."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from resubscribe_house import ask
from sync_machines import NightsToo, PushesAlone
from sync_oracle import Oracle, closure
from sync_world import PEOPLE, Killed, numbers
from walk import StepClock

from deployer.errors import OptoutError
from sync.ledger.fences import ResubscribeState, Standing


class TickingClock(StepClock):
    """Never twice the same moment: what comes after a resubscribe began is not a tie with it."""

    def now(self):
        self.org_clock.move(microseconds=1)
        return super().now()


@dataclass
class ResubscribeOracle(Oracle):
    """`silent` are dead records, ticked, that a resubscribe has covered: they assert nothing.

    `closed` are all that one has covered: what was received before it is not written there.
    """

    silent: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)

    def covered(self, person: str) -> set[str]:
        """The person and whatever is opted out of what is joined to them now."""
        members = closure(self.held(), {person})
        return {each for each in members if each in self.out() or self._is_ticked(each)}

    def cleared(self, members) -> None:
        """These were cleared: nothing of before is owed to them, and nobody of them has asked."""
        covered = {each.key for each in members if each.standing is not Standing.UNSEEN}
        self.silent |= {each.key for each in members if each.standing is Standing.DEAD}
        self.closed |= covered
        self.owed -= {each for each in self.owed if {each, self.chain(each)[-1]} & covered}
        for known in (self.asked, self.stays, self.fresh, self.waiting):
            known.difference_update(covered)
        # A row that its reading did not show yet is not covered: it asserts by itself.
        self.asked |= {*self.out(), *filter(self.ticked, self.records)} - covered

    def taken_back(self, out: set[str]) -> None:
        """These were opted out, and are to be again; until a drain has run they may not be."""
        self.stays -= out
        self.owed |= out
        self.asked |= out

    def dies(self, record: str, became: str) -> None:
        """What lives on in a closed record is opted out by the next night, by no drain."""
        super().dies(record, became)
        ends = {each: self.chain(each) for each in self.owed}
        self.owed -= {each for each, chain in ends.items()
                      if record in chain and chain[-1] in self.closed}  # fmt: skip

    def hold(self, person: str, record: str) -> None:
        """An event that waited for this owes nothing to those whom a resubscribe has closed."""
        waited, before = person in self.waiting, set(self.owed)
        super().hold(person, record)
        self.owed -= self.closed - before if waited else set()

    def lives_again(self, record: str) -> None:
        super().lives_again(record)
        self.silent.discard(record)
        if self.ticked(record):  # by somebody, before it died: that is said once more
            self.asked.add(record)

    def asserted(self) -> set[str]:
        said = super().asserted()
        others = {each for each in self.records if self.ticked(each)} - self.silent
        awake = {self.chain(each)[-1] for each in self.out() | others | self.owed}
        return said & awake

    def _is_ticked(self, key: str) -> bool:
        return self._is_record(key) and key not in self.dead and self.ticked(key)


class Resubscribing:
    """The rules of a resubscribe, to be mixed into a machine over the world."""

    clock = TickingClock

    def __init__(self):
        super().__init__()
        self.oracle = ResubscribeOracle(self.house, self.store, self.oracle.records)
        self.opted_in = 0

    @rule(number=numbers)
    def a_person_is_resubscribed(self, number):
        if not self.oracle.addressed:  # else nobody can tell yet whom an address will mean
            out = [person for person in PEOPLE if self.oracle.covered(person)]
            if not out:
                out = [PEOPLE[number % len(PEOPLE)]]
                self.the_people_side_marks_somebody(out[0])
            before = self.house.opt_ins()
            try:
                self._ask(out[number % len(out)])
            finally:
                self.opted_in += self.house.opt_ins() - before

    def _ask(self, person):
        out = self.oracle.covered(person)
        try:
            with suppress(OptoutError):
                ended = ask(self.house, person)
                if ended.state is ResubscribeState.CLEARED:
                    self.oracle.cleared(ended.component.members.values())
                elif ended.state is not None:
                    self.oracle.taken_back(out)
        except Killed:
            self.oracle.taken_back(out)
            raise

    @rule(number=numbers, call=st.sampled_from(("PATCH", *range(11, 20))), is_heard=st.booleans())
    def a_resubscribe_dies(self, number, call, is_heard):
        """At the write to the org, or at this call of any kind."""
        answer, made = self.house.answer, []

        def dying(asked):
            made.append(asked.method)
            dies = call in (asked.method, len(made))
            said = answer(asked) if is_heard or not dies else None
            if dies:
                raise Killed
            return said

        self.house.answer = dying
        with suppress(Killed):
            self.a_person_is_resubscribed(number)
        self.house.answer = answer

    @rule(winner=numbers, loser=numbers)
    def who_opted_out_is_merged_into_another(self, winner, loser):
        """Then the bin alone says so, as it does of those whom a resubscribe has silenced."""
        live = self.oracle.live_contacts()
        self.somebody_edits_the_box(self.oracle.records.index(live[loser % len(live)]), True)
        self.two_contacts_are_merged(winner, loser)

    @invariant()
    def nobody_but_a_person_opts_anybody_in(self):
        assert self.house.opt_ins() == self.opted_in
        assert self.oracle.stays <= self.oracle.out()


class NightsAndResubscribes(Resubscribing, NightsToo):
    """Nights, pushes and resubscribes."""


class PushesAndResubscribes(Resubscribing, PushesAlone):
    """Pushes and resubscribes, the nightly off."""
