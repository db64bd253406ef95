"""What each identity's permission set holds; its page says the same, with the same reasons."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.model.identities import (
    AUDITOR,
    DEPLOYER,
    IDENTITIES,
    RUNNER,
    Of,
    on_shared_records,
    without_accounts,
)
from deployer.planning.identities import identity_set
from deployer.rules import check_rules
from deployer.schema import check_schema

PAGE = Path(__file__).parents[2] / "docs/operating/identities.md"
CHANGES_RECORDS = {"allowCreate", "allowEdit", "allowDelete", "modifyAllRecords", "editable"}
# Each of these would make the others superfluous.
EVERYTHING = {"ModifyAllData", "ViewAllData", "ManageUsers", "AuthorApex", "EditReadonlyFields"}
FIELD = "Sales_Opt_Out__c"
every = pytest.mark.parametrize("identity", IDENTITIES.values(), ids=IDENTITIES)


def section(identity) -> str:
    """The part of the page that is about this identity's set."""
    title = f"### {identity.name.capitalize()}: `{identity.permission_set}`"
    return PAGE.read_text().split(title)[1].split("\n## ")[0].split("\n### ")[0]


def row(right) -> str:
    on = ", ".join(right.on) or "-"
    if right.of is Of.FIELD:
        on = f"the field, on {' and '.join(right.on)}"
    return f"| {right.label} (`{right.name}`) | {on} | {right.why} |"


@every
def test_the_page_has_each_right_with_its_reason_and_no_other(identity):
    told = [line for line in section(identity).splitlines() if line.startswith("|")][2:]
    assert told == [row(right) for right in identity.rights]


@every
def test_the_set_is_valid_and_names_no_licence(identity, tmp_path):
    body = identity_set(identity, FIELD)
    assert check_schema(body, cache=tmp_path) == []
    assert b"license" not in body


@every
def test_optout_itself_finds_nothing_wrong_with_the_set(identity):
    name = f"{identity.permission_set}.permissionset"
    assert check_rules(name, identity_set(identity, FIELD)) == []
    assert check_rules("Mine.permissionset", identity_set(identity, FIELD)) != []


@every
def test_every_right_is_in_the_set_once(identity):
    text = identity_set(identity, FIELD).decode()
    for right in identity.rights:
        if right.of is Of.SYSTEM:
            assert text.count(f"<name>{right.name}</name>") == 1
        if right.of is Of.OBJECT:
            assert text.count(f"<{right.name}>true</{right.name}>") == len(right.on)
    assert text.count("<allowCreate>true") == 0


@every
def test_no_set_gives_everything(identity):
    assert not {right.name for right in identity.rights} & EVERYTHING


@pytest.mark.parametrize("identity", [AUDITOR, DEPLOYER], ids=lambda each: each.name)
def test_only_the_runner_edits_records(identity):
    assert not {right.name for right in identity.rights} & CHANGES_RECORDS
    assert b"<editable>true" not in identity_set(identity, FIELD)


def test_the_runner_edits_the_chosen_field_and_email_opt_out_and_no_other():
    lines = identity_set(RUNNER, FIELD).decode().splitlines()
    assert [line.strip() for line in lines if "<field>" in line] == [
        "<field>Contact.HasOptedOutOfEmail</field>", "<field>Contact.Sales_Opt_Out__c</field>",
        "<field>Lead.HasOptedOutOfEmail</field>", "<field>Lead.Sales_Opt_Out__c</field>",
    ]  # fmt: skip


def test_without_person_accounts_the_runner_has_no_right_on_account():
    text = identity_set(without_accounts(RUNNER), FIELD).decode()
    assert ("<object>Account" in text, "<object>Lead" in text) == (False, True)


def test_on_shared_records_the_runner_neither_modifies_all_nor_deletes():
    text = identity_set(on_shared_records(RUNNER), FIELD).decode()
    assert ("modifyAllRecords>true" in text, "allowDelete>true" in text) == (False, False)
    assert text.count("<viewAllRecords>true") == 3
