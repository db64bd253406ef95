"""Where the opt-out field goes on a Lightning page that carries fields itself, and why not."""

from __future__ import annotations

import pytest
from sample_pages import (
    PANEL,
    PHONE_PANEL,
    RULE,
    component_item,
    field_item,
    page,
    region,
    section,
    sections,
)

from deployer.errors import BadInput
from deployer.layouts import draw_diff
from deployer.lightning import edit_page, read_page, same_page, shows_person, take_off_page
from deployer.model.layouts import OnReadonly, Outcome

FIELD = "HasOptedOutOfEmail"
PLAIN = sections(section(1, "Name", "Email", "Phone"))
HIGHLIGHTS = component_item(
    "record_flexipage:dynamicHighlights", "top", primaryField="Facet-top", secondaryFields="none"
)
IN_HIGHLIGHTS = region("Facet-top", field_item("Email"))
OLDER = page(
    "    <flexiPageRegions>\n        <componentInstances>\n            <componentName>forceChatter:"
    "recordFeed</componentName>\n        </componentInstances>\n        <name>main</name>\n"
    "        <type>Region</type>\n    </flexiPageRegions>\n"
)


def fields_of(data: bytes) -> list[str]:
    return [item.field.removeprefix("Record.") for item in read_page(data).items]


ADDED = {
    "right after the e-mail field": (
        PLAIN, ["Name", "Email", FIELD, "Phone"], "Section 1", "after Email"),
    "after a person account's e-mail field": (
        sections(section(1, "PersonEmail", "Phone"), sobject="Account"),
        ["PersonEmail", FIELD, "Phone"], "Section 1", "after PersonEmail"),
    "of two e-mail fields, after the first": (
        sections(section(1, "Email"), section(2, "Email", "Title")),
        ["Email", FIELD, "Email", "Title"], "Section 1", "after Email"),
    "of two, after the one that no rule hides": (
        sections(section(1, "Email", rule=RULE), section(2, "Email")),
        ["Email", "Email", FIELD], "Section 2", "after Email"),
    "under a rule where there is no other": (
        sections(section(1, "Email", rule=RULE), section(2, "Name")),
        ["Email", FIELD, "Name"], "Section 1",
        "after Email; a visibility rule decides whether this part of the page is shown"),
    "without an e-mail field, at the end of the first section": (
        sections(section(1, "Name", "Title"), section(2, "Phone")),
        ["Name", "Title", FIELD, "Phone"], "Section 1",
        "no e-mail field is in a section: end of the first section that holds fields"),
    "not in a highlights panel": (
        page(IN_HIGHLIGHTS, *section(1, "Phone")[:2],
             region("main", HIGHLIGHTS, section(1)[2], kind="Region")),
        ["Email", "Phone", FIELD], "Section 1",
        "no e-mail field is in a section: end of the first section that holds fields"),
    "not in a facet that nothing shows": (
        page(region("Facet-lost", field_item("Email")), *section(1, "Phone")[:2],
             region("main", section(1)[2], kind="Region")),
        ["Email", "Phone", FIELD], "Section 1",
        "no e-mail field is in a section: end of the first section that holds fields"),
    "beside the e-mail field though the page layout is shown too": (
        sections(section(1, "Email"), more=PANEL), ["Email", FIELD], "Section 1", "after Email"),
    "though phones are shown the page layout": (
        sections(section(1, "Phone"), more=PHONE_PANEL), ["Phone", FIELD], "Section 1",
        "no e-mail field is in a section: end of the first section that holds fields"),
    "where a rule may hide the page layout": (
        sections(section(1, "Phone"), more=component_item("force:detailPanel", "panel", RULE)),
        ["Phone", FIELD], "Section 1",
        "no e-mail field is in a section: end of the first section that holds fields"),
    "in a region that holds fields itself": (
        page(region("main", field_item("Email"), kind="Region")), ["Email", FIELD], "",
        "after Email"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "fields", "under", "why"), ADDED.values(), ids=ADDED.keys())
