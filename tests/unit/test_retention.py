"""What need not be kept is not: settled events are emptied, old runs' lists removed."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from store_kinds import BOTH

from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.tables import AUDIT, EVENTS
from sync.retention import Forgotten, forget

pytestmark = BOTH

DAY_S = 86_400
ADDRESS = "long.gone@example.com"


@pytest.fixture
def runs(tmp_path):
    return tmp_path / "runs"


def take(house, key="k", selected="ann", selector=Selector.PERSON):
    event = NewEvent("shop", key, "hash", house.clock.now(), selector, selected,
                     ("HasOptedOutOfEmail",), "Clicked Link", f"told by {ADDRESS}")  # fmt: skip
    return accept(house.ledger, [event])[0]


def kept(house):
    """What the ledger holds of each event: selected, source, reason."""
    with house.ledger.engine.begin() as db:
        return [tuple(row) for row in db.execute(
            select(EVENTS.c.selected, EVENTS.c.source, EVENTS.c.reason).order_by(EVENTS.c.id)
        )]  # fmt: skip


def test_a_settled_event_is_emptied_after_its_days_and_known_when_it_comes_again(house, runs):
    house.person("ann", house.contact(), email=ADDRESS)
    take(house, selected=ADDRESS, selector=Selector.EMAIL)
    house.drain()
    house.clock.sleep(29 * DAY_S)
    assert forget(house.ledger, runs, 30) == Forgotten(0, 0)
    house.clock.sleep(2 * DAY_S)
    assert forget(house.ledger, runs, 30) == Forgotten(1, 0)
    assert kept(house) == [("", "", "")]
    assert not take(house, selected=ADDRESS, selector=Selector.EMAIL).new
    assert forget(house.ledger, runs, 30) == Forgotten(0, 0)


def test_what_was_emptied_is_not_left_legible_in_the_file(house, runs, tmp_path):
    house.person("ann", house.contact())
    for number in range(20):
        take(house, f"k{number}")
    house.drain()
    house.clock.sleep(31 * DAY_S)
    assert forget(house.ledger, runs, 30).events == 20
    house.ledger.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.glob("ledger.sqlite*"))
    assert ADDRESS.encode() not in kept


@pytest.mark.parametrize("stands", ["accepted", "waiting", "quarantined", "open"])
def test_nothing_unsettled_is_ever_touched(house, runs, stands):
    contact = house.contact()
    house.person("ann", *([] if stands == "waiting" else [contact]))
    take(house)
    house.rule("Contact", active=stands == "quarantined")
    if stands == "open":
        house.fault("any", "HTML_503", times=100)
    if stands != "accepted":
        house.drain()
    house.clock.sleep(4_000 * DAY_S)
    assert forget(house.ledger, runs, 30) == Forgotten(0, 0)
    assert kept(house)[0][0] == "ann"


def test_lists_of_old_runs_go_and_the_newest_stays_to_be_approved(house, runs):
    contact = house.contact()
    house.person("ann", contact)
    house.tick(contact)
    first = house.night().run_id
    house.clock.sleep(40 * DAY_S)
    second = house.night().run_id
    kept = [*(runs / first).iterdir(), runs.parent / "ledger.sqlite"]
    assert {file.stat().st_mode & 0o777 for file in kept} == {0o600}
    assert forget(house.ledger, runs, 30) == Forgotten(0, 1)
    house.clock.sleep(40 * DAY_S)
    assert forget(house.ledger, runs, 30) == Forgotten(0, 0)
    assert [folder.name for folder in runs.iterdir()] == [second]
    assert (runs / second / "to-people.txt").exists()


def test_what_was_done_is_counted_in_the_audit_without_a_name(house, runs):
    house.person("ann", house.contact())
    take(house)
    house.drain()
    house.clock.sleep(31 * DAY_S)
    forget(house.ledger, runs, 30)
    with house.ledger.engine.begin() as db:
        (told,) = db.scalars(select(AUDIT.c.detail).where(AUDIT.c.action == "retention"))
    assert told == "1 settled events emptied, lists of 0 runs removed, older than 30 days"


def test_a_folder_that_is_no_run_of_ours_is_left_alone(house, runs):
    (runs / "somebody-elses").mkdir(parents=True)
    house.clock.sleep(400 * DAY_S)
    assert forget(house.ledger, runs, 30) == Forgotten(0, 0)
    assert (runs / "somebody-elses").exists()
