"""Who would really see the field: layout assignment and access together, each user once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.model.org import AccessFacts, Grant, Holder, LayoutAssignment, Profile
from deployer.readiness.visibility import Access, Pages, access_of, count_seen

SALES = Profile("00e1", "Sales", 10)
ON, OFF = "00hON", "00hOFF"


def pages(**shown: str) -> Pages:
    return Pages("Contact", "Contact", shown)


def assigned(*layouts: str) -> tuple[LayoutAssignment, ...]:
    return tuple(LayoutAssignment(SALES.id, SALES.name, layout, str(i)) for i, layout in
                 enumerate(layouts))  # fmt: skip


def profile_grant(*, edit: bool) -> Grant:
    return Grant("Contact", "0PSown", edit, SALES.id)


CASES = {
    # layouts, behaviours, grants -> edits, sees, partly, hidden
    "field on the layout, editable for the profile": (
        (ON,), {ON: "Edit"}, (profile_grant(edit=True),), (10, 0, 0, 0)),
    "read access only": ((ON,), {ON: "Edit"}, (profile_grant(edit=False),), (0, 10, 0, 0)),
    "read-only on the layout": (
        (ON,), {ON: "Readonly"}, (profile_grant(edit=True),), (0, 10, 0, 0)),
    "no access": ((ON,), {ON: "Edit"}, (), (0, 0, 0, 10)),
    "not on the layout": ((OFF,), {ON: "Edit"}, (profile_grant(edit=True),), (0, 0, 0, 10)),
    "on one of two record types": (
        (ON, OFF), {ON: "Edit"}, (profile_grant(edit=True),), (0, 0, 10, 0)),
    "editable on one, read-only on the other": (
        (ON, OFF), {ON: "Edit", OFF: "Readonly"}, (profile_grant(edit=True),), (0, 10, 0, 0)),
    "access on another object": (
        (ON,), {ON: "Edit"}, (Grant("Lead", "0PSown", True, SALES.id),), (0, 0, 0, 10)),
}  # fmt: skip


@pytest.mark.parametrize(
    ("layouts", "shown", "grants", "expected"), CASES.values(), ids=CASES.keys()
)
def test_a_profile_sees(layouts, shown, grants, expected):
    seen = count_seen(pages(**shown), assigned(*layouts), AccessFacts((SALES,), grants))
    assert (seen.edits, seen.sees, seen.partly, seen.hidden) == expected


def test_a_permission_set_lifts_its_holders_only():
    access = AccessFacts(
        (SALES,),
        (Grant("Contact", "0PS1", True),),
        (Holder("005a", SALES.id, "0PS1"), Holder("005b", SALES.id, "0PS1")),
    )
    seen = count_seen(pages(**{ON: "Edit"}), assigned(ON), access)
    assert (seen.edits, seen.hidden) == (2, 8)


def test_two_sets_on_one_user_count_that_user_once():
    access = AccessFacts(
        (SALES,),
        (Grant("Contact", "0PS1", False), Grant("Contact", "0PS2", True)),
        (Holder("005a", SALES.id, "0PS1"), Holder("005a", SALES.id, "0PS2")),
    )
    seen = count_seen(pages(**{ON: "Edit"}), assigned(ON), access)
    assert (seen.edits, seen.sees, seen.hidden) == (1, 0, 9)


def test_a_profile_without_a_layout_of_the_object_is_not_counted():
    seen = count_seen(pages(**{ON: "Edit"}), (), AccessFacts((SALES,)))
    assert seen.users == 0


grants_of = st.lists(
    st.builds(Grant, st.just("Contact"), st.sampled_from(["0PS1", "0PS2"]), st.booleans())
)
holders_of = st.lists(
    st.builds(
        Holder,
        st.sampled_from([f"005{i}" for i in range(5)]),
        st.just(SALES.id),
        st.sampled_from(["0PS1", "0PS2", "0PS3"]),
    )
)


@given(grants_of, holders_of, st.sets(st.sampled_from([ON, OFF]), min_size=1))
def test_each_active_user_is_counted_exactly_once(grants, holders, layouts):
    access = AccessFacts((SALES,), tuple(grants), tuple(holders))
    seen = count_seen(pages(**{ON: "Edit"}), assigned(*sorted(layouts)), access)
    assert seen.edits + seen.sees + seen.partly + seen.hidden == seen.users == SALES.users


@given(grants_of, holders_of)
def test_the_count_equals_asking_for_every_user(grants, holders):
    access = AccessFacts((SALES,), tuple(grants), tuple(holders))
    users = [f"005{i}" for i in range(SALES.users)]
    levels = [access_of("Contact", access, user, SALES.id) for user in users]
    seen = count_seen(pages(**{ON: "Edit"}), assigned(ON), access)
    assert seen.edits == levels.count(Access.EDIT)
    assert seen.hidden == levels.count(Access.NONE)
