"""Leads that become contacts, accounts and person accounts."""

from __future__ import annotations

import pytest
from data_org import add_user, grant_objects, tiny_org

from practice_org.actions.convert import Conversion, convert_lead
from practice_org.metadata.components import load_component
from practice_org.objects import Field
from practice_org.tables import add_custom_field, find_row, insert_row
from practice_org.wire import METADATA_NS, OrgError

LEAD = {"LastName": "Moss", "Company": "Moss & Co.", "Email": "m@x.test"}
MAPPING = f"""<LeadConvertSettings xmlns="{METADATA_NS}"><objectMapping>
<inputObject>Lead</inputObject><mappingFields><inputField>Sales__c</inputField>
<outputField>Sales__c</outputField></mappingFields><outputObject>Contact</outputObject>
</objectMapping></LeadConvertSettings>"""


def lead(here, **values):
    return insert_row(here.org, "Lead", {**LEAD, **values})


def convert(here, lead_id, **into):
    return convert_lead(here.org, here.admin, Conversion(lead_id, **into))


def test_a_lead_becomes_a_new_contact_and_account():
    here = tiny_org()
    made = convert(here, lead(here, HasOptedOutOfEmail=True, City="Bern"))
    contact = find_row(here.org, "Contact", made.contact)
    assert (contact["Name"], contact["MailingCity"], contact["HasOptedOutOfEmail"]) == (
        "Moss", "Bern", 1,
    )  # fmt: skip
    assert find_row(here.org, "Account", contact["AccountId"])["Name"] == "Moss & Co."
    soql = "SELECT IsConverted, ConvertedDate, ConvertedContactId, ConvertedAccountId FROM Lead"
    [row] = here.ask(soql)
    assert (row["IsConverted"], row["ConvertedDate"]) == (True, "2026-11-24")
    assert (row["ConvertedContactId"], row["ConvertedAccountId"]) == (made.contact, made.account)


def test_an_existing_contact_keeps_its_values_and_gets_what_was_blank():
    here = tiny_org()
    old = insert_row(here.org, "Contact", {"LastName": "Kept", "Email": "kept@x.test"})
    made = convert(here, lead(here, Title="T", HasOptedOutOfEmail=True), contact=old)
    row = find_row(here.org, "Contact", old)
    assert (made.contact, row["AccountId"]) == (old, made.account)
    assert (row["LastName"], row["Email"], row["Title"]) == ("Kept", "kept@x.test", "T")
    assert row["HasOptedOutOfEmail"] == 0


def test_an_existing_contacts_opt_out_is_kept():
    here = tiny_org()
    old = insert_row(here.org, "Contact", {"LastName": "x", "HasOptedOutOfEmail": True})
    convert(here, lead(here), contact=old)
    assert find_row(here.org, "Contact", old)["HasOptedOutOfEmail"] == 1


@pytest.mark.parametrize(("mapped", "carried"), [(True, 1), (False, 0)])
def test_a_custom_field_carries_over_only_when_it_is_mapped(mapped, carried):
    here = tiny_org()
    for sobject in ("Lead", "Contact"):
        field = Field("Sales__c", "boolean", "S", default=False, nillable=False)
        add_custom_field(here.org, sobject, field)
    if mapped:
        name = "LeadConvertSettings"
        load_component(here.org, name, name, MAPPING.encode())
    made = convert(here, lead(here, Sales__c=True))
    assert find_row(here.org, "Contact", made.contact)["Sales__c"] == carried


def test_a_mapping_of_a_field_that_is_gone_does_nothing():
    here = tiny_org()
    load_component(here.org, "LeadConvertSettings", "LeadConvertSettings", MAPPING.encode())
    assert convert(here, lead(here)).contact


