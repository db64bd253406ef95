"""Merges: what the winner keeps, where the losers go, who may."""

from __future__ import annotations

import pytest
from actions_door import act, contact, lead, person
from data_org import select, tiny_org

from practice_org.actions.merge import Merge, merge_records
from practice_org.tables import find_row, insert_row
from practice_org.wire import OrgError


def test_a_merge_keeps_the_winners_values_and_buries_the_losers():
    here = tiny_org()
    winner, loser = contact(here, Title="A"), contact(here, Title="B", HasOptedOutOfEmail=True)
    assert act(here, "merge", winner=winner, losers=[loser])[1]["success"]
    [dead] = here.ask(select("MasterRecordId", "Contact", "WHERE IsDeleted = true"), api="queryAll")
    assert dead["MasterRecordId"] == winner
    [live] = here.ask(select("Title, HasOptedOutOfEmail", "Contact"))
    assert (live["Title"], live["HasOptedOutOfEmail"]) == ("A", False)


def test_a_merge_takes_the_values_chosen_from_the_losers():
    here = tiny_org()
    winner, loser = lead(here), lead(here, Title="B", HasOptedOutOfEmail=True)
    keep = {"hasoptedoutofemail": loser, "Title": winner}
    act(here, "merge", winner=winner, losers=[loser], keep=keep)
    row = find_row(here.org, "Lead", winner)
    assert (row["HasOptedOutOfEmail"], row["Title"]) == (1, None)


def test_a_merge_moves_who_reported_to_the_loser():
    here = tiny_org()
    winner, loser = contact(here), contact(here)
    child = contact(here, ReportsToId=loser)
    act(here, "merge", winner=winner, losers=[loser])
    assert find_row(here.org, "Contact", child)["ReportsToId"] == winner


def test_a_winner_that_reported_to_the_loser_reports_to_nobody():
    here = tiny_org()
    loser = contact(here)
    winner = contact(here, ReportsToId=loser)
    act(here, "merge", winner=winner, losers=[loser])
    assert find_row(here.org, "Contact", winner)["ReportsToId"] is None


def test_merged_person_accounts_follow_on_the_contact_side():
    here = tiny_org()
    winner, loser = person(here), person(here, PersonHasOptedOutOfEmail=True)
    keep = {"PersonHasOptedOutOfEmail": loser}
    act(here, "merge", winner=winner, losers=[loser], keep=keep)
    sides = [find_row(here.org, "Account", one)["PersonContactId"] for one in (winner, loser)]
    kept, gone = (find_row(here.org, "Contact", side) for side in sides)
    assert (kept["HasOptedOutOfEmail"], kept["IsDeleted"]) == (1, 0)
    assert (gone["IsDeleted"], gone["MasterRecordId"]) == (1, kept["Id"])


def test_an_accounts_contacts_move_to_the_winner():
    here = tiny_org()
    winner, loser = (insert_row(here.org, "Account", {"Name": name}) for name in "AB")
    child = contact(here, AccountId=loser)
    act(here, "merge", winner=winner, losers=[loser])
    assert find_row(here.org, "Contact", child)["AccountId"] == winner


BAD_MERGES = [
    ((0, 0), {}, "INVALID_ID_FIELD"),
    ((0,), {}, "INVALID_ID_FIELD"),
    ((0, 1, 2, 3), {}, "INVALID_ID_FIELD"),
    ((0, 4), {}, "INVALID_ID_FIELD"),
    ((4, 5), {}, "CANNOT_UPDATE_CONVERTED_LEAD"),
    ((0, 1), {"Nope": 1}, "INVALID_FIELD"),
    ((0, 1), {"Title": 2}, "INVALID_CROSS_REFERENCE_KEY"),
    ((0, 1), {"IsDeleted": 1}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
]


@pytest.mark.parametrize(("ids", "keep", "code"), BAD_MERGES)
def test_a_merge_that_cannot_be_is_refused_and_changes_nothing(ids, keep, code):
    here = tiny_org()
    made = [*(contact(here) for _ in range(4)), lead(here), lead(here, IsConverted=True)]
    asked = Merge(
        made[ids[0]], tuple(made[n] for n in ids[1:]), {k: made[n] for k, n in keep.items()}
    )
    with pytest.raises(OrgError) as refused:
        merge_records(here.org, here.admin, asked)
    assert refused.value.code == code
    assert len(here.ask("SELECT Id FROM Contact")) == 4


@pytest.mark.parametrize(("owners", "code"), [("ca", 403), ("ac", 403), ("cc", 200)])
def test_the_caller_edits_the_winner_and_deletes_the_losers(owners, code):
    here = tiny_org()
    who = {"a": here.admin, "c": here.clerk}
    winner, loser = (contact(here, OwnerId=who[letter]) for letter in owners)
    assert act(here, "merge", user=here.clerk, winner=winner, losers=[loser])[0] == code


def test_a_record_that_sharing_only_lets_one_edit_is_not_merged_away():
    here = tiny_org()
    here.org.set_setting("sharing", "public")
    winner, loser = contact(here, OwnerId=here.clerk), contact(here)
    assert act(here, "merge", user=here.clerk, winner=winner, losers=[loser])[0] == 403


def test_a_value_the_caller_cannot_write_cannot_be_chosen():
    here = tiny_org()
    winner, loser = (contact(here, OwnerId=here.clerk) for _ in range(2))
    keep = {"HasOptedOutOfEmail": loser}
    status, said = act(here, "merge", user=here.clerk, winner=winner, losers=[loser], keep=keep)
    assert (status, said[0]["errorCode"]) == (400, "INVALID_FIELD")
