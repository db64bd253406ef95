"""Whoever the org lets see the field, the matrix says so: compared with one user at a time."""

import sqlite3
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from visibility_org import FIELD, build, naive, orgs

from deployer.commands.options import open_connection
from deployer.readiness.facts.placements import fetch_placements
from deployer.readiness.facts.rights import fetch_rights
from deployer.readiness.facts.screens import fetch_screens
from deployer.readiness.visibility import see

COUNTS = ("edits", "sees", "partly", "hidden", "unknown")


@pytest.fixture
def opened(practice):
    """A connection, and the org as it was when it was opened, to go back to."""
    with open_connection("practice", as_json=True) as connection:
        kept = sqlite3.connect(":memory:")
        practice.org.db.backup(kept)
        yield connection, lambda: kept.backup(practice.org.db)
        kept.close()


def look(conn):
    facts = {"rights": fetch_rights(conn), **fetch_placements(conn, FIELD)}
    return fetch_screens(conn, FIELD, facts).value


@pytest.mark.slow
@given(drawn=orgs)
@settings(max_examples=12, suppress_health_check=list(HealthCheck))
def test_the_headline_is_that_of_a_naive_evaluation(practice, opened, drawn):
    connection, start_over = opened
    start_over()
    build(practice.org, drawn)
    screens = look(connection)
    chosen = tuple(p for p in screens.profiles if p.name in drawn.profiles)
    seen = see(replace(screens, profiles=chosen))
    contact = next(each for each in seen.headline if each.object == "Contact")
    assert {name: getattr(contact, name) for name in COUNTS} == naive(practice.org, drawn)
