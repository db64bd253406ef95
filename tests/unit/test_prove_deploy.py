"""The deploy suite: an org that is half done, or not as was said, is seen."""

from __future__ import annotations

from random import Random

import pytest
from prove.deploy import KINDS, Trouble, _copied, _half, _seed, befallen, undisturbed
from prove.deploy_orgs import MOST, fill, layout
from prove.stages import be_silent
from walk import is_submit

from deployer.layouts import layout_tree
from practice_org.metadata.components import list_components

BEFORE, AFTER = {"a": 1, "b": 1}, {"a": 2, "b": 2}
SEEN = {
    "one of two layouts": ({"a": 2, "b": 1}, "refused", "half done: ['a'] of ['a', 'b']"),
    "a third state": ({"a": 3, "b": 1}, "killed", "half done"),
    "a layout that is gone": ({"a": 1}, "killed", "half done: ['b']"),
    "nothing, which is called done": (BEFORE, "done", "said done, and nothing was"),
}


@pytest.mark.parametrize(("found", "said", "wrong"), SEEN.values(), ids=SEEN)
def test_what_must_not_be_is_seen(found, said, wrong):
    assert wrong in _half(found, BEFORE, AFTER, said)


@pytest.mark.parametrize("found", [BEFORE, AFTER], ids=["before", "after"])
def test_all_or_nothing_is_well_whatever_was_said(found):
    assert _half(found, BEFORE, AFTER, "refused") == ""


def drawn(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - repeatable on purpose


def test_a_seed_draws_the_same_layouts_in_any_run_and_an_org_takes_them(org):
    before = len(list_components(org, "Layout"))
    fill(org, drawn(5))
    assert len(list_components(org, "Layout")) > before
    assert layout("Contact", drawn(3)) == layout("Contact", drawn(3))
    assert all(layout_tree(layout("Lead", drawn(seed))) for seed in range(MOST))


@pytest.fixture(scope="module")
def seeded_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("deploys")
    _seed(folder / "seeded")
    return folder / "seeded"


@pytest.mark.parametrize("kind", KINDS)
def test_a_deploy_outlives_a_trouble_of_each_kind_in_its_middle(kind, seeded_folder, tmp_path):
    be_silent()
    calls = len(undisturbed(_copied(seeded_folder, tmp_path / "undisturbed")))
    assert calls > 10
    assert befallen(_copied(seeded_folder, tmp_path / "befallen"), Trouble(kind, calls // 2)) == ""


@pytest.mark.parametrize("kind", ["killed after", "answer lost", "answer cut"])
def test_a_deploy_that_the_org_has_without_our_knowing_is_not_sent_again(
    kind, seeded_folder, tmp_path
):
    be_silent()
    asked = undisturbed(_copied(seeded_folder, tmp_path / "undisturbed"))
    (submit,) = (at for at, request in enumerate(asked, 1) if is_submit(request))
    assert befallen(_copied(seeded_folder, tmp_path / "befallen"), Trouble(kind, submit)) == ""
