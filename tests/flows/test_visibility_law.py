"""Whoever the org lets see the field, the matrix says so: compared with one user at a time."""

import sqlite3
from collections import Counter
from itertools import groupby, product
from operator import attrgetter

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from visibility_naive import naive
from visibility_org import APPS, FACTORS, FIELD, build, orgs
from walk import StepClock

from deployer.readiness.facts.placements import fetch_placements
from deployer.readiness.facts.rights import fetch_rights
from deployer.readiness.facts.screens import fetch_screens
from deployer.readiness.visibility import see
from deployer.salesforce.connection import connect
from deployer.salesforce.hosts import Loopback, Origin
from deployer.salesforce.login import Place, TokenLogin
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret
from practice_org.app import handle
from practice_org.inprocess import OrgAdapter
from practice_org.login.sessions import start_session
from practice_org.tables import find_rows

VERDICTS = ("edits", "sees", "partly", "hidden", "unknown")
# A smaller org would be easier to read; looking for one takes minutes.
SHORT = settings(max_examples=12, phases=(Phase.generate,), report_multiple_bugs=False)
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
    return see(fetch_screens(conn, FIELD, facts).value)


def counted(visibility):
    """Each object's users by verdict; zeros left out."""
    return {
        line.object: Counter({v: n for v in VERDICTS if (n := getattr(line, v))})
        for line in visibility.headline
    }


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
    seen = look(connection)
    totals, cells = naive(org, drawn)
    assert counted(seen) == totals
    assert by_page(seen.rows) == cells
    assert all(row.why for row in seen.rows)
