"""The matrix of faults and calls: nothing is left out of it, and a wrong reaction is seen."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from prove.fault_cells import SITES, Cell, Lasts, every_cell, sample
from prove.fault_laws import Seen, broken_laws, reaction_of

from deployer.errors import OrgSaidNo, TryLater
from practice_org.faults.catalogue import CODES
from practice_org.faults.sorts import Sort
from sync.reactions import Reaction

CELLS = every_cell()
PUSH = {site.name: site for site in SITES}["push"]
# What no call of the sync can meet.
OTHERS = {Sort.SOAP, Sort.POLL, Sort.DEPLOY, Sort.CANCEL, Sort.NEW_ROW, Sort.LOCATOR}
STOPPED = OrgSaidNo("no", hint="-")
LATER = TryLater("later", hint="-")
NOTHING = Seen(None, 1, [], {})


def test_every_code_that_the_sync_can_meet_has_a_cell():
    met = {cell.code.name for cell in CELLS}
    assert {name for name, code in CODES.items() if not code.sorts <= OTHERS} == met


def test_every_call_has_a_cell():
    assert {cell.site for cell in CELLS} == set(SITES)


@pytest.mark.parametrize("seed", range(5))
def test_each_day_shows_every_code_and_every_call(seed):
    drawn = [sample(CELLS, Random(seed)) for _ in range(2)]  # noqa: S311 - repeatable on purpose
    assert drawn[0] == drawn[1]
    assert {cell.code for cell in drawn[0]} == {cell.code for cell in CELLS}
    assert {cell.site for cell in drawn[0]} == set(SITES)


PUSHED = {"collections.update"}
WRONG = [
    ("TXN_SECURITY_NO_ACCESS", replace(NOTHING, error=STOPPED, fired=2), "STOP: asked again"),
    ("TXN_SECURITY_NO_ACCESS", replace(NOTHING, error=LATER), "STOP: ends"),
    ("INVALID_SESSION_ID", replace(NOTHING, error=STOPPED), "RELOGIN: ends"),
    ("SERVER_UNAVAILABLE", NOTHING, "ends"),
    ("SERVER_UNAVAILABLE", replace(NOTHING, error=LATER, cases={"x": "y"}), "a call's fault"),
    ("DROP_AFTER", replace(NOTHING, asked=[frozenset(PUSHED)] * 2), "VERIFY: sent again"),
    ("FIELD_INTEGRITY_EXCEPTION", NOTHING, "QUARANTINE: in quarantine"),
    ("UNABLE_TO_LOCK_ROW", replace(NOTHING, cases={"x": "y"}), "RETRY: somebody's case"),
    ("HTML_503", replace(NOTHING, fired=0), "never fired"),
]


@pytest.mark.parametrize(("code", "seen", "said"), WRONG, ids=lambda each: str(each)[:24])
def test_another_reaction_than_the_tables_is_seen(code, seen, said):
    cell = Cell(PUSH, CODES[code], Lasts.ONCE)
    assert [each for each in broken_laws(cell, seen) if each.startswith(said)]


def test_what_the_catalogue_says_is_what_the_table_is_asked_by():
    told = {code: reaction_of(Cell(PUSH, CODES[code], Lasts.ONCE)) for code, _, _ in WRONG}
    assert set(told.values()) == {
        Reaction.STOP, Reaction.RELOGIN, Reaction.RETRY, Reaction.VERIFY, Reaction.QUARANTINE,
    }  # fmt: skip
