"""What the benchmark compares: the same files for every tool, and lists that are looked at."""

import pytest
from benches.peers.reconcile import by_sets, by_sqlite
from benches.stage.reconcile_ours import main as by_ours
from benches.stage.reconcile_sets import Sets

PEOPLE = 2_000


@pytest.fixture(name="sets")
def written(tmp_path):
    sets = Sets(tmp_path / "sets", PEOPLE)
    sets.write()
    return sets


@pytest.mark.parametrize("tool", [by_ours, by_sets, by_sqlite])
def test_every_tool_finds_who_is_to_be_written_on_each_side(tool, sets, tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    tool(sets.folder, made)
    assert sorted((made / "to_org.csv").read_text().split()) == [
        f"003{n:012}AAA" for n in range(6)
    ]  # fmt: skip
    assert sorted((made / "to_people.csv").read_text().split()) == [
        f"person-{n}" for n in range(100, 106)
    ]  # fmt: skip
    sets.check(made)


@pytest.mark.parametrize("people", [range(100, 105), range(101, 107), [*range(100, 105), 100]])
def test_a_list_that_is_not_the_right_one_ends_the_benchmark(people, sets, tmp_path):
    made = tmp_path / "made"
    made.mkdir()
    by_sets(sets.folder, made)
    (made / "to_people.csv").write_text("".join(f"person-{n}\n" for n in people))
    with pytest.raises(SystemExit, match=r"made/to_people\.csv has"):
        sets.check(made)