def test_the_field_is_put(before, fields, under, why):
    edit = edit_page(before, FIELD)
    assert (edit.outcome, edit.section, edit.reason) == (Outcome.ADD, under, why)
    assert fields_of(edit.after) == fields


LEFT = {
    "a page that shows the page layout": (
        page(region("main", PANEL, kind="Region")), "it shows the page layout (Record Detail)"),
    "one with a section beside it that has no e-mail field": (
        sections(section(1, "Phone"), more=PANEL), "it shows the page layout (Record Detail)"),
    "a page without either": (
        page(region("main", kind="Region")), "it holds neither fields of its own nor the page"),
    "a page in the older form": (OLDER, (
        "it holds neither fields of its own nor the page layout (it is written as before API 49)")),
    "a page with fields in its highlights only": (
        page(IN_HIGHLIGHTS, region("main", HIGHLIGHTS, kind="Region")),
        "its own fields stand in the highlights panel or in parts that no component shows"),
    "a page whose sections no component shows": (
        page(*section(1, "Email")[:2], region("main", kind="Region")),
        "its own fields stand in the highlights panel or in parts that no component shows"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "why"), LEFT.values(), ids=LEFT.keys())
def test_a_page_is_left_alone_and_the_reason_is_said(before, why):
    edit = edit_page(before, FIELD)
    assert (edit.outcome, edit.after) == (Outcome.SKIPPED, before)
    assert edit.reason.startswith(why)


def test_the_item_is_written_as_lightning_app_builder_writes_it():
    marked = draw_diff("x", PLAIN, edit_page(PLAIN, FIELD).after).text.splitlines()[2:]
    assert sum(line.startswith("+") for line in marked) == 10
    assert field_item(FIELD).encode() in edit_page(PLAIN, FIELD).after


@pytest.mark.parametrize(
    ("field", "taken", "identifier"),
    [
        (FIELD, (), "RecordHasOptedOutOfEmailField"),
        (FIELD, ("recordhasoptedoutofemailfield",), "RecordHasOptedOutOfEmailField2"),
        (FIELD, tuple(f"RecordHasOptedOutOfEmailField{n}" for n in ("", 2, 3)),
         "RecordHasOptedOutOfEmailField4"),
        ("Sales_Opt_Out__c", (), "RecordSales_Opt_Out_cField"),
        ("mkto_si__Opt__c", (), "Recordmkto_si_Opt_cField"),
    ],
)  # fmt: skip
def test_the_identifier_is_the_pages_own(field, taken, identifier):
    others = "".join(component_item("c:x", name) for name in taken)
    after = edit_page(sections(section(1, "Email"), more=others), field).after
    assert [item.identifier for item in read_page(after).items][1:] == [identifier]


def test_a_page_that_has_the_field_is_left_as_it_is():
    there = sections(section(1, "Email", FIELD.lower()))
    edit = edit_page(there, FIELD)
    assert (edit.outcome, edit.after, edit.reason) == (Outcome.PRESENT, there, "already there")


STUCK = sections(section(1, "Email")).replace(
    field_item("Email").encode(), field_item(FIELD, "readonly").encode()
)


def test_a_read_only_field_is_told_of():
    edit = edit_page(STUCK, FIELD)
    assert (edit.outcome, edit.changed) == (Outcome.PRESENT, False)
    assert edit.reason == "already there; it is read-only, --make-editable turns it"


def test_a_read_only_field_is_made_editable_when_that_is_asked_for():
    edit = edit_page(STUCK, FIELD, readonly=OnReadonly.MAKE_EDITABLE)
    assert (edit.outcome, edit.reason) == (Outcome.ADD, "was read-only, made editable")
    assert edit.after == STUCK.replace(b"<value>readonly</value>", b"<value>none</value>")


