"""The matrix: layouts, pages and access together, as rows of data."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployer.model.facts import Known, Unknown
from deployer.model.layouts import FieldPlace
from deployer.model.org import LayoutAssignment, Profile
from deployer.readiness.visibility import (
    Activation,
    Audience,
    FormFactor,
    LayoutField,
    Level,
    Lift,
    Page,
    PageFacts,
    Panel,
    Reach,
    Screens,
    Standing,
    Verdict,
    see,
    with_assignment,
    with_field,
    with_lifts,
)
from deployer.readiness.visibility.audience import asked_reaches, split_users

SALES = Profile("00e1", "Sales", 10)
EDITOR, READER = Reach(Level.EDIT, Level.EDIT), Reach(Level.EDIT, Level.READ)
BLIND, STRANGER = Reach(Level.EDIT, Level.NONE), Reach(Level.NONE, Level.EDIT)
ABSENT, EDITABLE = frozenset({Standing.ABSENT}), frozenset({Standing.EDITABLE})
READONLY, SOMETIMES = frozenset({Standing.READONLY}), EDITABLE | ABSENT
LARGE, SMALL = FormFactor.LARGE, FormFactor.SMALL


def place(behavior):
    return FieldPlace("Details", 1, 1, behavior, 0) if behavior else None


def page(name, panel, field=ABSENT):
    return Page(name, "Contact", name, panel, field)


def active(name, *factors, **more):
    return tuple(Activation("Contact", name, factor, **more) for factor in factors)


def screens(*, layouts=("Edit",), reach=EDITOR, pages=(), activations=()):
    """One profile with a layout for each record type; `layouts` are behaviours, "" for not on."""
    fields = {f"00h{i}": LayoutField(f"00h{i}", "Contact", f"L{i}", Known(place(behavior)))
              for i, behavior in enumerate(layouts)}  # fmt: skip
    return Screens(
        layouts=fields,
        assignments=tuple(LayoutAssignment(SALES.id, SALES.name, layout, f"012{i}" if i else "")
                          for i, layout in enumerate(fields)),
        profiles=(SALES,),
        audience=Known(Audience({"Contact": {SALES.id: {reach: 10}}})),
        pages=PageFacts(Known({each.name: each for each in pages}), Known(tuple(activations))),
        record_types={"0121": "Donor"},
    )  # fmt: skip


def only(found):
    """The one verdict of the headline's ten users."""
    (line,) = see(found).headline
    (verdict,) = (v for v in Verdict if getattr(line, v.value))
    assert line.users == getattr(line, verdict.value) == SALES.users
    return verdict.value


FORMS = page("Forms", Panel.NEVER)
PLAIN = page("Plain", Panel.ALWAYS)
WITH_FIELD = page("Own", Panel.NEVER, EDITABLE)
RULED = page("Ruled", Panel.NEVER, SOMETIMES)
MIXED = page("Mixed", Panel.ALWAYS, READONLY)
HIDDEN_PANEL = page("Maybe", Panel.SOMETIMES)
CASES = {
    "on the layout, with access": (screens(), "edits"),
    "read-only on the layout": (screens(layouts=("Readonly",)), "sees"),
    "access to read only": (screens(reach=READER), "sees"),
    "no access to the field": (screens(reach=BLIND), "hidden"),
    "no access to the records": (screens(reach=STRANGER), "hidden"),
    "not on the layout": (screens(layouts=("",)), "hidden"),
    "on one of two record types": (screens(layouts=("Edit", "")), "partly"),
    "editable on one, read-only on the other": (screens(layouts=("Edit", "Readonly")), "sees"),
    "a page of its own fields hides the layout": (
        screens(pages=[FORMS], activations=active("Forms", LARGE)), "partly"),
    "a page of its own fields on phones may or may not count": (
        screens(pages=[FORMS], activations=active("Forms", LARGE, SMALL)), "unknown"),
    "a page that holds the field stands in for a layout without": (
        screens(layouts=("",), pages=[WITH_FIELD], activations=active("Own", LARGE)), "partly"),
    "both the page and the layout hold it": (
        screens(pages=[WITH_FIELD], activations=active("Own", LARGE, SMALL)), "edits"),
    "a rule that may not be met": (
        screens(pages=[RULED], activations=active("Ruled", LARGE)), "unknown"),
    "a rule that may not be met, for users without access": (
        screens(reach=BLIND, pages=[RULED], activations=active("Ruled", LARGE)), "hidden"),
    "the panel gives more than the page's own read-only field": (
        screens(pages=[MIXED], activations=active("Mixed", LARGE, SMALL)), "edits"),
    "a panel under a rule": (
        screens(pages=[HIDDEN_PANEL], activations=active("Maybe", LARGE)), "unknown"),
    "a page for another profile": (
        screens(pages=[FORMS], activations=active("Forms", LARGE, profile="Support", app="A")),
        "edits"),
    "a page in one app": (
        screens(pages=[FORMS], activations=active("Forms", LARGE, profile="Sales", app="A")),
        "partly"),
    "a page for a record type that is not assigned": (
        screens(pages=[FORMS], activations=active("Forms", LARGE, record_type="Donor", app="A")),
        "edits"),
    "Salesforce's own page in an app, over the org's default": (
        screens(pages=[FORMS], activations=(*active("Forms", LARGE),
                                            *active("", LARGE, app="A"))), "partly"),
    "an app's page, over the org's default": (
        screens(pages=[FORMS, PLAIN], activations=(*active("Plain", LARGE, SMALL),
                                                   *active("Forms", LARGE, app="A"))), "partly"),
    "a profile's page, over the app's": (
        screens(pages=[FORMS, PLAIN], activations=(
            *active("Forms", LARGE, app="A"),
            *active("Plain", LARGE, app="A", profile="Sales"))), "edits"),
    "a page that is not there": (screens(activations=active("Lost", LARGE)), "unknown"),
}  # fmt: skip


