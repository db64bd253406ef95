"""Taking a grant out of a permission set: the exact inverse of putting it in; whose set it is."""

from __future__ import annotations

import pytest

from deployer.model.org import AccessFacts
from deployer.model.plans import OUR_PERMISSION_SET, Assignee
from deployer.planning.installed import SetHistory
from deployer.planning.permission_sets import gives_only, grant_edit, revoke, same_set
from deployer.planning.set_removal import FoundSet, plan_set_removal

FIELD = "HasOptedOutOfEmail"
CONTACT, LEAD = f"Contact.{FIELD}", f"Lead.{FIELD}"
READ = (
    b"    <fieldPermissions>\n        <editable>false</editable>\n"
    b"        <field>%s</field>\n        <readable>true</readable>\n    </fieldPermissions>\n"
)
BARE = (
    b'<?xml version="1.0" encoding="UTF-8"?>\n'
    b'<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">\n%s    <label>x</label>\n'
    b"</PermissionSet>\n"
)
EMPTY = BARE % b""
OTHERS = BARE % (READ % b"Account.Rating" + READ % b"Lead.Zip__c")
READABLE = BARE % (READ % CONTACT.encode())
WIDER = BARE % b"    <userPermissions><enabled>true</enabled></userPermissions>\n"
HOLDER = Assignee("0055e0000000001AAA", "Ada (Sales)")
OTHER = Assignee("0055e0000000002AAA", "Bo (Sales)")
FACTS = AccessFacts(permission_set_id="0PS5e0000000001AAA")


def granted(data: bytes) -> bytes:
    return grant_edit(grant_edit(data, CONTACT), LEAD)


@pytest.mark.parametrize("before", [EMPTY, OTHERS, READABLE, EMPTY.replace(b"\n", b"\r\n")])
def test_a_grant_leaves_as_it_came(before: bytes):
    after = granted(before)
    assert not same_set(after, before)
    assert revoke(revoke(after, CONTACT, before), LEAD, before) == before


def test_without_a_former_set_no_grant_of_the_field_is_left():
    assert revoke(granted(READABLE), CONTACT, None) == grant_edit(EMPTY, LEAD)


@pytest.mark.parametrize(
    ("data", "alone"),
    [(granted(EMPTY), True), (EMPTY, True), (READABLE, True), (OTHERS, False), (WIDER, False)],
)
def test_a_set_gives_the_field_alone_or_more(data: bytes, alone):
    assert gives_only(data, (CONTACT, LEAD)) is alone


MADE = SetHistory(touched=True, made=True, assigned=frozenset({HOLDER.user_id}))
FOUND = SetHistory(touched=True, before=EMPTY, assigned=frozenset({HOLDER.user_id}))


@pytest.mark.parametrize(
    ("name", "history", "body", "in_group", "drop", "loses"),
    [
        ("Own", MADE, granted(EMPTY), False, True, (HOLDER, OTHER)),
        (OUR_PERMISSION_SET, SetHistory(), granted(EMPTY), False, True, (HOLDER, OTHER)),
        ("Own", MADE, granted(EMPTY), True, False, ()),
        ("Own", MADE, granted(OTHERS), False, False, ()),
        ("Own", FOUND, granted(EMPTY), False, False, (HOLDER,)),
        ("Own", SetHistory(), granted(EMPTY), False, False, ()),
    ],
)  # fmt: skip
def test_only_a_set_of_ours_that_gives_nothing_else_is_deleted(
    *, name, history, body, in_group, drop, loses
):
    found = FoundSet(name, body, (HOLDER, OTHER), in_group=in_group)
    plan, _ = plan_set_removal(found, FIELD, history, FACTS)
    assert (plan.drop, plan.unassign) == (drop, loses)
    if history.touched and not drop:
        assert plan.after is not None
        assert FIELD.encode() not in plan.after


@pytest.mark.parametrize(
    ("body", "facts"),
    [
        (None, FACTS),
        (granted(EMPTY), AccessFacts()),
        (granted(EMPTY), AccessFacts(permission_set_id="0PS1", permission_set_namespace="acme")),
    ],
)
def test_a_set_that_is_gone_hidden_or_a_packages_is_left(body, facts):
    plan, told = plan_set_removal(FoundSet(OUR_PERMISSION_SET, body, (HOLDER,)), FIELD, MADE, facts)
    assert (plan.drop, plan.changes, plan.unassign, told) == (False, False, (), ())
