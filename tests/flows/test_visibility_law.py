"""Whoever the org lets see the field, the matrix says so: compared with one user at a time."""

import sqlite3
from collections import Counter
from itertools import groupby, product
from operator import attrgetter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from visibility_naive import naive
from visibility_org import APPS, FACTORS, FIELD, OBJECTS, PROFILES, build, layout_body, orgs
from walk import StepClock

from deployer.model.layouts import FieldPlace
from deployer.readiness.facts.placements import fetch_placements
from deployer.readiness.facts.rights import fetch_rights
from deployer.readiness.facts.screens import fetch_screens
from deployer.readiness.visibility import see, with_assignment, with_field
from deployer.salesforce.connection import connect
from deployer.salesforce.hosts import Loopback, Origin
from deployer.salesforce.login import Place, TokenLogin
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret
from practice_org.app import handle
from practice_org.inprocess import OrgAdapter
from practice_org.login.sessions import start_session
from practice_org.metadata.components import list_components, load_component
from practice_org.rights import FieldAccess, grant_fields
from practice_org.tables import find_rows, insert_row

VERDICTS = ("edits", "sees", "partly", "hidden", "unknown")
# A smaller org would be easier to read; looking for one takes minutes.
SHORT = settings(max_examples=12, phases=(Phase.generate,), report_multiple_bugs=False)
EDITABLE = FieldPlace("", 0, 0, "Edit", 0)
CELL = attrgetter("object", "profile", "record_type")


@pytest.fixture
def opened(org, clock):
    """A connection without sockets, and the org as it was when it was opened, to go back to."""
    (user,) = find_rows(org, "User", Username="deployer@practice.example.com")
    session = OrgSession(StepClock(clock), loopback=Loopback.PRACTICE)
    session.mount("https://", OrgAdapter(lambda request: handle(org, request)))
    login = TokenLogin(Secret(start_session(org, user["Id"])))
    place = Place(Origin("localhost"), None, Loopback.PRACTICE)
    kept = sqlite3.connect(":memory:")
    org.db.backup(kept)
    yield connect(login, place, session, StepClock(clock)), lambda: kept.backup(org.db)
    kept.close()
    session.close()


def look(conn):
    facts = {"rights": fetch_rights(conn), **fetch_placements(conn, FIELD)}
    return fetch_screens(conn, FIELD, facts).value


def put_on_every_layout(org):
    """What the plan of the second comparison does."""
    for layout in list_components(org, "Layout"):
        name = layout.full_name.partition("-")[0]
        if name in OBJECTS:
            body = layout_body("Edit", OBJECTS[name].field)
            load_component(org, "Layout", layout.full_name, body.encode(), layout.namespace)


def give_the_field(org, profile_name):
    """Assign a set that gives edit on the field to all of a profile; the profile's id."""
    (profile,) = find_rows(org, "Profile", Name=profile_name)
    held = insert_row(org, "PermissionSet", {"Name": "Given", "Label": "Given"})
    for name in ("Contact", "Lead"):
        grant_fields(org, held, name, {FIELD: FieldAccess.EDIT})
    for user in find_rows(org, "User", ProfileId=profile["Id"]):
        row = {"AssigneeId": user["Id"], "PermissionSetId": held}
        insert_row(org, "PermissionSetAssignment", row)
    return profile["Id"]


def told(screens):
    """Each object's users by verdict, zeros left out, and the same of every page."""
    visibility = see(screens)
    assert all(row.why for row in visibility.rows)
    return {
        line.object: Counter({v: n for v in VERDICTS if (n := getattr(line, v))})
        for line in visibility.headline
    }, by_page(visibility.rows)


def by_page(rows):
    """Layout, page and users by verdict of every single page; every row must be of some page."""
    found, unseen = {}, set(rows)
    for where, group in groupby(sorted(rows, key=CELL), CELL):
        own = list(group)
        for app, factor in product(("", *APPS), FACTORS):
            shown = in_force(own, app, factor)
            unseen -= set(shown)
            ((layout, page),) = {(row.layout, row.page) for row in shown}
            users = Counter()
            for row in shown:
                users[row.verdict.value] += row.users
            found[*where, app, factor] = layout, page, users
    assert not unseen
    return found


def in_force(rows, app, factor):
    """What holds there: the app's own rows, else those of any app."""
    here = [row for row in rows if row.form_factor in {"", factor}]
    return [row for row in here if row.app == app] or [row for row in here if not row.app]


@pytest.mark.slow
@given(drawn=orgs)
@settings(SHORT, suppress_health_check=list(HealthCheck))
def test_who_has_the_field_is_what_a_naive_evaluation_finds(org, opened, drawn):
    connection, start_over = opened
    start_over()
    build(org, drawn)
    screens = look(connection)
    assert told(screens) == naive(org, drawn)
    planned = with_field(screens, {each.id: EDITABLE for each in screens.layouts.values()})
    put_on_every_layout(org)
    assert told(planned) == naive(org, drawn)
    given = with_assignment(planned, [give_the_field(org, PROFILES[0])])
    assert told(given) == naive(org, drawn)