EDITABLE_SOMEWHERE = sections(section(1, "Email", FIELD)).replace(
    field_item("Email").encode(), field_item(FIELD, "readonly", "Two").encode()
)
ODD = STUCK.replace(b"<value>readonly</value>", b"<value>&#114;eadonly</value>")


@pytest.mark.parametrize(
    ("there", "remark"), [(EDITABLE_SOMEWHERE, False), (ODD, True)], ids=["editable", "odd"]
)
def test_a_field_that_is_editable_somewhere_and_odd_writing_are_left(there, remark):
    edit = edit_page(there, FIELD, readonly=OnReadonly.MAKE_EDITABLE)
    assert (edit.after, "read-only" in edit.reason) == (there, remark)


@pytest.mark.parametrize("before", [row[0] for row in ADDED.values()], ids=ADDED.keys())
def test_taking_it_off_gives_the_old_bytes(before):
    back = take_off_page(edit_page(before, FIELD).after, FIELD)
    assert (back.outcome, back.after) == (Outcome.REMOVE, before)


def test_it_is_taken_off_wherever_it_stands():
    twice = sections(section(1, FIELD, "Email"), section(2, "Phone", FIELD)).replace(
        b"RecordHasOptedOutOfEmailField", b"Another", 1
    )
    back = take_off_page(twice, FIELD)
    assert (fields_of(back.after), back.reason) == (["Email", "Phone"], "taken out 2 times")


def test_a_page_without_the_field_has_nothing_to_take_off():
    assert take_off_page(PLAIN, FIELD).outcome is Outcome.ABSENT


def test_an_item_of_an_odd_form_is_neither_repeated_nor_taken_off():
    both = field_item(FIELD).replace(
        "</fieldInstance>", "</fieldInstance><componentInstance><identifier>c</identifier>"
        "</componentInstance>",
    )  # fmt: skip
    odd = page(region("main", both, field_item("Email"), kind="Region"))
    assert edit_page(odd, FIELD).outcome is Outcome.PRESENT
    assert take_off_page(odd, FIELD).outcome is Outcome.FAILED


def test_an_item_that_another_part_names_is_not_taken_off():
    named = component_item("c:x", "x", target="RecordHasOptedOutOfEmailField")
    edit = take_off_page(sections(section(1, FIELD), more=named), FIELD)
    assert (edit.outcome, edit.changed) == (Outcome.FAILED, False)


NO_PAGES = {
    "a layout": b'<Layout xmlns="http://soap.sforce.com/2006/04/metadata"/>',
    "no metadata": b"<FlexiPage/>",
    "a prefix": b'<m:FlexiPage xmlns:m="http://soap.sforce.com/2006/04/metadata"/>',
    "a doctype": b"<!DOCTYPE x [<!ENTITY a 'b'>]><FlexiPage/>",
    "half a file": PLAIN[:300],
}


@pytest.mark.parametrize("data", NO_PAGES.values(), ids=NO_PAGES.keys())
def test_what_is_no_page_is_refused_with_its_place(data):
    with pytest.raises(BadInput, match="P") as refused:
        edit_page(data, FIELD, where="P")
    assert ":" in refused.value.where


@pytest.mark.parametrize(
    ("field", "persons"),
    [("PersonEmail", True), ("Code__pc", True), ("FirstName", True), ("Name", False),
     ("Personnel__c", False), ("Email__c", False)],
)  # fmt: skip
def test_a_page_of_accounts_is_a_persons_by_its_fields(field, persons):
    assert shows_person(sections(section(1, "Industry", field), sobject="Account")) is persons


def test_pages_are_the_same_whatever_the_org_calls_their_facets():
    renamed = PLAIN.replace(b"Facet-f1", b"Facet-0b1").replace(b"Facet-c1", b"Facet-a9")
    swapped = PLAIN.replace(b"<value>Facet-f1<", b"<value>Facet-c1<")
    assert same_page(PLAIN, renamed)
    assert not same_page(PLAIN, swapped)
    assert not same_page(PLAIN, edit_page(PLAIN, FIELD).after)
