"""Where the field goes on a layout, and the reason that is given."""

from __future__ import annotations

import pytest

from deployer.errors import UsageError
from deployer.layouts import edit_layout, find_field, looks_like_opt_out, parse_wish
from deployer.model.layouts import FieldPlace, Outcome, PlaceWish

FIELD = "HasOptedOutOfEmail"


def draw(*sections: str) -> bytes:
    """Each section reads `label/style flags: fields of column 1 | fields of column 2`."""
    body = "".join(_section(text) for text in sections)
    return f'<Layout xmlns="http://soap.sforce.com/2006/04/metadata">{body}</Layout>'.encode()


def _section(text: str) -> str:
    head, _, columns = text.partition(":")
    label, _, rest = head.partition("/")
    style, *flags = rest.split() or ["TwoColumnsTopToBottom"]
    heading = "false" if "hidden" in flags else "true"
    drawn = "".join(_column(names.split()) for names in columns.split("|") if columns.strip())
    heads = f"<detailHeading>{heading}</detailHeading><editHeading>{heading}</editHeading>"
    name = f"<label>{label}</label>" if label else ""
    return f"<layoutSections>{heads}{name}{drawn}<style>{style}</style></layoutSections>"


def _column(names: list[str]) -> str:
    items = (f"<layoutItems><field>{name}</field></layoutItems>" for name in names if name != "-")
    return f"<layoutColumns>{''.join(items)}</layoutColumns>"


LINKS = "Links/CustomLinks: Link | -"
ASIDE = ", a consent field"
LATER = "; no consent field is there"
HIDDEN = "; the heading of this section is hidden"
AT_END = "no consent or e-mail field is there: end of the first section that can hold fields"
NATURAL = [
    (f"beside DoNotCall{ASIDE}", ["A:Name|Email", "B:X|DoNotCall Y"], ("B", 2, 2)),
    (f"beside HasOptedOutOfFax{ASIDE}", ["A:Email|-", "B:-|HasOptedOutOfFax"], ("B", 2, 2)),
    (f"beside HasOptedOutOfFax{ASIDE}", ["A:My_Opt_Out__c|HasOptedOutOfFax"], ("A", 2, 2)),
    (f"beside DoNotCall{ASIDE}", ["A:HasOptedOutOfFax|-", "B:DoNotCall|-"], ("B", 1, 2)),
    (f"beside PersonDoNotCall{ASIDE}", ["A:PersonEmail|PersonDoNotCall"], ("A", 2, 2)),
    (f"beside Fax_Opt_Out__c{ASIDE}", ["A:Email|-", "B:Fax_Opt_Out__c|-"], ("B", 1, 2)),
    (f"beside Fax_Opt_Out__pc{ASIDE}", ["A:PersonEmail|Fax_Opt_Out__pc"], ("A", 2, 2)),
    (f"beside OptOut_2__c{ASIDE}", ["A:Name|X", "B:Y OptOut_2__c|OptOut_1__c"], ("B", 1, 3)),
    (f"after Email{LATER}", ["A:Name Email Phone|Title"], ("A", 1, 3)),
    (f"after PersonEmail{LATER}", ["A:Name|PersonEmail"], ("A", 2, 2)),
    (f"after Email{LATER}", ["/OneColumn hidden:Email", "B:Email|-"], ("B", 1, 2)),
    (f"after Email{LATER}{HIDDEN}", ["A/OneColumn hidden:Email", "B:X|-"], ("A", 1, 2)),
    (AT_END, ["A:X Y|Z"], ("A", 2, 2)),
    (AT_END, ["A:X|Y"], ("A", 1, 2)),
    (AT_END, ["A:X|-"], ("A", 2, 1)),
    (AT_END, [LINKS, "E:", "B/OneColumn:X"], ("B", 1, 2)),
    (AT_END, ["H/OneColumn hidden:X", "B:X|-"], ("B", 2, 1)),
    (f"{AT_END}{HIDDEN}", ["H/OneColumn hidden:X", LINKS], ("H", 1, 2)),
    (f"after Email{LATER}", ["Links/CustomLinks:Email", "B:Email|-"], ("B", 1, 2)),
]


@pytest.mark.parametrize(("reason", "sections", "place"), NATURAL)
def test_the_natural_place_is_where_consent_lives(reason, sections, place):
    edit = edit_layout(draw(*sections), FIELD)
    spot = find_field(edit.after, FIELD)
    assert edit.reason == reason
    assert spot is not None
    assert (spot.section, spot.column, spot.row) == place
    assert (edit.section, edit.column) == place[:2]


def test_another_field_goes_beside_the_one_for_email_first():
    edit = edit_layout(draw("A:DoNotCall|HasOptedOutOfEmail"), "Other__c")
    assert edit.reason == f"beside {FIELD}{ASIDE}"


