"""The field that the Marketo customizations brought is looked for, and never guessed."""

import json

import pytest

from practice_org.seed.fields import add_marketo_field

MARKETO = ("readiness", "--org", "practice", "--field", "marketo-sales-opt-out")


@pytest.fixture
def org(org_now):
    return org_now.org


def test_the_one_field_that_reads_like_it_is_used_and_said(run, org):
    add_marketo_field(org)
    code, out, _ = run(*MARKETO, "--json")
    document = json.loads(out)
    assert (code, document["field"]) == (1, "Marketo_Sales_Opt_Out__c")
    assert document["notes"][0].startswith("Marketo_Sales_Opt_Out__c is meant")
    assert all(
        "--custom-field Marketo_Sales_Opt_Out__c" in row["remedy"]
        for row in document["checks"]
        if row["remedy"].startswith("optout deploy")
    )


def test_of_several_none_is_taken_and_all_are_named(run, org):
    for name in ("Marketo_Sales_Opt_Out__c", "Tout_Opt_Out__c"):
        add_marketo_field(org, name)
    code, _, err = run(*MARKETO)
    assert code == run("plan", *MARKETO[1:])[0] == 1
    assert "Contact.Marketo_Sales_Opt_Out__c" in err
    assert "Lead.Tout_Opt_Out__c" in err


def test_without_any_the_way_to_name_or_create_it_is_told(run, org):
    assert org
    code, _, err = run(*MARKETO)
    assert (code, "--custom-field API_NAME" in err) == (1, True)
