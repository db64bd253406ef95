# ruff: noqa: S101 - these are tests, wherever they stand
"""What every People store promises, as tests: run them on an adapter of your own.

In a test file of yours, with pytest installed:

    import pytest
    from sync.people.conformance import PeopleConformance

    class TestMyPeople(PeopleConformance):
        @pytest.fixture
        def people(self, tmp_path):
            store = MyPeople(...)   # empty
            yield store
            store.close()

    $ python -m pytest test_my_people.py

An adapter that hands changes over, to be shown by its input later, sets `hands_over = True` and
does in `confirm` what the other system does: take in what was handed over, and show it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import ClassVar

from deployer.errors import OrgSaidNo
from sync.people.model import Action, HistoryEntry, Mark, Marked, PeopleCount, Person
from sync.people.protocol import People

T = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONTACT, LEAD, OTHER = "003000000000001AAA", "00Q000000000001EAA", "003000000000002AAA"
ANN = Person("ann", "Ann@Example.COM", (CONTACT, LEAD))
BOB = Person("bob", "bob@example.com", (CONTACT,), True, T, "Manual", "asked by phone")  # noqa: FBT003 - a row
CY = Person("cy")


def _one(people: People, person_id: str) -> Person:
    (found,) = people.find([person_id])
    return found


class PeopleConformance:
    """One method a promise; `people` is an empty store."""

    hands_over: ClassVar[bool] = False

    def confirm(self, people: People) -> None:
        """Let the other system take in what was handed over and show it."""
        del people

    @property
    def taken(self) -> Marked:
        """What a mark that changes something is answered with."""
        return Marked.HANDED_OVER if self.hands_over else Marked.DONE

    def _fill(self, people: People) -> None:
        self._add(people, ANN, BOB, CY)

    def _add(self, people: People, *persons: Person) -> None:
        people.add(*persons)
        self.confirm(people)

    def _mark(self, people: People, *marks: Mark) -> list[Marked]:
        answers = people.mark(marks)
        self.confirm(people)
        return answers

    def test_an_empty_store_has_nobody(self, people: People) -> None:
        assert list(people.everybody()) == list(people.opted_out()) == []
        assert people.count() == PeopleCount(0, 0, 0)

    def test_the_identity_stays_and_is_one_line(self, people: People) -> None:
        before = people.identity()
        self._fill(people)
        assert people.identity() == before
        assert before.isprintable()
        assert before

    def test_everybody_comes_back_as_they_were_added(self, people: People) -> None:
        self._fill(people)
        found = sorted(people.everybody(), key=lambda person: person.person_id)
        assert found == [ANN, BOB, CY]

    def test_the_opted_out_are_those_who_unsubscribed_with_all_their_ids(
        self, people: People
    ) -> None:
        self._fill(people)
        self._mark(people, Mark("ann", T, "Clicked Link"))
        found = {person.person_id: person.salesforce_ids for person in people.opted_out()}
        assert found == {"ann": ANN.salesforce_ids, "bob": BOB.salesforce_ids}

    def test_holders_are_all_who_share_an_id_with_all_their_ids(self, people: People) -> None:
        self._fill(people)
        found = people.holders([CONTACT, OTHER])
        assert sorted(person.person_id for person in found) == ["ann", "bob"]
        assert ANN.salesforce_ids in [person.salesforce_ids for person in found]

    def test_any_number_of_ids_can_be_asked_for(self, people: People) -> None:
        self._fill(people)
        many = [f"003{number:012}AAA" for number in range(100, 3_000)]
        assert [p.person_id for p in people.holders([*many, LEAD])] == ["ann"]
        assert [p.person_id for p in people.find([*many, "cy"])] == ["cy"]

    def test_nothing_asked_for_is_nothing_found(self, people: People) -> None:
        self._fill(people)
        assert people.holders([]) == people.find([]) == people.find(["dora"]) == []

    def test_an_address_is_found_however_it_is_spelled(self, people: People) -> None:
        self._fill(people)
        self._add(people, Person("eva", "eva@bücher.example"))
        assert [p.person_id for p in people.find_email("  aNN@example.com ")] == ["ann"]
        assert [p.person_id for p in people.find_email("EVA@xn--bcher-kva.example")] == ["eva"]

    def test_no_address_is_nobodys(self, people: People) -> None:
        self._fill(people)
        assert people.find_email("") == people.find_email(" ") == []

    def test_two_people_may_have_one_address(self, people: People) -> None:
        self._fill(people)
        self._add(people, Person("bobby", "BOB@example.com"))
        found = people.find_email("bob@example.com")
        assert sorted(person.person_id for person in found) == ["bob", "bobby"]

    def test_a_mark_is_answered_in_order(self, people: People) -> None:
        self._fill(people)
        marks = [Mark(who, T, "Manual") for who in ("nobody", "bob", "ann", "ann")]
        again = Marked.HANDED_OVER if self.hands_over else Marked.ALREADY
        answers = [Marked.NOT_THERE, Marked.ALREADY, self.taken, again]
        assert people.mark(marks) == answers
        assert people.mark([]) == []

    def test_a_mark_keeps_its_time_source_and_reason(self, people: People) -> None:
        self._fill(people)
        self._mark(people, Mark("ann", T, "Clicked Link", "too many"))
        marked = replace(ANN, unsubscribed=True, unsubscribed_at=T, source="Clicked Link")
        assert _one(people, "ann") == replace(marked, reason="too many")

    def test_the_earliest_of_several_marks_is_kept_in_any_order(self, people: People) -> None:
        days = [Mark("", T + timedelta(days=day), f"day {day}") for day in range(3)]
        orders = {f"p{number}": marks for number, marks in enumerate(permutations(days))}
        self._add(people, *map(Person, orders))
        for person_id, marks in orders.items():
            for mark in marks:
                people.mark([replace(mark, person_id=person_id)])
        self.confirm(people)
        assert {person.source for person in people.find(orders)} == {"day 0"}

    def test_adding_again_changes_nothing(self, people: People) -> None:
        self._fill(people)
        history = people.history("bob")
        self._fill(people)
        assert (_one(people, "bob"), people.history("bob")) == (BOB, history)

    def test_adding_joins_ids_and_never_subscribes_again(self, people: People) -> None:
        self._fill(people)
        self._add(people, Person("bob", salesforce_ids=(OTHER,)))
        assert _one(people, "bob") == replace(BOB, salesforce_ids=(CONTACT, OTHER))

    def test_adding_an_unsubscribed_person_unsubscribes_a_known_one(self, people: People) -> None:
        self._fill(people)
        self._add(people, replace(ANN, unsubscribed=True, unsubscribed_at=T, source="Manual"))
        assert _one(people, "ann").unsubscribed

    def test_clearing_takes_the_unsubscription_back(self, people: People) -> None:
        self._fill(people)
        assert people.clear("bob", T, "asked for it", by="Mia") is Marked.DONE
        assert people.clear("bob", T, "asked for it", by="Mia") is Marked.ALREADY
        assert people.clear("nobody", T, "asked for it", by="Mia") is Marked.NOT_THERE
        found = _one(people, "bob")
        assert (found.unsubscribed, found.unsubscribed_at, found.source) == (False, None, "")
        assert found.salesforce_ids == BOB.salesforce_ids

    def test_the_history_tells_what_happened_when(self, people: People) -> None:
        self._add(people, CY)
        later = T + timedelta(days=3_650)
        self._mark(people, Mark("cy", later, "Clicked Link", "too many"))
        people.clear("cy", later + timedelta(hours=1), "asked for it", by="Mia")
        told = [(entry.action, entry.source, entry.reason, entry.by)
                for entry in people.history("cy")][-2:]  # fmt: skip
        assert told == [
            (Action.UNSUBSCRIBED, "Clicked Link", "too many", ""),
            (Action.RESUBSCRIBED, "", "asked for it", "Mia"),
        ]

    def test_repeated_marks_leave_one_line(self, people: People) -> None:
        self._fill(people)
        for _ in range(3):
            self._mark(people, Mark("ann", T, "Manual"))
        told = [e.action for e in people.history("ann")]
        assert told.count(Action.UNSUBSCRIBED) == 1

    def test_nobody_has_no_history(self, people: People) -> None:
        assert people.history("nobody") == []

    def test_people_are_counted_once(self, people: People) -> None:
        self._fill(people)
        assert people.count() == PeopleCount(people=3, with_id=2, unsubscribed=1)

    def test_marks_may_be_made_while_people_are_read(self, people: People) -> None:
        self._add(people, CY, *(replace(BOB, person_id=f"p{number:02}") for number in range(10)))
        seen = []
        for person in people.opted_out():
            seen.append(person.person_id)
            people.mark([Mark("cy", T, "Manual")])
        assert sorted(seen) == [f"p{number:02}" for number in range(10)]

    def test_reading_may_stop_half_way(self, people: People) -> None:
        self._fill(people)
        assert next(people.everybody()).person_id
        self._mark(people, Mark("ann", T, "Manual"))
        assert len(list(people.everybody())) == 3

    def test_texts_of_any_kind_are_kept(self, people: People) -> None:
        odd = "=1+1\t'\"; --\n\r\n\N{SNOWMAN} \U0001f600"
        # A person_id is printable wherever one is taken: events, imports, exports.
        key = "=1+1'\"; -- \N{SNOWMAN}"
        person = Person(key, "a'b@example.com", (), True, T, odd, odd)  # noqa: FBT003 - a row
        self._add(people, person)
        assert people.find([person.person_id]) == [person]


class HandingOverConformance(PeopleConformance):
    """What an adapter promises besides when it hands changes over."""

    hands_over: ClassVar[bool] = True

    def test_who_was_handed_over_is_unsubscribed_once_the_input_says_so(
        self, people: People
    ) -> None:
        self._fill(people)
        assert people.mark([Mark("ann", T, "Manual")]) == [Marked.HANDED_OVER]
        assert not _one(people, "ann").unsubscribed
        self.confirm(people)
        assert people.mark([Mark("ann", T, "Manual")]) == [Marked.ALREADY]

    def test_who_was_added_is_known_at_once(self, people: People) -> None:
        people.add(ANN)
        assert people.find(["ann"]) == people.find_email(ANN.email) == people.holders([LEAD])
        assert people.mark([Mark("ann", T, "Manual")]) == [Marked.HANDED_OVER]
        self.confirm(people)
        assert _one(people, "ann").unsubscribed

    def test_clearing_takes_the_unsubscription_back(self, people: People) -> None:
        """The other system's to do: refused here, or asked for and not done until it is shown."""
        self._fill(people)
        with suppress(OrgSaidNo):
            assert people.clear("bob", T, "asked for it", by="Mia") is Marked.HANDED_OVER
        assert _one(people, "bob").unsubscribed
        assert people.clear("ann", T, "asked for it", by="Mia") is Marked.ALREADY
        assert people.clear("nobody", T, "asked for it", by="Mia") is Marked.NOT_THERE

    def test_the_history_tells_what_happened_when(self, people: People) -> None:
        self._add(people, CY)
        self._mark(people, Mark("cy", T, "Clicked Link", "too many"))
        entry = HistoryEntry(T, Action.UNSUBSCRIBED, "Clicked Link", "too many")
        assert people.history("cy").count(entry) == 1
