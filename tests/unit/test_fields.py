"""Which field is meant: told, discovered, or refused with the candidates listed."""

from __future__ import annotations

import pytest

from deployer.errors import OptoutError, OrgSaidNo, UsageError
from deployer.model.org import FieldFact, OrgFacts
from deployer.model.plans import FieldKind, FieldWish
from deployer.planning.fields import FieldChoice, choose_field, is_hidden
from deployer.settings.api_names import checked_api_name

MARKETO = FieldWish(FieldKind.MARKETO_SALES_OPT_OUT)


def an_org(contact: dict[str, tuple[str, str]], lead: dict[str, tuple[str, str]], **hidden):
    def facts(fields):
        return {n: FieldFact(n, label, kind, True) for n, (label, kind) in fields.items()}

    return OrgFacts(
        "00D1", "63.0", (), (), {"Contact": facts(contact), "Lead": facts(lead)},
        hidden_fields={obj: facts(fields) for obj, fields in hidden.items()},
    )  # fmt: skip


STANDARD = {"HasOptedOutOfEmail": ("Email Opt Out", "boolean")}
MSE = {"MSE_Opt_Out__c": ("MSE - Opt Out", "boolean")}
SALES = {"Sales_Out__c": ("Marketo Sales Opt-Out", "boolean")}
TEXT = {"MSE_Opt_Out__c": ("MSE - Opt Out", "string")}

CHOSEN = {
    "the standard field": (FieldWish(), an_org(STANDARD, STANDARD), "HasOptedOutOfEmail", ()),
    "the one candidate": (MARKETO, an_org(MSE, MSE), "MSE_Opt_Out__c", ()),
    "a candidate by its label": (MARKETO, an_org(SALES, SALES), "Sales_Out__c", ()),
    "a hidden candidate": (MARKETO, an_org({}, {}, Contact=MSE, Lead=MSE), "MSE_Opt_Out__c", ()),
    "a named field": (FieldWish(custom_field="X__c"), an_org({"X__c": ("X", "boolean")},
        {"X__c": ("X", "boolean")}), "X__c", ()),
    "a field to create": (FieldWish(create_field="X__c"), an_org({}, {}), "X__c",
        ("Contact", "Lead")),
    "a field that is there on one object": (FieldWish(create_field="X__c"),
        an_org({"X__c": ("X", "boolean")}, {}), "X__c", ("Lead",)),
    "a field that is there but hidden is not created twice": (FieldWish(create_field="X__c"),
        an_org({}, {}, Contact={"X__c": ("X", "boolean")}, Lead={"X__c": ("X", "boolean")}),
        "X__c", ()),
}  # fmt: skip


@pytest.mark.parametrize(("wish", "org", "name", "create_on"), CHOSEN.values(), ids=CHOSEN.keys())
def test_a_field_is_chosen(wish, org, name, create_on):
    assert choose_field(wish, org) == FieldChoice(name, create_on)


REFUSED = {
    "no candidate": (MARKETO, an_org(STANDARD, STANDARD), OrgSaidNo, "no checkbox"),
    "several candidates are listed": (MARKETO, an_org(MSE | SALES, MSE | SALES), OrgSaidNo,
        "Contact.Sales_Out__c"),
    "a candidate on one object only": (MARKETO, an_org(MSE, {}), OrgSaidNo, "Contact.MSE_Opt_Out"),
    "an absent field": (FieldWish(custom_field="X__c"), an_org({}, {}), OrgSaidNo, "no field X__c"),
    "a field of another type": (FieldWish(custom_field="MSE_Opt_Out__c"), an_org(TEXT, TEXT),
        OrgSaidNo, "of type string"),
    "creating over another type": (FieldWish(create_field="MSE_Opt_Out__c"), an_org(TEXT, TEXT),
        OrgSaidNo, "of type string"),
    "creating in a namespace": (FieldWish(create_field="mkto_si__X__c"), an_org({}, {}), UsageError,
        "has a namespace"),
    "a text field is no candidate": (MARKETO, an_org(TEXT, TEXT), OrgSaidNo, "no checkbox"),
}  # fmt: skip


@pytest.mark.parametrize(("wish", "org", "error", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_an_unclear_field_is_refused(wish, org, error, words):
    with pytest.raises(error) as refused:
        choose_field(wish, org)
    assert words in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("name", ["X__c", "Marketo_Sales_Opt_Out__c", "ns__Opt_Out__c", "a1__c"])
def test_an_api_name_passes(name: str):
    assert checked_api_name(name, "--custom-field") == name


@pytest.mark.parametrize(
    "name", ["", "X", "X__C__c__c__c", "1X__c", "X Y__c", "X___c", "_X__c", "X__c<", "é__c",
             "A" * 41 + "__c"]
)  # fmt: skip
def test_a_name_that_cannot_be_one_is_refused(name: str):
    with pytest.raises(OptoutError, match="not the API name"):
        checked_api_name(name, "--custom-field")


def test_a_field_that_describe_does_not_show_is_hidden():
    org = an_org(STANDARD, {}, Contact=STANDARD, Lead=STANDARD)
    assert not is_hidden(org, "Contact", "HasOptedOutOfEmail")
    assert is_hidden(org, "Lead", "HasOptedOutOfEmail")
