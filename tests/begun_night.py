"""A night that has just begun, to send a few records the way it sends many."""

from __future__ import annotations

from collections.abc import Iterable

from sync_house import House

from deployer.salesforce.records import RowOutcome
from deployer.state import make_private_dir
from sync.ledger.lease import take
from sync.night.means import Night
from sync.night.writing import MOST_BY_COLLECTIONS, ToTick, tick_records


def begun_night(house: House) -> Night:
    """A night of this house that holds the lease and has asked nothing of the org yet."""
    door = house.open_org()
    word = f"run-{next(house.numbers)}"
    folder = make_private_dir(house.runs / word)
    lease = take(house.ledger, door.writer.org.org_id, word)
    return Night(house.ledger, house.people, door, word, house.fields, folder, lease)


def tick_by_bulk(night: Night, ids: Iterable[str]) -> dict[str, RowOutcome]:
    """Tick them by bulk jobs, however few they are; the outcome of each."""
    wanted = ToTick(sorted(ids), MOST_BY_COLLECTIONS + 1, 0)
    return {row.record_id: row for _, lot in tick_records(night, wanted) for row in lot}
