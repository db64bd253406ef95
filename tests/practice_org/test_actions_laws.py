"""Whatever people do in whatever order: who is live, who is dead, and who points at whom."""

from __future__ import annotations

from data_org import tiny_org
from hypothesis import given, settings
from hypothesis import strategies as st

from practice_org.actions.convert import Conversion, convert_lead
from practice_org.actions.merge import Merge, merge_records
from practice_org.actions.recycle_bin import delete_record, purge_record, undelete_record
from practice_org.tables import find_row, insert_row
from practice_org.wire import OrgError

COUNT = 4
NUMBERS = st.integers(0, COUNT - 1)
ONE = st.sampled_from(["delete", "undelete", "purge"])
MERGES = st.tuples(st.just("merge"), NUMBERS, NUMBERS, st.booleans())
STEPS = st.lists(
    st.one_of(MERGES, st.tuples(ONE, NUMBERS), st.tuples(st.just("convert"), NUMBERS)), max_size=6
)
ALONE = {"delete": delete_record, "undelete": undelete_record, "purge": purge_record}
# What an action needs of a record, and what becomes of it.
MOVES = {"delete": ("live", "dead"), "undelete": ("dead", "live"), "purge": ("dead", "gone")}


class Ledger:
    """The same records kept a second time, as plainly as can be."""

    def __init__(self, ids):
        self.state = dict.fromkeys(ids, "live")
        self.out = {one: number % 2 == 0 for number, one in enumerate(ids)}

    def moves(self, action, ids):
        """Whether the action can be; when it can, it is done."""
        if action == "merge":
            winner, loser = ids
            allowed = winner != loser and {self.state[one] for one in ids} == {"live"}
            self.state[loser] = "dead" if allowed else self.state[loser]
            return allowed
        needed, after = MOVES[action]
        allowed = self.state[ids[0]] == needed
        self.state[ids[0]] = after if allowed else self.state[ids[0]]
        return allowed

    def those(self, *states):
        return {one for one, state in self.state.items() if state in states}


def people():
    here = tiny_org()
    made = ({"LastName": "x", "HasOptedOutOfEmail": n % 2 == 0} for n in range(COUNT))
    return here, [insert_row(here.org, "Contact", row) for row in made]


def do(here, action, ids, *, keeps_losers=False):
    """Whether the org let it happen."""
    try:
        if action == "merge":
            keep = {"HasOptedOutOfEmail": ids[1]} if keeps_losers else {}
            merge_records(here.org, here.admin, Merge(ids[0], (ids[1],), keep))
        elif action == "convert":
            lead = insert_row(here.org, "Lead", {"LastName": "x", "Company": "y"})
            convert_lead(here.org, here.admin, Conversion(lead, contact=ids[0]))
        else:
            ALONE[action](here.org, here.admin, ids[0])
    except OrgError:
        return False
    return True


def walk(here, ids, steps):
    """Do the steps in the org and in a ledger; both must agree on what can be."""
    ledger = Ledger(ids)
    for action, *rest in steps:
        picked = [ids[n] for n in rest[: 2 if action == "merge" else 1]]
        chosen = action == "merge" and rest[2]
        done = do(here, action, picked, keeps_losers=chosen)
        if action == "convert":
            assert done == (ledger.state[picked[0]] == "live")
            continue
        assert done == ledger.moves(action, picked)
        if done and chosen:
            ledger.out[picked[0]] = ledger.out[picked[1]]
    return ledger


def found(here, api):
    return {row["Id"]: row for row in here.ask("SELECT Id, MasterRecordId FROM Contact", api=api)}


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_the_live_answer_to_query_and_the_dead_to_query_all_alone(steps):
    here, ids = people()
    ledger = walk(here, ids, steps)
    assert set(found(here, "query")) == ledger.those("live")
    assert set(found(here, "queryAll")) == ledger.those("live", "dead")


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_nobody_is_live_and_merged_away(steps):
    here, ids = people()
    walk(here, ids, steps)
    assert all(row["MasterRecordId"] is None for row in found(here, "query").values())


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_a_chain_of_masters_ends(steps):
    here, ids = people()
    walk(here, ids, steps)
    rows = found(here, "queryAll")
    for one in rows:
        seen = [one]
        while seen[-1] in rows and rows[seen[-1]]["MasterRecordId"]:
            seen.append(rows[seen[-1]]["MasterRecordId"])
            assert len(seen) == len(set(seen))
        assert seen[-1] in ids


@settings(max_examples=60, deadline=None)
@given(steps=STEPS)
def test_an_opt_out_is_what_it_was_unless_a_merge_chose_otherwise(steps):
    here, ids = people()
    ledger = walk(here, ids, steps)
    for one in ledger.those("live", "dead"):
        row = find_row(here.org, "Contact", one)
        assert bool(row["HasOptedOutOfEmail"]) is ledger.out[one]