def test_what_is_known_of_a_field_is_where_it_stands_first_and_how_often():
    edit = edit_layout(
        draw("A:Name|-", "B:X|DoNotCall").replace(b"><layoutI", b">\n<layoutI"), FIELD
    )
    twice = edit.after.replace(b"<field>Name<", f"<field>{FIELD.upper()}<".encode())
    assert find_field(edit.after, FIELD) == FieldPlace("B", 2, 2, "Edit", 5, 1)
    assert find_field(twice, FIELD) == FieldPlace("A", 1, 1, "", 2, 2)


@pytest.mark.parametrize(
    ("sections", "reason"),
    [
        ([], "the layout has no section at all"),
        ([LINKS], "all 1 have custom links"),
        (["A:", LINKS], "all 2 have custom links or no column"),
    ],
)
def test_a_layout_without_room_for_a_field_is_named_and_untouched(sections, reason):
    edit = edit_layout(draw(*sections), FIELD)
    assert edit.outcome is Outcome.FAILED
    assert reason in edit.reason
    assert not edit.changed


WISHED = [
    ("after:Phone", ("B", 1, 2), "after Phone"),
    ("after:phone", ("B", 1, 2), "after Phone"),
    ("after:Fax", ("B", 1, 3), "after Fax"),
    ("before:Phone", ("B", 1, 1), "before Phone"),
    ("before:Fax", ("B", 1, 2), "before Fax"),
    ("after:Birthdate", ("B", 2, 2), "after PersonBirthdate"),
    ("section:b", ("B", 2, 2), "end of column 2 of section 'b'"),
    ("section:b:", ("B", 2, 2), "end of column 2 of section 'b'"),
    ("section:B:1", ("B", 1, 3), "end of column 1 of section 'B'"),
    ("section:C: D", ("C: D", 1, 1), "end of column 1 of section 'C: D'"),
    ("section:C: D:2", ("C: D", 2, 1), "end of column 2 of section 'C: D'"),
    ("section:Q:2:", ("Q:2", 1, 2), "end of column 1 of section 'Q:2'"),
]
SEVERAL = ["A:Name|Email DoNotCall", "B:Phone Fax|PersonBirthdate", "Q_2/OneColumn:Z", LINKS]


def several() -> bytes:
    colons = draw(*SEVERAL, "C_ D:-|-")
    return colons.replace(b"Q_2", b"Q:2").replace(b"C_ D", b"C: D")


@pytest.mark.parametrize(("text", "place", "reason"), WISHED)
def test_a_wished_place_wins(text, place, reason):
    edit = edit_layout(several(), FIELD, wish=parse_wish(text))
    spot = find_field(edit.after, FIELD)
    assert spot is not None
    assert (spot.section, spot.column, spot.row) == place
    assert edit.reason == f"{reason}, as asked"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("after:Nope", "Nope is in no section; there are Name, Email, DoNotCall, Phone"),
        ("before:Link", "Link is only among the custom links"),
        ("section:Nope", "no section is labelled 'Nope'; there are A, B"),
        ("section:Links", "custom links or no column"),
        ("section:A:3", "has no column 3; it has 2"),
    ],
)
def test_a_wish_that_cannot_be_met_says_what_is_there(text, words):
    edit = edit_layout(several(), FIELD, wish=parse_wish(text))
    assert edit.outcome is Outcome.FAILED
    assert words in edit.reason


@pytest.mark.parametrize(("many", "end"), [(8, "F7"), (9, "F7 and 1 more"), (12, "F7 and 4 more")])
def test_a_long_list_of_names_is_cut(many, end):
    names = " ".join(f"F{number}" for number in range(many))
    edit = edit_layout(draw(f"A:{names}|-"), FIELD, wish=PlaceWish(after="Nope"))
    assert edit.reason.endswith(f"F6, {end}")


def test_a_layout_without_names_says_so():
    for wish, words in ((PlaceWish(after="X"), "no fields"), (PlaceWish(section="X"), "no labels")):
        assert words in edit_layout(draw(":-|-"), FIELD, wish=wish).reason


@pytest.mark.parametrize("text", ["Email", "under:Email", "after:", "section: ", "after"])
def test_a_place_that_is_none_is_refused(text):
    with pytest.raises(UsageError, match="is not a place") as refused:
        parse_wish(text)
    assert refused.value.where == "--place"
    assert "section:LABEL:COLUMN" in refused.value.hint


def test_no_place_is_the_natural_one():
    assert parse_wish("") == PlaceWish()


@pytest.mark.parametrize(
    "name",
    [
        "DoNotCall",
        "HasOptedOutOfFax",
        "Fax_Opt_Out__c",
        "pi__pardot_hard_opted_out__c",
        "OptOut__c",
        "Unsubscribed__c",
        "Do_Not_E_Mail__pc",
        "ER_Opt_In__c",
        "DoNotEmail__c",
        "SMSOptOut__c",
    ],
)
def test_an_opt_out_is_told_by_its_name(name):
    assert looks_like_opt_out(name)


@pytest.mark.parametrize("name", ["Email", "Option__c", "Adopted_Outcome__c", "Donotor__c", "Call"])
def test_other_names_are_no_opt_out(name):
    assert not looks_like_opt_out(name)
