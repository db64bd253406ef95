"""The two sides of one run: asked, shown, refused, moved and counted, beside what joins them."""

from __future__ import annotations

from pathlib import Path

import pytest

from sync.ledger.aliases import Alias, AliasKind
from sync.reconcile import LOT, Reached, Sides

A, B, C, LEAD = "003A", "003B", "003C", "00QA"


@pytest.fixture
def sides():
    made = Sides(Path(":memory:"))
    yield made
    made.close()


def reach(sides: Sides, *people: Reached) -> list[set[str]]:
    """Follow whoever is reached; the ids that were asked for, lot by lot."""
    asked: list[set[str]] = []

    def holders(ids):
        asked.append(set(ids))
        return [each for each in people if set(each.salesforce_ids) & set(ids)]

    sides.close_over(holders)
    return asked


def test_ten_thousand_rows_go_at_once():
    assert LOT == 10_000


def test_a_run_works_in_a_file_of_its_own_and_within_its_memory(tmp_path):
    sides = Sides(tmp_path / "work.duckdb")
    sides.add_people([Reached("p", (A,), True)])
    kept = {
        name: sides._db.execute(f"SELECT current_setting('{name}')").fetchone()[0]
        for name in ("memory_limit", "threads", "temp_directory",
                     "autoinstall_known_extensions", "autoload_known_extensions")
    }  # fmt: skip
    sides.close()
    assert kept == {
        "memory_limit": "114.4 MiB", "threads": 2, "temp_directory": str(tmp_path / "work.tmp"),
        "autoinstall_known_extensions": False, "autoload_known_extensions": False,
    }  # fmt: skip
    assert (tmp_path / "work.duckdb").exists()
    with pytest.raises(Exception, match="closed"):
        sides.count("people")


def test_each_record_is_asked_for_once_and_each_person_taken_in_once(sides):
    p, q = Reached("p", (A, B), True), Reached("q", (B, C), False)
    sides.add_people([p])
    assert reach(sides, p, q) == [{A, B}, {C}]
    assert (sides.count("people"), sides.count("edges")) == (2, 4)
    assert reach(sides, p, q) == []


def test_many_are_taken_in_lot_by_lot(sides, monkeypatch):
    monkeypatch.setattr("sync.reconcile.LOT", 2)
    people = [Reached(f"p{at}", (f"003{at}",), False) for at in range(5)]
    sides.add_flagged((f"003{at}", True) for at in range(5))
    assert sorted(map(len, reach(sides, *people))) == [1, 2, 2]
    assert list(sides.to_people()) == [f"p{at}" for at in range(5)]
    sides.add_aliases((f"old{at}", f"003{at}") for at in range(5))
    sides.add_gone(f"gone{at}" for at in range(5))
    sides.add_parents((f"003{at}", "001") for at in range(5))
    sides.add_shown("org", (f"003{at}" for at in range(5)))
    sides.add_refused("org", (f"003{at}" for at in range(5)))
    counted = [sides.count(table) for table in ("aliases", "gone", "parents", "shown", "refused")]
    assert counted == [5] * 5
    sides.add_marked(f"p{at}" for at in range(3))
    assert list(sides.to_people()) == ["p3", "p4"]


def test_whom_the_people_side_names_are_not_all_held_before_they_are_taken_in(sides, monkeypatch):
    monkeypatch.setattr("sync.reconcile.LOT", 1)
    monkeypatch.setattr("sync.reconcile.MET", 2)
    sides.add_flagged((f"003{at}", True) for at in range(4))
    taken_in = []

    def holders(ids):
        taken_in.append(sides.count("people"))
        return [Reached(f"p{each}", (each,), False) for each in ids]

    sides.close_over(holders)
    assert taken_in == [0, 0, 2, 2]


def test_a_chain_of_single_records_is_followed_to_its_end(sides):
    chain = [Reached(f"p{at}", (f"003{at}", f"003{at + 1}"), False) for at in range(4)]
    sides.add_flagged([("0030", True)])
    assert reach(sides, *chain) == [{f"003{at}"} for at in range(5)]
    assert list(sides.to_people()) == ["p0", "p1", "p2", "p3"]


