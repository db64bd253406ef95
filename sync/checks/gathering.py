"""Gathering the facts at one org's desk."""

from __future__ import annotations

from sqlalchemy import Connection

from deployer.errors import OptoutError
from deployer.model.facts import Fact, Known, Unknown
from deployer.salesforce.session import OrgCall
from sync.checks.facts import Chosen, Stores, count_dead, fetch_org_facts, org_away, to_facts
from sync.database.views import reading
from sync.desk import Desk
from sync.ledger.backlog import read_backlog
from sync.ledger.quarantine import cases
from sync.ledger.runs import is_adopted, recent_runs
from sync.ledger.switch import read_switch
from sync.ledger.workers import Worker, workers
from sync.status import StatusFacts


def read_facts(desk: Desk) -> StatusFacts:
    """What the ledger says, as of now."""
    runs = recent_runs(desk.ledger)
    bound = desk.bound()
    with reading(desk.ledger.engine) as db:
        return StatusFacts(
            now=desk.clock.now(), org_id=bound.org_id, switch=read_switch(db),
            schedule=desk.sync.schedule, backlog=read_backlog(db), cases=cases(db), runs=runs,
            workers=_workers(db), place=desk.ledger.place,
        )  # fmt: skip


def _workers(db: Connection) -> list[Worker]:
    """A file that was copied from PostgreSQL names workers that have nothing to do with it."""
    return workers(db) if db.dialect.name == "postgresql" else []


def gather(desk: Desk, ledger: StatusFacts) -> dict[str, Fact[object]]:
    """Every fact that the ledger and the people store have; those of the org NOT_ASKED."""
    fields = desk.sync.fields
    chosen = Chosen(fields, desk.sync.api_budget_percent, is_adopted(desk.ledger, fields))
    with reading(desk.ledger.engine) as db:
        dead = count_dead(db)
    return to_facts(ledger, chosen, dead, _look_at_people(desk))


def _look_at_people(desk: Desk) -> dict[str, Fact[object]]:
    try:
        people = desk.open_any_people()
        stores = Stores(desk.bound().people, people.identity())
        return {"people": Known(people.count()), "stores": Known(stores)}
    except OptoutError as away:
        reason = Unknown(f"the people store could not be asked: {away.message}")
        return {"people": reason, "stores": reason}


def fetch_org(
    desk: Desk, ledger: StatusFacts, calls: list[OrgCall] | None = None
) -> dict[str, Fact[object]]:
    """The facts that only the org has, as the runner's own login sees them.

    An org that does not let us in leaves them Unknown with its sentence. `calls` takes the calls
    that were made.
    """
    try:
        reader = desk.open_any_reader()
    except OptoutError as away:
        return org_away(away, ledger)
    try:
        return fetch_org_facts(reader, desk.sync.fields, desk.clock.now)
    except OptoutError as away:
        return org_away(away, ledger)
    finally:
        if calls is not None:
            calls += reader.calls
