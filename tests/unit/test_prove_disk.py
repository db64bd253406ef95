"""The suite of failing disks itself: its trouble is real, and what loses an opt-out is seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prove import disk_store
from prove.disk_clock import every_watch, wrong_nights
from prove.disk_files import FileCase, run_file_case, seeded_org
from prove.disk_store import Case, Run, run_case
from prove.failing import Trouble
from prove.outcome import Outcome
from prove.scenes import Scene
from prove.worlds import memory_folder, sow_all

pytestmark = pytest.mark.slow

INTAKE = disk_store.SCENES[0]


def hasty(house, place):
    """A server that answers before it has written anything."""
    place.note("acked", ["ann"])
    del house


def blunt(_house, place):
    """A server that has a bug where it should say that it cannot."""
    place.note("answered", [(0, 500)])


def careless(house, _place):
    """A command that lets an error through that nobody has a sentence for."""
    house.drain()
    raise ZeroDivisionError


HASTY, BLUNT, CARELESS = (
    Scene(act.__name__, disk_store.asked_by_web, act, lambda house, _place: house.drain())
    for act in (hasty, blunt, careless)
)


@pytest.fixture(scope="module")
def root():
    with memory_folder() as folder:
        sow_all(folder, [INTAKE, HASTY, BLUNT, CARELESS])
        yield folder


@pytest.fixture(scope="module")
def well(root) -> Run:
    """The intake on a disk that is well."""
    return run_case(root, Case(INTAKE))


def at(run: Run, name: str) -> int:
    """The first operation of that kind in the intake's own transaction."""
    return next(n for n, each in enumerate(run.names) if each.startswith(name) and "inbox" in each)


def test_on_a_disk_that_is_well_everybody_is_answered_202(well):
    assert well.wrong == ()
    assert len(well.names) > 50


@pytest.mark.parametrize("trouble", Trouble, ids=lambda trouble: trouble.name)
def test_a_disk_that_fails_at_the_first_commit_answers_503_and_is_mended(root, well, trouble):
    run = run_case(root, Case(INTAKE, trouble, at(well, "write")))
    assert run.wrong == ()
    assert run.names[: at(well, "write")] == well.names[: at(well, "write")]
    assert run.names != well.names


SEEN = [
    (HASTY, "ann asked, and is not out on the people side"),
    (BLUNT, "senders were answered [500]"),
    (CARELESS, "stage 2: ZeroDivisionError"),
]


@pytest.mark.parametrize(("scene", "said"), SEEN, ids=[scene.name for scene, _ in SEEN])
def test_a_program_that_loses_or_breaks_is_seen(root, scene, said):
    wrong = run_case(root, Case(scene, Trouble.BROKEN, 0)).wrong
    assert [each for each in wrong if each.startswith(said)]


@pytest.fixture(scope="module")
def seeded():
    return seeded_org()


def test_a_deploy_on_a_disk_that_is_well_is_done_and_undone(seeded, tmp_path):
    run = run_file_case(seeded, tmp_path, FileCase("deploy"))
    assert run.wrong == ()
    assert {"open", "rename", "fsync", "mkdir"} == {name.split()[0] for name in run.names}


@pytest.mark.parametrize("trouble", Trouble, ids=lambda trouble: trouble.name)
def test_a_snapshot_that_cannot_be_kept_stops_the_deploy_and_nothing_is_lost(
    seeded, tmp_path, trouble
):
    names = run_file_case(seeded, tmp_path, FileCase("deploy")).names
    first = next(n for n, each in enumerate(names) if "write_private" in each or "_replace" in each)
    run = run_file_case(seeded, tmp_path, FileCase("deploy", trouble, first))
    assert run.wrong == ()
    assert len(run.names) < len(names)


def test_every_week_around_a_change_of_clocks_has_its_nights():
    assert [each for watch in every_watch()[::7] for each in wrong_nights(watch)] == []


def never(*_given):
    """A schedule under which no night is ever owed."""


def always(_schedule, now, *_given):
    """One under which a night is owed at every moment."""
    return now


@pytest.mark.parametrize("owed", [never, always], ids=["never", "always"])
def test_a_schedule_without_a_night_or_with_too_many_is_seen(owed):
    watch = next(each for each in every_watch() if each.jump == timedelta(0))
    assert list(wrong_nights(watch, owed))


def test_nothing_run_is_nothing_shown():
    assert not Outcome(0).ok
