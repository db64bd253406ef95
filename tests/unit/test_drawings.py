"""A layout drawn from its file and from Tooling: what stands where, the field marked."""

import pytest
from hypothesis import given
from layout_strategies import layouts
from sample_layouts import a_layout

from deployer.layouts import draw_layout, edit_layout, read_layout
from deployer.model.drawings import ItemKind, draw_item
from deployer.model.layouts import LayoutName, Outcome
from deployer.readiness.facts.placements import LayoutSeen, drawn

FIELD = "HasOptedOutOfEmail"
CONTACT = LayoutName("Contact-Sales %26 More")


@pytest.mark.parametrize(
    ("leaves", "kind", "name", "behavior", "marked"),
    [
        ({"field": FIELD, "behavior": "Edit"}, ItemKind.FIELD, FIELD, "Edit", True),
        ({"field": "hasoptedoutofemail"}, ItemKind.FIELD, "hasoptedoutofemail", "", True),
        ({"field": "Name", "behavior": "Required"}, ItemKind.FIELD, "Name", "Required", False),
        ({"emptySpace": True, "field": None}, ItemKind.SPACE, "", "", False),
        ({"emptySpace": "true"}, ItemKind.SPACE, "", "", False),
        ({}, ItemKind.SPACE, "", "", False),
        ({"customLink": FIELD}, ItemKind.LINK, FIELD, "", False),
        ({"page": "Map", "behavior": "Edit"}, ItemKind.PAGE, "Map", "Edit", False),
        ({"component": "sfa:social"}, ItemKind.COMPONENT, "sfa:social", "", False),
        ({"reportChartComponent": {"reportName": "R"}}, ItemKind.COMPONENT, "", "", False),
        ({"reportChartComponent": ""}, ItemKind.COMPONENT, "", "", False),
        ({"field": ""}, ItemKind.FIELD, "", "", False),
    ],
)
def test_what_one_place_of_a_layout_holds(leaves, kind, name, behavior, marked):
    item = draw_item(leaves, FIELD)
    assert (item.kind, item.name, item.behavior, item.marked) == (kind, name, behavior, marked)


def test_no_place_is_marked_when_no_field_is_looked_for():
    assert not draw_item({"field": ""}, "").marked


def test_a_layout_is_drawn_section_by_section_and_column_by_column():
    drawing = draw_layout(CONTACT, a_layout("Name", FIELD), FIELD)
    assert (drawing.name, drawing.object) == ("Sales & More", "Contact")
    (section,) = drawing.sections
    assert (section.label, section.style) == ("Contact Information", "TwoColumnsTopToBottom")
    assert [[item.name for item in column] for column in section.columns] == [["Name", FIELD], []]
    assert (section.marked, drawing.behaviors) == (True, ("Edit",))


def test_person_accounts_spell_the_field_their_own_way():
    name = LayoutName("PersonAccount-Person")
    assert draw_layout(name, a_layout(f"Person{FIELD}"), FIELD).behaviors == ("Edit",)
    assert draw_layout(name, a_layout(FIELD), FIELD).behaviors == ()


def test_what_is_no_field_is_told_apart_in_a_file():
    items = (
        "<layoutItems><emptySpace>true</emptySpace></layoutItems><layoutItems><customLink>A&amp;B"
    )
    body = a_layout("Name").replace(
        b"            <layoutItems>", f"{items}</customLink></layoutItems><layoutItems>".encode(), 1
    )
    kinds = [(item.kind, item.name) for item in draw_layout(CONTACT, body, FIELD).items]
    assert kinds == [(ItemKind.SPACE, ""), (ItemKind.LINK, "A&B"), (ItemKind.FIELD, "Name")]


@given(layouts())
def test_an_edit_adds_one_marked_place_and_moves_no_other(body):
    edit = edit_layout(body, FIELD)
    before = draw_layout(CONTACT, edit.before, FIELD)
    after = draw_layout(CONTACT, edit.after, FIELD)
    assert [item for item in after.items if not item.marked] == list(before.items)
    assert len(after.behaviors) == (edit.outcome is Outcome.ADD)


@given(layouts())
def test_a_file_and_the_tooling_answer_for_it_give_the_same_drawing(body):
    layout = read_layout(body)
    metadata = {
        "layoutSections": [
            {
                "label": section.label or None,
                "style": section.style,
                "layoutColumns": [
                    {
                        "layoutItems": [{"field": i.field, "behavior": i.behavior} for i in c.items]
                        or None
                    }
                    for c in section.columns
                ],
            }
            for section in layout.sections
        ]
    }
    seen = LayoutSeen("1", "Contact", CONTACT.label, "")
    assert drawn(seen, metadata, FIELD) == draw_layout(CONTACT, body, FIELD)
