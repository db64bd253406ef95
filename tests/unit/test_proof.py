"""Nothing is sent that the schema or our rules find worse than what the org has."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sample_layouts import a_layout
from sample_pages import section, sections

from deployer.errors import OurBug
from deployer.lightning import edit_page
from deployer.model.layouts import LayoutName, Outcome
from deployer.model.plans import AccessPlan, Aim, LayoutPlan, PagePlan, Plan
from deployer.planning.proof import proven

GOOD = LayoutPlan(
    LayoutName("Contact-A"), Outcome.ADD, "why", "S", 1, a_layout("Email"),
    a_layout("Email", "HasOptedOutOfEmail"),
)  # fmt: skip
PLAN = Plan(Aim.PUT, "00D1", "63.0", "HasOptedOutOfEmail", (GOOD,))
WORSE = {
    "an unknown element": a_layout("Email").replace(b"<style>", b"<nonsense/><style>"),
    "a wrong value": a_layout("Email").replace(b">Edit<", b">Sometimes<"),
    "the field twice": a_layout("Email", "HasOptedOutOfEmail", "HasOptedOutOfEmail"),
}


def test_a_sound_plan_stays_as_it_is():
    assert proven(PLAN) == PLAN


@pytest.mark.parametrize("after", WORSE.values(), ids=WORSE.keys())
def test_an_edit_that_makes_a_layout_worse_is_not_sent(after: bytes):
    plan = proven(replace(PLAN, layouts=(replace(GOOD, after=after),)))
    assert plan.failed
    assert not plan.sends


SOUND = sections(section(1, "Email"))
PAGE = PagePlan(
    "P", "Contact", Outcome.ADD, "why", "S", SOUND, edit_page(SOUND, "HasOptedOutOfEmail").after
)
WORSE_PAGES = {
    "an identifier twice": PAGE.after.replace(b"RecordHasOptedOutOfEmailField", b"section1"),
    "an unknown element": PAGE.after.replace(b"<masterLabel>", b"<nonsense/><masterLabel>"),
}


def test_a_sound_page_stays_as_it_is():
    plan = replace(PLAN, pages=(PAGE,))
    assert proven(plan) == plan


@pytest.mark.parametrize("after", WORSE_PAGES.values(), ids=WORSE_PAGES.keys())
def test_an_edit_that_makes_a_page_worse_is_not_sent(after: bytes):
    plan = proven(replace(PLAN, layouts=(), pages=(replace(PAGE, after=after),)))
    assert (plan.failed, plan.sends, plan.pages[0].after) == (True, False, SOUND)


@pytest.mark.parametrize("flaw", WORSE.values(), ids=WORSE.keys())
def test_what_was_wrong_before_is_the_orgs_own_affair(flaw: bytes):
    plan = replace(PLAN, layouts=(replace(GOOD, before=flaw, after=flaw + b"\n"),))
    assert proven(plan).sends


@pytest.mark.parametrize(
    "plan",
    [
        replace(PLAN, access=AccessPlan("S", None, b"<PermissionSet/>")),
        replace(PLAN, new_fields={"objects/Contact.object": b"<CustomObject><x/></CustomObject>"}),
    ],
)
def test_something_wrong_of_our_own_is_a_bug_and_stops(plan: Plan):
    with pytest.raises(OurBug):
        proven(plan)
