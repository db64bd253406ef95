"""Field security, sharing and object rights hold on every path to a record, out and in."""

from __future__ import annotations

import pytest
from data_org import OWN_RECORDS, tiny_org
from data_paths import READS, WRITES, Hand

from practice_org.tables import find_row, find_rows, insert_row

SECRET = "kept@practice.test"
HIDDEN = {"Fax": "5550199"}


def a_contact(here, owner):
    values = {"LastName": "Moss", "Email": SECRET, **HIDDEN, "OwnerId": owner}
    return insert_row(here.org, "Contact", values)


def clerk_without(here, *rights):
    """Take object rights from the clerk; the rest stays."""
    given = {name: name not in rights for name in OWN_RECORDS}
    (held,) = find_rows(
        here.org, "ObjectPermissions", ParentId=here.clerk_set, SobjectType="Contact"
    )
    here.org.db.execute("DELETE FROM ObjectPermissions WHERE Id = ?", (held["Id"],))
    row = {"ParentId": here.clerk_set, "SobjectType": "Contact", **given}
    insert_row(here.org, "ObjectPermissions", row)


@pytest.fixture
def here():
    return tiny_org()


@pytest.fixture
def clerk(here):
    return Hand(here, here.clerk)


@pytest.mark.parametrize("write", WRITES)
def test_what_is_allowed_is_written(here, clerk, write):
    contact = a_contact(here, here.clerk)
    write(clerk, contact, {"Email": "new@practice.test"})
    assert find_row(here.org, "Contact", contact)["Email"] == "new@practice.test"


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("field", ["Fax", "Phone", "HasOptedOutOfEmail"])
def test_a_field_one_may_not_edit_is_not_written(here, clerk, write, field):
    contact = a_contact(here, here.clerk)
    before = tuple(find_row(here.org, "Contact", contact))
    write(clerk, contact, {field: "true"})
    assert tuple(find_row(here.org, "Contact", contact)) == before


@pytest.mark.parametrize("write", WRITES)
def test_somebody_elses_record_is_not_written(here, clerk, write):
    contact = a_contact(here, here.admin)
    write(clerk, contact, {"Email": "new@practice.test"})
    assert find_row(here.org, "Contact", contact)["Email"] == SECRET


@pytest.mark.parametrize("write", WRITES)
def test_without_the_right_to_edit_nothing_is_written(here, clerk, write):
    contact = a_contact(here, here.clerk)
    clerk_without(here, "PermissionsEdit", "PermissionsDelete")
    write(clerk, contact, {"Email": "new@practice.test"})
    assert find_row(here.org, "Contact", contact)["Email"] == SECRET


@pytest.mark.parametrize("read", READS)
def test_what_is_allowed_is_read(here, clerk, read):
    assert SECRET in read(clerk, a_contact(here, here.clerk), "Email")


@pytest.mark.parametrize("read", READS)
def test_a_field_one_may_not_see_is_not_read(here, clerk, read):
    contact = a_contact(here, here.clerk)
    assert HIDDEN["Fax"] not in read(clerk, contact, "Fax")
    assert HIDDEN["Fax"] in read(Hand(here, here.admin), contact, "Fax")


@pytest.mark.parametrize("read", READS)
def test_somebody_elses_record_is_not_read(here, clerk, read):
    assert SECRET not in read(clerk, a_contact(here, here.admin), "Email")


@pytest.mark.parametrize("read", READS)
def test_without_the_right_to_read_nothing_is_read(here, clerk, read):
    contact = a_contact(here, here.clerk)
    clerk_without(here, "PermissionsRead")
    assert SECRET not in read(clerk, contact, "Email")