@pytest.mark.parametrize(("given_", "expected"), CASES.values(), ids=CASES.keys())
def test_users_have(given_, expected):
    assert only(given_) == expected


def unread(found, **facts):
    return found.__class__(**{name: facts.get(name, getattr(found, name))
                              for name in found.__dataclass_fields__})  # fmt: skip


REFUSED = Unknown("the org would not say")
UNREAD = {
    "access, where the layout holds the field": (unread(screens(), audience=REFUSED), "unknown"),
    "access, where no layout does": (unread(screens(layouts=("",)), audience=REFUSED), "hidden"),
    "activations, with pages that differ": (
        unread(screens(), pages=PageFacts(Known({"Forms": FORMS}), REFUSED)), "unknown"),
    "activations, with pages that all show the layout": (
        unread(screens(), pages=PageFacts(Known({"P": page("P", Panel.ALWAYS)}), REFUSED)),
        "edits"),
    "pages": (unread(screens(), pages=PageFacts(REFUSED, REFUSED)), "unknown"),
    "a layout": (
        unread(screens(), layouts={"00h0": LayoutField("00h0", "Contact", "L0", REFUSED)}),
        "unknown"),
}  # fmt: skip


@pytest.mark.parametrize(("given_", "expected"), UNREAD.values(), ids=UNREAD.keys())
def test_what_cannot_be_read_is_never_guessed(given_, expected):
    assert only(given_) == expected


@pytest.mark.parametrize(("given_", "expected"), UNREAD.values(), ids=UNREAD.keys())
def test_an_unknown_verdict_says_why(given_, expected):
    told = [row.why for row in see(given_).rows if row.verdict is Verdict.UNKNOWN]
    assert all(why.endswith(REFUSED.reason) for why in told)
    assert bool(told) == (expected == "unknown")


def test_a_page_makes_a_row_of_its_own_only_where_it_differs():
    found = screens(pages=[FORMS], activations=active("Forms", LARGE, profile="Sales", app="A"))
    assert [(r.app, r.form_factor, r.page) for r in see(found).rows] == [
        ("", "", ""), ("A", "Large", "Forms")]  # fmt: skip


def test_one_layout_more_is_seen_after_a_plan():
    assert only(with_field(screens(layouts=("Edit", "")), {"00h1": place("Edit")})) == "edits"


def test_an_assignment_lifts_the_field_and_not_the_records():
    assert only(with_assignment(screens(reach=BLIND), [SALES.id])) == "edits"
    stranger = screens(reach=Reach(Level.READ, Level.NONE))
    assert only(with_assignment(stranger, [SALES.id])) == "sees"


def test_only_the_users_who_are_assigned_are_lifted():
    lift = Lift("Contact", SALES.id, BLIND, EDITOR, users=3)
    (line,) = see(with_lifts(screens(reach=BLIND), [lift])).headline
    assert (line.users, line.edits, line.hidden) == (10, 3, 7)


reaches = st.builds(Reach, st.sampled_from(Level), st.sampled_from(Level))


@given(own=reaches, held=st.lists(reaches, max_size=20), others=st.integers(0, 5))
def test_users_are_split_as_one_by_one(own, held, others):
    at_least = {
        asked: sum(all(map(int.__ge__, each, asked)) for each in held) for asked in asked_reaches()
    }
    one_by_one: dict[Reach, int] = {}
    for each in [*held, *[Reach(Level.NONE, Level.NONE)] * others]:
        whole = Reach(max(own.record, each.record), max(own.field, each.field))
        one_by_one[whole] = one_by_one.get(whole, 0) + 1
    assert split_users(len(held) + others, own, at_least) == one_by_one


@pytest.mark.parametrize(
    ("reach", "behavior", "obstacle", "why"),
    [
        (EDITOR, "Edit", "none", "the layout holds the field"),
        (EDITOR, "Readonly", "page", "the field is read-only on the layout"),
        (EDITOR, "", "page", "the layout does not hold the field"),
        (STRANGER, "Edit", "records-closed", "these users may not read records of the object"),
        (STRANGER, "", "records-closed", "these users may not read records of the object"),
        (BLIND, "Edit", "field-closed", "these users may not read the field"),
        (READER, "Edit", "field-read-only",
         "the layout holds the field, but these users may not edit the field"),
        (Reach(Level.READ, Level.EDIT), "Edit", "records-read-only",
         "the layout holds the field, but these users may not edit records of the object"),
    ],
)  # fmt: skip
def test_a_row_says_what_stands_in_the_way(reach, behavior, obstacle, why):
    (row,) = see(screens(reach=reach, layouts=(behavior,))).rows
    assert (row.obstacle.value, row.why) == (obstacle, why)
