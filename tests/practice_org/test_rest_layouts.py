"""describe/layouts tells the caller's own layouts, with the fields that the caller sees."""

from __future__ import annotations

import pytest
from data_org import tiny_org

from practice_org.metadata.components import assign_layout, load_component
from practice_org.tables import find_row, insert_row

LAYOUT = """<Layout xmlns="http://soap.sforce.com/2006/04/metadata"><layoutSections>
<label>{label}</label><layoutColumns><layoutItems><behavior>Edit</behavior><field>Email</field>
</layoutItems><layoutItems><behavior>Edit</behavior><field>HasOptedOutOfEmail</field></layoutItems>
</layoutColumns><style>OneColumn</style></layoutSections></Layout>"""


@pytest.fixture
def here():
    small = tiny_org()
    for label in ("Usual", "Donors"):
        body = LAYOUT.format(label=label).encode()
        load_component(small.org, "Layout", f"Contact-{label}", body)
    donor = {"Name": "Donor", "DeveloperName": "Donor", "SobjectType": "Contact"}
    donor_id = insert_row(small.org, "RecordType", donor)
    for user in (small.admin, small.clerk):
        profile = find_row(small.org, "User", user)["ProfileId"]
        assign_layout(small.org, profile, "Contact", "", "Contact-Usual")
    assign_layout(small.org, profile, "Contact", donor_id, "Contact-Donors")
    return small


def ask(here, user, path=""):
    return here.call("GET", f"sobjects/Contact/describe/layouts{path}", user=user)


def headings(layouts):
    return [section["heading"] for own in layouts for section in own["detailLayoutSections"]]


def fields(layout):
    return [
        item["layoutComponents"][0]["value"]
        for section in layout["detailLayoutSections"]
        for row in section["layoutRows"]
        for item in row["layoutItems"]
    ]


def test_each_user_gets_the_layouts_of_their_own_profile(here):
    _, admin = ask(here, here.admin)
    _, clerk = ask(here, here.clerk)
    assert (headings(admin["layouts"]), headings(clerk["layouts"])) == (
        ["Usual"],
        ["Usual", "Donors"],
    )
    assert {row["name"] for row in clerk["recordTypeMappings"]} == {"Master", "Donor"}


def test_a_field_that_the_caller_does_not_see_is_left_out(here):
    (own,) = ask(here, here.admin)[1]["layouts"]
    assert fields(own) == ["Email", "HasOptedOutOfEmail"]
    assert fields(ask(here, here.clerk)[1]["layouts"][0]) == ["Email"]


def test_one_record_types_layout_can_be_asked_for(here):
    mappings = ask(here, here.clerk)[1]["recordTypeMappings"]
    donor = next(row for row in mappings if row["name"] == "Donor")
    status, own = ask(here, here.clerk, f"/{donor['recordTypeId']}")
    assert (status, own["id"]) == (200, donor["layoutId"])
    assert ask(here, here.clerk, "/012000000000009AAA")[0] == 404
