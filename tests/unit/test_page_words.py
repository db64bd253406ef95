"""What a page says and counts, as rows; and a look made into its picture."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import AT, a_drawing
from readiness_house import WORDS, known

from deployer.model.facts import Known, Unknown
from deployer.model.findings import Severity
from deployer.model.headline import Headline
from deployer.model.pictures import GivenTo, LayoutChange, LayoutShown, MatrixRow
from deployer.readiness.assessing import Verdict, assess
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.look import After, Look
from deployer.readiness.picture import merged, to_picture
from deployer.readiness.visibility import Row, Visibility
from deployer.readiness.visibility import Verdict as Seen
from deployer.reporting.page import words

ROW = Row("Contact", "Sales", "", "", "", "Sales", "", Seen.HIDDEN, "the layout lacks it", 3)
COUNTS = st.integers(0, 9)


@pytest.mark.parametrize(
    ("remedy", "parts"),
    [
        ("optout deploy --org prod", [("command", 1)]),
        ("Setup > A > B: tick it", [("path", 3)]),
        ("Setup > A: tick it; --runner NAME names the user", [("path", 2), ("text", 1)]),
        ("ask your administrator", [("text", 1)]),
        ("optout a; optout b", [("command", 1), ("command", 1)]),
        ("", []),
    ],
)
def test_a_remedy_is_what_to_type_what_to_click_and_what_to_know(remedy, parts):
    assert [(part.kind, len(part.steps)) for part in words.parts_of(remedy)] == parts


@given(st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS))
def test_a_bar_is_as_long_as_its_users_are_many(counts):
    bar = Headline("Contact", sum(counts), *counts)
    parts = words.slices(bar)
    assert sum(part.count for part in parts) == bar.users
    assert sum(part.width for part in parts) == pytest.approx(100 if bar.users else 0, abs=0.01)
    assert [part.x for part in parts] == sorted(part.x for part in parts)


@pytest.mark.parametrize(
    ("drawing", "said", "tone"),
    [
        (Unknown("no"), "could not be read", "dim"),
        (Known(a_drawing()), "not on the layout", "bad"),
        (Known(a_drawing("x", "Edit")), "on the layout", "good"),
        (Known(a_drawing("x", "Readonly")), "read-only", "warm"),
        (Known(a_drawing("x", "Edit", "Readonly")), "on it 2 times", "bad"),
    ],
)
def test_how_the_field_stands_is_said_in_words_too(drawing, said, tone):
    assert words.standing(drawing) == (said, tone)


@pytest.mark.parametrize(
    ("owner", "name", "label"),
    [
        ("Contact", "hasoptedoutofemail", "Email Opt Out"),
        ("PersonAccount", "PersonX", "Person X"),
        ("Contact", "Other__c", "Other__c"),
        ("Lead", "HasOptedOutOfEmail", "HasOptedOutOfEmail"),
    ],
)
def test_a_field_whose_label_is_not_known_is_shown_by_its_own_name(owner, name, label):
    labels = {
        "Contact": {"hasoptedoutofemail": "Email Opt Out"},
        "Account": {"personx": "Person X"},
    }
    assert words.label_of(labels, owner, name) == label


def test_layouts_that_need_something_come_first_and_those_nobody_is_given_last():
    people = (GivenTo("Sales", ("",)),)
    layouts = [
        LayoutShown("idle", "Contact", Known(a_drawing())),
        LayoutShown("on", "Contact", Known(a_drawing("x", "Edit")), people),
        LayoutShown("lost", "Contact", Unknown("no"), people),
        LayoutShown("off", "Lead", Known(a_drawing()), people),
    ]
    assert [each.name for each in words.by_need(layouts)] == ["off", "lost", "on", "idle"]


def test_rows_that_differ_in_the_record_type_alone_are_one():
    rows = [ROW, replace(ROW, record_type="Donor"), replace(ROW, record_type="B", users=2)]
    assert [(row.record_types, row.users) for row in merged(rows)] == [
        (("", "Donor"), 3),
        (("B",), 2),
    ]


def test_those_who_do_not_see_it_come_first():
    shown = [MatrixRow("Contact", v, ("",), "", "", "", "", v, "", n) for v, n in
             (("edits", 9), ("hidden", 1), ("unknown", 5), ("sees", 5), ("hidden", 2))]  # fmt: skip
    found = [(row.verdict, row.users) for row in words.rows_of(shown, "Contact")]
    assert found == [("hidden", 2), ("hidden", 1), ("unknown", 5), ("sees", 5), ("edits", 9)]


def test_what_a_plan_sends_is_counted_first():
    layouts = [
        LayoutChange("a", "Contact", outcome, "") for outcome in ("skipped", "add", "skipped")
    ]
    assert [(said, count) for said, _, count in words.tally(layouts)] == [
        ("to get the field", 1), ("left alone", 2),
    ]  # fmt: skip


def a_look(**changed):
    facts = known(visibility=Visibility((Headline("Contact", 3, hidden=3),), (ROW,)))
    look = Look("prod", "00D", "F", Verdict.NOT_READY, assess(CHECKS, facts, WORDS), facts,
                Severity.FAIL, AT)  # fmt: skip
    return replace(look, **changed)


def test_a_look_shows_every_check_and_layout_and_who_is_given_it():
    picture = to_picture(a_look())
    assert [check.id for check in picture.checks] == [check.id for check in CHECKS]
    assert [(each.object, each.given[0].profile) for each in picture.layouts.value] == [
        ("Contact", "Sales"), ("Lead", "Sales"),
    ]  # fmt: skip
    assert (picture.bars[0].hidden, picture.rows[0].verdict, picture.at) == (3, "hidden", AT)


def test_what_could_not_be_looked_at_is_said_and_never_drawn_as_nothing():
    away = Unknown("may not look")
    facts = a_look().facts | dict.fromkeys(("visibility", "layouts", "assigned", "fields"), away)
    picture = to_picture(a_look(facts=facts, after=After("plan.json", away)))
    assert (picture.lost, picture.layouts, picture.labels) == ("may not look", away, {})
    assert (picture.after.words, picture.after.lost) == ("plan.json", "may not look")


def test_an_accepted_unknown_is_marked():
    marked = [check.id for check in to_picture(a_look(accepted=("C34",))).checks if check.accepted]
    assert marked == ["C34"]
