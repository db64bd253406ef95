"""A permission set is edited like a layout: everything else stays as it was."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.errors import BadInput
from deployer.planning.permission_sets import grant_edit, same_set
from deployer.templates import render_permission_set

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
OPEN = '<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">\n'
GRANT = (
    "    <fieldPermissions>\n        <editable>{edit}</editable>\n"
    "        <field>{field}</field>\n        <readable>true</readable>\n"
    "    </fieldPermissions>\n"
)
CLASSES = (
    "    <classAccesses>\n        <apexClass>A</apexClass>\n"
    "        <enabled>true</enabled>\n    </classAccesses>\n"
)
TAIL = "    <label>Sales</label>\n    <license>Salesforce</license>\n</PermissionSet>\n"
MEMBER = "Contact.HasOptedOutOfEmail"


def a_set(*parts: str) -> bytes:
    return (HEAD + OPEN + "".join(parts) + TAIL).encode()


def added_lines(before: bytes, after: bytes) -> list[str]:
    diff = difflib.ndiff(before.decode().splitlines(), after.decode().splitlines())
    changed = [line for line in diff if line[:1] in "+-"]
    assert all(line.startswith("+") for line in changed)
    return [line[2:].strip() for line in changed]


SETS = {
    "without any grant": a_set(CLASSES),
    "with an earlier grant": a_set(GRANT.format(edit="true", field="Account.Name")),
    "with a later grant": a_set(GRANT.format(edit="true", field="Lead.Email")),
    "on one line": f"{OPEN.strip()}<label>x</label></PermissionSet>".encode(),
    "with CRLF": a_set(CLASSES).replace(b"\n", b"\r\n"),
    "with nothing but a label": a_set(),
}


@pytest.mark.parametrize("data", SETS.values(), ids=SETS.keys())
def test_granting_adds_one_block_and_moves_nothing(data: bytes):
    after = grant_edit(data, MEMBER)
    assert added_lines(data.replace(b">", b">\n"), after.replace(b">", b">\n")).count(
        f"{MEMBER}</field>"
    ) == 1  # fmt: skip
    assert after.count(b"\r\n") == 0 or after.count(b"\n") == after.count(b"\r\n")


@pytest.mark.parametrize("data", SETS.values(), ids=SETS.keys())
def test_granting_twice_is_granting_once(data: bytes):
    once = grant_edit(data, MEMBER)
    assert grant_edit(once, MEMBER) == once


def test_a_read_only_grant_becomes_editable_and_nothing_else_changes():
    before = a_set(CLASSES, GRANT.format(edit="false", field=MEMBER))
    assert grant_edit(before, MEMBER) == a_set(CLASSES, GRANT.format(edit="true", field=MEMBER))


def test_a_grant_goes_where_its_name_sorts():
    before = a_set(
        GRANT.format(edit="true", field="Account.Name"),
        GRANT.format(edit="true", field="Lead.Email"),
    )
    after = grant_edit(before, MEMBER)
    assert after.index(b"Account.Name") < after.index(MEMBER.encode()) < after.index(b"Lead.Email")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "not well-formed"),
        (b"<PermissionSet>", "not well-formed"),
        (b"<Profile/>", "the root is not PermissionSet"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><PermissionSet/>', "DOCTYPE"),
    ],
)
def test_what_is_no_permission_set_is_refused(data: bytes, words: str):
    with pytest.raises(BadInput, match=words):
        grant_edit(data, MEMBER)


names = st.lists(
    st.from_regex(r"(Account|Contact|Lead)\.[A-Z][a-z]{1,6}(__c)?", fullmatch=True), unique=True
)


@given(names, st.data())
def test_the_order_of_grants_means_nothing(fields: list[str], data: st.DataObject):
    shuffled = data.draw(st.permutations(fields))
    one = a_set(*(GRANT.format(edit="true", field=f) for f in fields))
    other = a_set(*(GRANT.format(edit="true", field=f) for f in shuffled))
    assert same_set(one, other)


@given(names)
def test_every_grant_that_was_there_is_still_there(fields: list[str]):
    before = render_permission_set(
        label="L", description="D", field_permissions=[(f, False) for f in fields]
    )
    after = grant_edit(before, MEMBER)
    assert all(f"<field>{f}</field>".encode() in after for f in fields)
    assert same_set(before, after) is False


def test_another_value_is_another_set():
    assert not same_set(
        a_set(GRANT.format(edit="true", field=MEMBER)),
        a_set(GRANT.format(edit="false", field=MEMBER)),
    )