def test_a_lead_without_a_company_becomes_a_person_account():
    here = tiny_org()
    here.org.set_setting("person_accounts", "1")
    made = convert(here, lead(here, Company=None, HasOptedOutOfEmail=True))
    row = find_row(here.org, "Account", made.account)
    assert (row["IsPersonAccount"], row["Name"], row["PersonEmail"]) == (1, "Moss", "m@x.test")
    assert (row["PersonContactId"], row["PersonHasOptedOutOfEmail"]) == (made.contact, 1)


def test_an_existing_person_account_gets_what_was_blank():
    here = tiny_org()
    old = insert_row(here.org, "Account", {"LastName": "Kept"})
    made = convert(here, lead(here), account=old)
    row = find_row(here.org, "Account", old)
    assert (made.account, row["LastName"], row["PersonEmail"]) == (old, "Kept", "m@x.test")


def test_a_converted_lead_is_read_only_on_every_path_and_still_found():
    here = tiny_org()
    one = lead(here)
    convert(here, one)
    body = {"HasOptedOutOfEmail": True}
    status, said = here.call("PATCH", f"sobjects/Lead/{one}", body=body)
    assert (status, said[0]["errorCode"]) == (400, "CANNOT_UPDATE_CONVERTED_LEAD")
    assert said[0]["message"] == "cannot reference converted lead"
    rows = {"records": [{"attributes": {"type": "Lead"}, "id": one, **body}]}
    _, [result] = here.call("PATCH", "composite/sobjects", body=rows)
    assert result["errors"][0]["statusCode"] == "CANNOT_UPDATE_CONVERTED_LEAD"
    assert len(here.ask("SELECT Id FROM Lead WHERE IsConverted = true")) == 1


def test_a_lead_is_converted_once():
    here = tiny_org()
    one = lead(here)
    convert(here, one)
    with pytest.raises(OrgError, match="CANNOT_UPDATE_CONVERTED_LEAD"):
        convert(here, one)


def other_targets(here):
    business = insert_row(here.org, "Account", {"Name": "A"})
    other = insert_row(here.org, "Account", {"Name": "B"})
    person = insert_row(here.org, "Account", {"LastName": "P"})
    contact = insert_row(here.org, "Contact", {"LastName": "C", "AccountId": business})
    loose = insert_row(here.org, "Contact", {"LastName": "L"})
    side = find_row(here.org, "Account", person)["PersonContactId"]
    return [
        ({"account": other, "contact": contact}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"account": person, "contact": loose}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"contact": side}, "INSUFFICIENT_ACCESS_OR_READONLY"),
        ({"account": contact}, "MALFORMED_ID"),
    ]


@pytest.mark.parametrize("number", range(4))
def test_a_target_that_cannot_be_is_refused_and_nothing_is_made(number):
    here = tiny_org()
    into, code = other_targets(here)[number]
    one = lead(here)
    count = len(here.ask("SELECT Id FROM Contact"))
    with pytest.raises(OrgError) as refused:
        convert(here, one, **into)
    assert refused.value.code == code
    assert len(here.ask("SELECT Id FROM Contact")) == count
    assert find_row(here.org, "Lead", one)["IsConverted"] == 0


CALLERS = [
    (("ApiEnabled",), True, False),
    (("ApiEnabled", "ConvertLeads"), False, False),
    (("ApiEnabled", "ConvertLeads"), True, True),
]


@pytest.mark.parametrize(("permissions", "creates", "allowed"), CALLERS)
def test_who_converts_holds_the_permission_and_may_create(permissions, creates, allowed):
    here = tiny_org()
    user, owned = add_user(here.org, "Con", permissions)
    rights = {"PermissionsRead": True, "PermissionsEdit": True, "PermissionsCreate": creates}
    for sobject in ("Account", "Contact", "Lead"):
        grant_objects(here.org, owned, sobject, rights)
    one = lead(here, OwnerId=user)
    try:
        done = bool(convert_lead(here.org, user, Conversion(one)))
    except OrgError as refused:
        done = refused.code != "INSUFFICIENT_ACCESS_OR_READONLY"
    assert done == allowed
