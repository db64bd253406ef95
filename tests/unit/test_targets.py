"""Which layouts are meant, and why the others are not."""

from __future__ import annotations

import pytest

from deployer.errors import UsageError
from deployer.model.layouts import LayoutName
from deployer.model.org import LayoutAssignment, LayoutFact, OrgFacts
from deployer.model.plans import LayoutWish, Scope
from deployer.planning.targets import pick_targets

NAMES = (
    "Contact-Contact %28Sales%29 Layout",
    "Contact-acme__Partner Layout",
    "Contact-Unused Layout",
    "Contact-Close Case Layout",
    "Lead-Lead Layout",
    "PersonAccount-Person Account Layout",
)
UNASSIGNED = "Contact-Unused Layout"
ODD = "Contact-Close Case Layout"


def an_org() -> OrgFacts:
    layouts = tuple(
        LayoutFact(LayoutName(n), f"00h{i}", "", "CloseCase" if n == ODD else "Standard", "")
        for i, n in enumerate(NAMES)
    )
    assigned = tuple(
        LayoutAssignment("00e1", "Sales", layout.id)
        for layout in layouts
        if layout.name.member != UNASSIGNED
    )
    return OrgFacts("00D1", "63.0", layouts, assigned, {})


CHOICES = {
    "by default every assigned standard layout, managed and person account ones too": (
        LayoutWish(),
        {NAMES[0], NAMES[1], NAMES[4], NAMES[5]},
    ),
    "all layouts adds the unassigned": (
        LayoutWish(scope=Scope.ALL),
        {NAMES[0], NAMES[1], NAMES[2], NAMES[4], NAMES[5]},
    ),
    "one object": (LayoutWish(objects=("Lead",)), {NAMES[4]}),
    "a decoded glob": (LayoutWish(include=("*(Sales)*",)), {NAMES[0]}),
    "an encoded name": (LayoutWish(include=(NAMES[0],)), {NAMES[0]}),
    "a label alone, in any case": (LayoutWish(include=("lead layout",)), {NAMES[4]}),
    "a named layout needs no assignment": (LayoutWish(include=(UNASSIGNED,)), {UNASSIGNED}),
    "an exclusion": (
        LayoutWish(exclude=("Contact-*",)),
        {NAMES[4], NAMES[5]},
    ),
}


@pytest.mark.parametrize(("wish", "chosen"), CHOICES.values(), ids=CHOICES.keys())
def test_a_wish_chooses(wish: LayoutWish, chosen: set[str]):
    targets = pick_targets(an_org(), wish)
    assert {layout.name.member for layout in targets.chosen} == chosen


@pytest.mark.parametrize("wish", [wish for wish, _ in CHOICES.values()])
def test_every_layout_is_either_chosen_or_skipped_with_a_reason(wish: LayoutWish):
    targets = pick_targets(an_org(), wish)
    told = [x.name.member for x in targets.chosen] + [x.name.member for x in targets.skipped]
    assert sorted(told) == sorted(NAMES)
    assert all(skipped.reason for skipped in targets.skipped)


REFUSED = {
    "a glob without a match": LayoutWish(include=("Nope*",)),
    "an exclusion without a match": LayoutWish(exclude=("Nope*",)),
}


@pytest.mark.parametrize("wish", REFUSED.values(), ids=REFUSED.keys())
def test_a_pattern_that_names_nothing_is_refused_and_says_what_there_is(wish: LayoutWish):
    with pytest.raises(UsageError) as refused:
        pick_targets(an_org(), wish)
    assert "Nope*" in refused.value.message
    assert "Contact-Contact (Sales) Layout" in refused.value.hint


def test_an_object_without_layouts_is_refused():
    leads_only = OrgFacts(
        "00D1", "63.0", (LayoutFact(LayoutName("Lead-A"), "00h1", "", "Standard", ""),), (), {}
    )
    with pytest.raises(UsageError, match="no Contact layout"):
        pick_targets(leads_only, LayoutWish(objects=("Contact",)))


def test_the_reason_names_the_type_of_a_layout_that_is_not_standard():
    reasons = {s.name.member: s.reason for s in pick_targets(an_org(), LayoutWish()).skipped}
    assert "CloseCase" in reasons[ODD]
    assert "--all-layouts" in reasons[UNASSIGNED]
