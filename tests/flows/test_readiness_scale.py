"""A look at a large org: few calls, and an answer no larger for 20,000 users than for 1,000."""

import json
from urllib.parse import unquote

import pytest
from large_org import USERS, add_large, add_users, large_profiles

MOST_CALLS = 120
FEW = 1_000
# As much more as 19,000 users more may cost on the wire.
MOST_MORE = 1.1
# How a question about users may be put: the org counts, or one user is named.
COUNTED = ("COUNT(Id) users FROM User ", "FROM User WHERE Username = ")


@pytest.fixture
def look(run, org_now, intercept):
    """Look with the deployer's login: the document, every query, and the bytes of all answers."""
    exchanged = []

    def answered(request, go_on):
        answer = go_on(request)
        exchanged.append((request, len(answer.body)))
        return answer

    def look_at_it():
        exchanged.clear()
        code, out, _ = run("readiness", "--org", "practice", "--json", "--identity", "deployer")
        assert code == 1
        return json.loads(out), [*queries_in(exchanged)], sum(size for _, size in exchanged)

    intercept(answered)
    return look_at_it


def queries_in(exchanged):
    """The SOQL in every composite's parts."""
    for request, _ in exchanged:
        if request.path.endswith("/composite"):
            for part in json.loads(request.body)["compositeRequest"]:
                yield unquote(part["url"]).partition("?q=")[2]


@pytest.mark.slow
def test_twenty_thousand_users_cost_no_more_calls_and_no_more_bytes_than_a_thousand(look, org_now):
    add_large(org_now.org, FEW)
    few, _, fewer_bytes = look()
    add_users(org_now.org, large_profiles(org_now.org), USERS - FEW)
    many, queries, bytes_ = look()
    assert len(many["api_calls"]) == len(few["api_calls"]) <= MOST_CALLS
    assert bytes_ <= fewer_bytes * MOST_MORE
    asked = [query for query in queries if " FROM User " in query]
    assert len(asked) > len(COUNTED)
    assert [query for query in asked if not any(way in query for way in COUNTED)] == []
    assert not any(query.startswith("SELECT AssigneeId") for query in queries)
    assert {line["users"] - USERS for line in many["headline"]} == {
        line["users"] - FEW for line in few["headline"]}  # fmt: skip


def test_users_are_counted_once_where_two_objects_have_their_access_from_the_same_sets(look):
    _, queries, _ = look()
    counted = [query for query in queries if COUNTED[0] in query]
    assert len(set(counted)) == len(counted) > 1
