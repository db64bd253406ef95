"""What was handed over to the people side, looked for in what that side shows now."""

from __future__ import annotations

from sync.batches import batches
from sync.database.views import reading
from sync.ledger.handed_over import handed_over, note_shown
from sync.ledger.ledger import Ledger
from sync.people.protocol import People


def look_at_handed_over(ledger: Ledger, people: People) -> None:
    """Settle what the people side shows by now. Errors: as the people side's."""
    with reading(ledger.engine) as db:
        waiting = [each.person_id for each in handed_over(db)]
    for lot in batches(waiting):
        shown = [person.person_id for person in people.find(lot) if person.unsubscribed]
        if shown:
            with ledger.engine.begin() as db:
                note_shown(db, shown, ledger.now())
