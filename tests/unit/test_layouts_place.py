"""Where the field goes on a layout, and the reason that is given."""

from __future__ import annotations

import pytest

from deployer.errors import UsageError
from deployer.layouts import edit_layout, find_field, looks_like_opt_out, parse_wish
from deployer.model.layouts import Outcome, PlaceWish

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
NATURAL = [
    ("beside DoNotCall", ["A:Name|Email", "B:X|DoNotCall Y"], ("B", 2, 2)),
    ("beside HasOptedOutOfFax", ["A:Email|-", "B:-|HasOptedOutOfFax"], ("B", 2, 2)),
    ("beside DoNotCall", ["A:HasOptedOutOfFax|-", "B:DoNotCall|-"], ("B", 1, 2)),
    ("beside PersonDoNotCall", ["A:PersonEmail|PersonDoNotCall"], ("A", 2, 2)),
    ("beside Fax_Opt_Out__c", ["A:Email|-", "B:Fax_Opt_Out__c|-"], ("B", 1, 2)),
    ("beside Fax_Opt_Out__pc", ["A:PersonEmail|Fax_Opt_Out__pc"], ("A", 2, 2)),
    ("after Email", ["A:Name Email Phone|Title"], ("A", 1, 3)),
    ("after PersonEmail", ["A:Name|PersonEmail"], ("A", 2, 2)),
    ("after Email", ["/OneColumn hidden:Email", "B:Email|-"], ("B", 1, 2)),
    ("after Email; no consent field is there; the heading of this section is hidden",
     ["A/OneColumn hidden:Email", "B:X|-"], ("A", 1, 2)),
    ("end of the first section that can hold fields", ["A:X Y|Z"], ("A", 2, 2)),
    ("end of the first section that can hold fields", ["A:X|Y"], ("A", 1, 2)),
    ("end of the first section that can hold fields", ["A:X|-"], ("A", 2, 1)),
    ("end of the first section that can hold fields", [LINKS, "E:", "B/OneColumn:X"], ("B", 1, 2)),
    ("end of the first section", ["H/OneColumn hidden:X", "B:X|-"], ("B", 2, 1)),
    ("the heading of this section is hidden", ["H/OneColumn hidden:X", LINKS], ("H", 1, 2)),
    ("after Email", ["Links/CustomLinks:Email", "B:Email|-"], ("B", 1, 2)),
]  # fmt: skip


@pytest.mark.parametrize(("reason", "sections", "place"), NATURAL)
def test_the_natural_place_is_where_consent_lives(reason, sections, place):
    edit = edit_layout(draw(*sections), FIELD)
    spot = find_field(edit.after, FIELD)
    assert reason in edit.reason
    assert spot is not None
    assert (spot.section, spot.column, spot.row) == place
    assert (edit.section, edit.column) == place[:2]


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
    ("after:Phone", ("B", 1, 2)),
    ("after:phone", ("B", 1, 2)),
    ("before:Phone", ("B", 1, 1)),
    ("before:Fax", ("B", 1, 2)),
    ("after:Birthdate", ("B", 2, 2)),
    ("section:b", ("B", 2, 2)),
    ("section:B:1", ("B", 1, 3)),
    ("section:C: D", ("C: D", 1, 1)),
    ("section:C: D:2", ("C: D", 2, 1)),
    ("section:Q:2:", ("Q:2", 1, 2)),
]
SEVERAL = ["A:Name|Email DoNotCall", "B:Phone Fax|PersonBirthdate", "Q_2/OneColumn:Z", LINKS]


def several() -> bytes:
    colons = draw(*SEVERAL, "C_ D:-|-")
    return colons.replace(b"Q_2", b"Q:2").replace(b"C_ D", b"C: D")


@pytest.mark.parametrize(("text", "place"), WISHED)
def test_a_wished_place_wins(text, place):
    edit = edit_layout(several(), FIELD, wish=parse_wish(text))
    spot = find_field(edit.after, FIELD)
    assert spot is not None
    assert (spot.section, spot.column, spot.row) == place
    assert "as asked" in edit.reason


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


def test_a_long_list_of_names_is_cut():
    names = " ".join(f"F{number}__c" for number in range(12))
    edit = edit_layout(draw(f"A:{names}|-"), FIELD, wish=PlaceWish(after="Nope"))
    assert "F7__c and 4 more" in edit.reason


def test_a_layout_without_names_says_so():
    for wish, words in ((PlaceWish(after="X"), "no fields"), (PlaceWish(section="X"), "no labels")):
        assert words in edit_layout(draw(":-|-"), FIELD, wish=wish).reason


@pytest.mark.parametrize("text", ["Email", "under:Email", "after:", "section: ", "after"])
def test_a_place_that_is_none_is_refused(text):
    with pytest.raises(UsageError, match="is not a place"):
        parse_wish(text)


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