@pytest.fixture
def three(sides):
    """Three to mark, each with a record that is ticked; four records to tick of one who is out."""
    sides.add_flagged([("003x", True), ("003y", True), ("003z", True)])
    ids = {"x": ("003x",), "y": ("003y",), "z": ("003z",)}
    people = [Reached(name, held, False) for name, held in ids.items()]
    out = Reached("out", (C, LEAD, A, B), True)
    sides.add_people([out])
    reach(sides, *people, out)
    return sides


def test_writes_are_told_in_order_and_counted(three):
    assert list(three.to_people()) == ["x", "y", "z"]
    assert list(three.to_org()) == [A, B, C, LEAD]
    assert (three.writes("people"), three.writes("org")) == (3, 4)
    assert (three.sample("people"), three.sample("org", 2)) == (["x", "y", "z"], [A, B])
    assert three.opted_out() == {"org": 3, "people": 1}


def test_a_sample_is_ten(sides):
    sides.add_people([Reached("p", tuple(f"003{at:02}" for at in range(12)), True)])
    assert sides.sample("org") == [f"003{at:02}" for at in range(10)]


def test_records_that_lock_one_account_are_written_together_object_by_object(three):
    three.add_parents([(A, "001z"), (B, "001a"), (C, "001z"), (LEAD, "0010")])
    assert list(three.to_org()) == [B, A, C, LEAD]


def test_only_what_a_person_was_shown_can_be_asked_for(three):
    three.add_shown("people", ["x", "z", "elsewhere"])
    three.add_shown("org", [B, "y"])
    assert (list(three.to_people(shown_only=True)), list(three.to_people())) == (
        ["x", "z"], ["x", "y", "z"]
    )  # fmt: skip
    assert list(three.to_org(shown_only=True)) == [B]
    assert (three.writes("people", shown_only=True), three.writes("org", shown_only=True)) == (2, 1)
    assert (three.unshown("people"), three.unshown("org")) == (1, 3)


def test_what_was_refused_is_not_tried_again_on_its_side(three):
    three.add_refused("people", ["x", A])
    three.add_refused("org", [B, "y"])
    assert (list(three.to_people()), list(three.to_org())) == (["y", "z"], [A, C, LEAD])
    assert (three.unshown("people"), three.unshown("org")) == (2, 3)


def test_one_holder_of_each_record_is_told(sides):
    people = [Reached("q", (A, B), True), Reached("p", (A,), True)]
    sides.add_people(people)
    sides.add_aliases([(B, C)])
    assert sides.holder_of([A, C, LEAD]) == {A: "p", C: "q"}
    assert sides.holder_of([A]) == {A: "p"}


def moved(old: str, live: str) -> Alias:
    return Alias(old, live, AliasKind.MERGE)


@pytest.mark.parametrize(
    ("known", "aliases", "expected"),
    [
        ([], [moved(A, B)], [B]),
        ([(A, LEAD)], [moved(A, B)], [B]),
        ([(B, C)], [moved(A, B)], [C]),
        ([], [moved(A, B), moved(B, C)], [C]),
        ([], [moved(B, C), moved(A, B)], [C]),
        ([("003x", "003y")], [moved(A, B)], [B]),
    ],
)
def test_whoever_held_what_moved_is_led_to_where_it_lives(sides, known, aliases, expected):
    sides.add_people([Reached("p", (A,), True)])
    sides.add_aliases(known)
    sides.add_moved(aliases)
    assert list(sides.to_org()) == expected


def test_a_record_counts_once_however_many_hold_it_and_under_however_many_ids(sides):
    sides.add_people([Reached("p", (A,), True), Reached("q", (A, B), True)])
    sides.add_aliases([(B, C)])
    sides.add_flagged([(B, False), (C, True)])
    assert (sides.writes("org"), sides.unshown("org"), sides.opted_out()["org"]) == (1, 1, 1)
