"""Describe shows a caller what the caller may see."""

from __future__ import annotations

import pytest
from data_org import add_user, tiny_org

from practice_org.tables import insert_row

CONTACT = {"LastName": "Moss", "Email": "m@x.test"}


def _described(here, user):
    _, answer = here.call("GET", "sobjects/Contact/describe", user=user)
    return {field["name"]: field for field in answer["fields"]}


def test_describe_shows_what_the_caller_sees_and_may_change():
    here = tiny_org()
    all_fields, few = _described(here, here.admin), _described(here, here.clerk)
    assert all_fields["HasOptedOutOfEmail"]["updateable"] is True
    assert "HasOptedOutOfEmail" not in few
    assert (few["Email"]["updateable"], few["Phone"]["updateable"]) == (True, False)


def test_describe_gives_the_shape_of_a_checkbox():
    here = tiny_org()
    field = _described(here, here.admin)["HasOptedOutOfEmail"]
    wanted = {
        "type": "boolean", "label": "Email Opt Out", "defaultValue": False, "nillable": False,
        "permissionable": True, "custom": False, "calculated": False, "soapType": "xsd:boolean",
    }  # fmt: skip
    assert {name: field[name] for name in wanted} == wanted


def test_describe_names_relationships_choices_and_record_types():
    here = tiny_org()
    row = {"SobjectType": "Contact", "Name": "Donor", "DeveloperName": "Donor"}
    insert_row(here.org, "RecordType", row)
    _, answer = here.call("GET", "sobjects/Contact/describe")
    fields = {field["name"]: field for field in answer["fields"]}
    assert fields["AccountId"]["referenceTo"] == ["Account"]
    assert fields["AccountId"]["relationshipName"] == "Account"
    assert "Web" in [choice["value"] for choice in fields["LeadSource"]["picklistValues"]]
    assert [one["name"] for one in answer["recordTypeInfos"]] == ["Donor", "Master"]


def test_the_global_describe_lists_what_the_caller_may_read():
    here = tiny_org()
    stranger, _ = add_user(here.org, "Stan", ("ApiEnabled",))
    _, mine = here.call("GET", "sobjects")
    _, theirs = here.call("GET", "sobjects", user=stranger)
    names = [{one["name"] for one in answer["sobjects"]} for answer in (mine, theirs)]
    assert names[0] - names[1] == {"Account", "Contact", "Lead"}
    assert here.call("GET", "sobjects/User")[1]["objectDescribe"]["keyPrefix"] == "005"


@pytest.mark.parametrize(
    "path", ["sobjects/Nope/describe", "sobjects/User/describe/layouts", "sobjects/Layout"]
)
def test_what_is_not_there_is_not_found(path):
    here = tiny_org()
    assert here.call("GET", path)[0] == 404
