"""Persons who resubscribe while the server runs, as `optout sync resubscribe` does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from prove.soak_house import Soaked
from prove.soak_plan import Plan

from deployer.clock import SystemClock
from deployer.commands.options import open_connection
from deployer.errors import OptoutError
from deployer.salesforce.client import Writer
from deployer.settings.org_tables import Role
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.fences import ResubscribeState
from sync.ledger.ledger import open_ledger
from sync.org_records import open_door
from sync.resubscribe.component import Sources
from sync.resubscribe.walk import Asked, resubscribe

FIELDS = (EMAIL_OPT_OUT,)


@contextmanager
def open_writer() -> Iterator[Writer]:
    """A client with the runner's own login."""
    with open_connection("practice", "write", role=Role.RUNNER, as_json=True) as writer:
        yield writer


def _at_once(whole: int) -> int:
    """How many share a login: few, since whatever else is to happen waits for them."""
    return min(max(whole // 20, 3), 20)


@dataclass
class Resubscribes:
    """Who has resubscribed; `cleared` are those of whom it is known that it was done."""

    house: Soaked
    plan: Plan
    cleared: set[int] = field(default_factory=set)
    asked: int = 0

    def some(self, sent: int, *, is_last: bool) -> None:
        """Those whose turn it is: they are spread over the whole plan."""
        whole = self.plan.resubscribers.stop
        due = whole if is_last else whole * sent // self.plan.events - whole // 10
        if self.asked < due and (is_last or due - self.asked >= _at_once(whole)):
            with ExitStack() as opened:
                self._ask(range(self.asked, due), opened)
            self.asked = due

    def _ask(self, persons: range, opened: ExitStack) -> None:
        clock = SystemClock()
        ledger = open_ledger(self.house.store.ledger, clock)
        opened.callback(ledger.close)
        people = self.house.store.open_people(clock)
        opened.callback(people.close)
        try:
            door = open_door(opened.enter_context(open_writer()))
        except OptoutError:
            return  # the org is away: then nobody of these resubscribes
        for person in persons:
            sources = Sources(ledger, people, door, FIELDS)
            asked = Asked(f"person-{person}", "Ada", "asked in writing", lambda _: None)
            try:
                ended = resubscribe(sources, asked, f"soak-{person}")
            except OptoutError:
                continue
            if ended.state is ResubscribeState.CLEARED:
                self.cleared.add(person)
