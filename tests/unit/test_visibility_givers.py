"""What profiles, sets and groups give, muting included."""

from __future__ import annotations

import pytest

from deployer.readiness.visibility import Level, Reach
from deployer.readiness.visibility.givers import Given, ObjectGrant, givers_of

NONE, READ, EDIT = Level


def grant(parent, *, edit, name="Contact", read=True):
    return ObjectGrant(parent, name, read=read, edit=edit)


def group(*muted, everywhere=None):
    """A group of a set that gives everything on Contact and of one that gives nothing."""
    given = Given(
        objects=(grant("0PS1", edit=True), *(m for m, side in muted if side == "records")),
        fields=(grant("0PS1", edit=True), *(m for m, side in muted if side == "field")),
        everywhere=everywhere or {},
        owned={},
        groups={"0PG1": ("0PS1", "0PS2", "0QM1")},
    )
    return givers_of("Contact", given).groups.get("0PG1", Reach(NONE, NONE))


EDIT_MUTED = grant("0QM1", read=False, edit=True)
READ_MUTED = grant("0QM1", read=True, edit=True)
CASES = {
    "nothing muted": (group(), (EDIT, EDIT)),
    "edit of the field muted": (group((EDIT_MUTED, "field")), (EDIT, READ)),
    "read of the field muted": (group((READ_MUTED, "field")), (EDIT, NONE)),
    "read of the records muted": (group((READ_MUTED, "records")), (NONE, EDIT)),
    "records muted, all data viewed": (
        group((READ_MUTED, "records"), everywhere={"0PS2": READ}), (READ, EDIT)),
    "all data viewed, and that muted": (
        group((READ_MUTED, "records"), everywhere={"0PS2": READ, "0QM1": READ}), (NONE, EDIT)),
}  # fmt: skip


@pytest.mark.parametrize(("found", "expected"), CASES.values(), ids=CASES.keys())
def test_a_group_gives(found, expected):
    assert found == expected


def test_a_profile_gives_by_its_own_set_which_is_not_a_permission_set():
    given = Given((grant("0PSown", edit=True),), (), {}, {"00e1": "0PSown"}, {})
    found = givers_of("Contact", given)
    assert (found.profiles, found.sets) == ({"00e1": Reach(EDIT, NONE)}, {})


@pytest.mark.parametrize(
    ("dormant", "sets", "groups"), [("0PS1", set(), {"0PG1"}), ("0PG1", {"0PS1"}, set())]
)
def test_what_a_session_must_activate_gives_nothing_but_through_a_group(dormant, sets, groups):
    given = Given(
        (grant("0PS1", edit=True),), (), {}, {}, {"0PG1": ("0PS1",)}, frozenset({dormant})
    )
    found = givers_of("Contact", given)
    assert (set(found.sets), set(found.groups)) == (sets, groups)


def test_a_person_account_asks_for_the_accounts_records_and_the_contacts_field():
    objects = (grant("0PS1", edit=True, name="Account"),)
    fields = (grant("0PS1", edit=False, name="Contact"),)
    found = givers_of("PersonAccount", Given(objects, fields, {}, {}, {}))
    assert found.sets == {"0PS1": Reach(EDIT, READ)}
