"""An org filled with real layouts: one deploy reaches every target, restore gives the old trees."""

from __future__ import annotations

from collections import Counter

import pytest
from corpus import FOLDER, corpus_files
from walk import StepClock, Walk, a_walk

from deployer.commands.options import open_connection
from deployer.lightning import same_page
from deployer.model.plans import LayoutWish, LightningPages, Wish
from practice_org.loading import Names, load_folder

LEAST_LAYOUTS = 300
LEAST_PAGES = 10


@pytest.fixture
def walk(practice, private_home):
    corpus_files("layouts")
    with practice.org.transaction():
        load_folder(practice.org, FOLDER, Names.RENAMED)
    with open_connection(
        "practice", "write", as_json=True, clock=StepClock(practice.clock)
    ) as conn:
        yield a_walk(practice, conn, private_home / "optout")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_one_deploy_reaches_every_real_page_and_restore_gives_the_trees_back(walk: Walk):
    before = walk.pages()
    report = walk.deploy(Wish(layouts=LayoutWish(exclude=("*-*",)), pages=LightningPages.EDIT))
    kinds = Counter(entry["outcome"] for entry in report.document["lightning_pages"])
    assert (report.exit, set(kinds)) == (0, {"added", "present", "skipped"})
    assert kinds["added"] >= LEAST_PAGES
    changed = [name for name, body in walk.pages().items() if not same_page(body, before[name])]
    assert len(changed) == kinds["added"]
    assert walk.restore().exit == 0
    assert all(same_page(body, before[name]) for name, body in walk.pages().items())


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_one_deploy_reaches_every_real_layout_and_restore_gives_the_trees_back(walk: Walk):
    before = walk.layouts()
    report = walk.deploy()
    kinds = [entry["outcome"] for entry in report.document["layouts"]]
    assert report.exit == 0
    assert len(kinds) >= LEAST_LAYOUTS
    assert set(kinds) <= {"added", "present", "skipped"}
    assert report.document["api_calls"] <= 12
    changed = walk.changed_since(before)
    assert len(changed) == kinds.count("added")
    assert walk.deploy().document["status"] == "nothing-to-do"
    assert walk.restore().exit == 0
    assert walk.changed_since(before) == set()
