"""A plan file holds the wish and its effect, for one org, and never an e-mail address."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_layouts import a_layout

from deployer.errors import BadInput, Moved, OrgSaidNo
from deployer.model.layouts import LayoutName, OnReadonly, Outcome, PlaceWish
from deployer.model.plans import (
    AccessPlan,
    AccessWish,
    Aim,
    Assignee,
    FieldKind,
    FieldWish,
    LayoutPlan,
    LayoutWish,
    LightningPages,
    PagePlan,
    Plan,
    Scope,
    Wish,
)
from deployer.planning.plan_file import (
    effect_of,
    from_bytes,
    refuse_moved,
    refuse_other_org,
    to_bytes,
)

LAYOUT = LayoutPlan(
    LayoutName("Contact-A"), Outcome.ADD, "why", "Section", 1, a_layout(), a_layout("Email")
)
PLAN = Plan(Aim.PUT, "00D000000000001AAA", "63.0", "HasOptedOutOfEmail", (LAYOUT,))

words = st.text(max_size=8)
wishes = st.builds(
    Wish,
    st.sampled_from(Aim),
    st.builds(FieldWish, st.sampled_from(FieldKind), words, words),
    st.builds(
        LayoutWish,
        st.tuples(words),
        st.tuples(words),
        st.tuples(words),
        st.sampled_from(Scope),
        st.builds(PlaceWish, words, words, words, st.integers(0, 3)),
        st.sampled_from(OnReadonly),
    ),
    st.builds(AccessWish, words, st.just(("profile:Sales", "layout-users"))),
    st.sampled_from(LightningPages),
)


@given(wishes)
def test_a_wish_survives_the_file(wish: Wish):
    assert from_bytes(to_bytes(PLAN, wish), "p.json").wish == wish


def test_the_same_plan_gives_the_same_bytes():
    assert to_bytes(PLAN, Wish()) == to_bytes(PLAN, Wish())


def test_usernames_are_kept_as_ids():
    access = AccessPlan("Set", assign=(Assignee("0051", "Pat (Sales)"),))
    wish = Wish(access=AccessWish("Set", ("pat@example.com",)))
    kept = to_bytes(replace(PLAN, access=access), wish)
    assert b"@" not in kept
    assert from_bytes(kept, "p").wish.access.assign == ("0051",)


@pytest.mark.parametrize(
    "data",
    [
        b"", b"[]", b"{}", b"nonsense", b"\xff\xfe", b'{"format": 1}', b'{"format": "1"}',
        b'{"format": 2, "org_id": "x"}', b'{"format": 1, "org_id": "x", "wish": 1, "effect": {}}',
    ],
)  # fmt: skip
def test_what_is_no_plan_of_ours_is_refused_in_one_sentence(data: bytes):
    with pytest.raises(BadInput) as refused:
        from_bytes(data, "p.json")
    assert refused.value.where == "p.json"
    assert "optout plan --out" in refused.value.hint


def test_a_plan_of_a_newer_format_says_so():
    newer = json.loads(to_bytes(PLAN, Wish())) | {"format": 2}
    with pytest.raises(BadInput, match="format 2"):
        from_bytes(json.dumps(newer).encode(), "p.json")


def test_a_plan_is_for_one_org():
    file = from_bytes(to_bytes(PLAN, Wish()), "p.json")
    refuse_other_org(file, "00D000000000001", "p.json")
    with pytest.raises(OrgSaidNo, match="00D000000000002"):
        refuse_other_org(file, "00D000000000002AAA", "p.json")


MOVED = {
    "another section": (replace(LAYOUT, section="Other"), "'Section' column 1 became section"),
    "another column": (replace(LAYOUT, column=2), "column 2"),
    "no longer needed": (replace(LAYOUT, outcome=Outcome.PRESENT), "no longer needs a change"),
    "another layout": (replace(LAYOUT, name=LayoutName("Lead-B")), "Lead-B now needs a change"),
}


@pytest.mark.parametrize(("layout", "words"), MOVED.values(), ids=MOVED.keys())
def test_an_org_that_moved_is_refused_by_name(layout: LayoutPlan, words: str):
    fresh = replace(PLAN, layouts=(layout,))
    with pytest.raises(Moved) as refused:
        refuse_moved(effect_of(PLAN), effect_of(fresh), "p.json")
    assert words in refused.value.message


def test_other_bytes_with_the_same_effect_are_the_same_review():
    fresh = replace(PLAN, layouts=(replace(LAYOUT, before=b"x", after=b"y"),))
    refuse_moved(effect_of(PLAN), effect_of(fresh), "p.json")


A_PAGE = PagePlan("P", "Contact", Outcome.ADD, "why", "Details", b"x", b"y")
WITH_PAGE = replace(PLAN, pages=(A_PAGE,))
PAGES_MOVED = {
    "another section": ((replace(A_PAGE, section="Other"),), "'Details' became section 'Other'"),
    "no longer needed": ((replace(A_PAGE, outcome=Outcome.PRESENT),), "P no longer needs a change"),
    "another page": ((A_PAGE, replace(A_PAGE, name="Q")), "Q now needs a change"),
}


@pytest.mark.parametrize(("pages", "words"), PAGES_MOVED.values(), ids=PAGES_MOVED.keys())
def test_a_page_that_moved_is_refused_by_name(pages: tuple[PagePlan, ...], words: str):
    with pytest.raises(Moved) as refused:
        refuse_moved(effect_of(WITH_PAGE), effect_of(replace(PLAN, pages=pages)), "p.json")
    assert words in refused.value.message


def test_a_plan_made_before_there_were_pages_still_holds():
    stored = json.loads(to_bytes(PLAN, Wish()))
    del stored["wish"]["pages"]
    file = from_bytes(json.dumps(stored).encode(), "p.json")
    assert file.wish == Wish()
    refuse_moved(file.effect, effect_of(PLAN), "p.json")
