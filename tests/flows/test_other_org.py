"""Another org behind the same name: nothing of it is read or written, and nothing is lost."""

from __future__ import annotations

import json
import re

import pytest

from practice_org.tables import find_row, insert_row
from sync.desk import Ask, open_desk
from sync.ledger.ledger import bind, write_meta
from sync.ledger.retrying import retry_open

OTHER = "00D000000000001AAA"
PERSONAL = ("Contact", "Lead", "Account", "sobjects", "jobs")


@pytest.fixture
def bound_elsewhere(org_now):
    """The ledger and people of an org that another one answers for now; a record of that one."""
    with open_desk(Ask("practice")) as desk:
        bind(desk.ledger, org_id=OTHER, people=desk.open_people().identity())
    return insert_row(org_now.org, "Contact", {"LastName": "Moss"})


@pytest.fixture
def touched(intercept):
    """What the org was asked about people: paths, and objects that were queried."""
    found: list[str] = []

    def listen(request, go_on):
        asked_for = re.search(r" FROM (\w+)", request.query.get("q", ""))
        what = asked_for.group(1) if asked_for else request.path
        if any(word in what for word in PERSONAL):
            found.append(what)
        return go_on(request)

    intercept(listen)
    return found


def sync(run, *words):
    code, out, _ = run("sync", *words, "--org", "practice", "--json")
    return code, json.loads(out)


def test_a_push_is_kept_and_neither_reads_nor_writes_the_other_org(
    run, bound_elsewhere, touched, org_now
):
    code, said = sync(run, "push", "--salesforce-id", bound_elsewhere)
    assert (code, said["accepted"], said["open"]) == (75, 1, 1)
    assert OTHER in said["problems"][0]["message"]
    assert touched == []
    assert not find_row(org_now.org, "Contact", bound_elsewhere)["HasOptedOutOfEmail"]


def test_a_night_is_refused_before_it_reads_anything(run, bound_elsewhere, touched):
    assert bound_elsewhere
    code, said = sync(run, "adopt", "--yes")
    assert (code, said["outcome"]) == (1, "failed")
    assert touched == []


def test_what_was_kept_is_applied_when_the_right_org_is_back(run, bound_elsewhere, org_now):
    assert sync(run, "push", "--salesforce-id", bound_elsewhere)[0] == 75
    with open_desk(Ask("practice")) as desk, desk.ledger.engine.begin() as db:
        write_meta(db, "org_id", "")
        retry_open(db, desk.ledger.now())
    assert sync(run, "push", "--person", "ann")[0] == 0
    assert find_row(org_now.org, "Contact", bound_elsewhere)["HasOptedOutOfEmail"]
