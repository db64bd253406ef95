"""Workers that die, a database that restarts, a cable that is pulled: nothing is lost.

Told by the org's own tables and audit, and by what was accepted.
"""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest
from networks_house import CANNOT, SERVER, can_have_networks, network
from postgresql_house import NOT_THERE, running
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from workers_house import CLOCK, Workers, wait_until, workers_at

from deployer.clock import SystemClock
from deployer.errors import OptoutError
from practice_org.faults.firing import switch_on
from practice_org.faults.store import When
from practice_org.tables import find_row, insert_row
from sync.database.views import reading
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.ledger import open_ledger
from sync.ledger.tables import EVENTS, TARGETS
from sync.ledger.workers import workers
from sync.worker.calling import calling
from sync.worker.queue import open_queue

# What docs/operating/postgresql.md promises.
TAKEN_OVER_S = 300.0
WRITES = (
    "SELECT record_id, changes FROM audit WHERE subject = 'Contact' AND number > ? ORDER BY number"
)
pytestmark = [pytest.mark.slow, pytest.mark.waiting, pytest.mark.timeout(900)]


class Sync:
    """What is accepted, and what has become of it."""

    def __init__(self, practice, database, house: Workers, opened: ExitStack) -> None:
        self.org, self.house = practice.org, house
        self.ledger = opened.enter_context(closing(open_ledger(database, SystemClock())))
        self.call = opened.enter_context(calling(open_queue(self.ledger)))
        self.ids: list[str] = []
        with self.org.transaction():
            self.contacts = [insert_row(self.org, "Contact", {"LastName": "Moss"})
                             for _ in range(1_200)]  # fmt: skip
        self.before = self.org.db.execute("SELECT max(number) FROM audit").fetchone()[0]
        switch_on(self.org, "collections.update", "SLOW:1", When())

    def take(self, count: int) -> None:
        """So many more are accepted, and a worker is called."""
        new = self.contacts[len(self.ids) : len(self.ids) + count]
        now = CLOCK.now()
        events = [NewEvent("t", e, e, now, Selector.SALESFORCE, e, (EMAIL_OPT_OUT,)) for e in new]
        while True:
            try:
                accept(self.ledger, events)
                self.call()
            except (SQLAlchemyError, OptoutError):  # the database is away: as a sender does
                CLOCK.sleep(1)
            else:
                break
        self.ids += new

    def settled(self) -> bool:
        asked = select(func.count()).where(EVENTS.c.settled_at.is_not(None))
        with reading(self.ledger.engine) as db:
            return db.scalar(asked) == len(self.ids)

    def claims(self) -> int:
        """How many workers have something in hand."""
        asked = select(func.count(func.distinct(TARGETS.c.claim)))
        with reading(self.ledger.engine) as db:
            return db.scalar(asked.where(TARGETS.c.claimed_until > self.ledger.now())) or 0

    def at_work(self) -> int:
        return self.heard_since("")

    def heard_since(self, moment: str) -> int:
        """How many workers have said since then that they live."""
        with reading(self.ledger.engine) as db:
            return sum(each.heard_at > moment for each in workers(db))

    def written(self) -> int:
        """How many writes the org has carried out."""
        return len(self.org.db.execute(WRITES, (self.before,)).fetchall())

    def out(self) -> set[str]:
        return {each for each in self.contacts
                if find_row(self.org, "Contact", each)[EMAIL_OPT_OUT]}  # fmt: skip

    def assert_all_there(self) -> None:
        """Everybody is opted out, nobody else, and nobody was ever anything else since."""
        assert self.out() == set(self.ids)
        written = self.org.db.execute(WRITES, (self.before,)).fetchall()
        values = [json.loads(changes).get(EMAIL_OPT_OUT) for _, changes in written]
        assert set(values) <= {True, "true"}
        assert {record for record, _ in written} == set(self.ids)


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def house(private_home, database, opened, monkeypatch):
    """Workers, and what is typed here goes to the same ledger."""
    made = opened.enter_context(workers_at(private_home, database))
    for name, value in made.settings().items():
        monkeypatch.setenv(name, value)
    return made


def test_killed_workers_and_a_database_that_restarts_lose_nothing(
    org_now, cluster, database, house, opened
):
    sync = Sync(org_now, database, house, opened)
    crew = [house.worker() for _ in range(3)]
    sync.take(600)
    for number in range(3):
        wait_until(lambda: sync.claims() > 0)
        crew[number].kill()
        if number == 1:
            cluster.stop("immediate")
            CLOCK.sleep(2)
            cluster.start()
            wait_until(lambda: sync.at_work() > 0)
        crew.append(house.worker())
        sync.take(200)
    seconds = wait_until(sync.settled, TAKEN_OVER_S)
    print(f"all settled {seconds:.0f} s after the last kill")
    sync.assert_all_there()
    assert [worker.stop() for worker in crew[3:]] == [0, 0, 0]


def test_a_worker_that_is_told_to_end_finishes_its_lot_and_leaves_the_rest(
    org_now, database, house, opened
):
    sync = Sync(org_now, database, house, opened)
    worker = house.worker()
    sync.take(800)
    wait_until(lambda: sync.written() > 0)
    assert worker.stop() == 0
    assert (sync.claims(), sync.settled(), sync.at_work()) == (0, False, 0)
    assert len(sync.out()) == sync.written() < 800
    another = house.worker()
    wait_until(sync.settled, 100)  # no claim has to run out first
    sync.assert_all_there()
    assert another.stop() == 0


def test_a_worker_that_slept_opts_nobody_out_again(org_now, database, house, opened, run):
    sync = Sync(org_now, database, house, opened)
    sleeper = house.worker()
    sync.take(100)
    wait_until(lambda: sync.written() > 0)  # and the answer takes a second more
    sleeper.process.send_signal(signal.SIGSTOP)
    other = house.worker()
    wait_until(sync.settled, TAKEN_OVER_S)
    cleared = sync.ids[0]
    asked = ("--reason", "she wrote", "--by", "Ann Lee", "--yes", "--org", "practice")
    org_now.clock.at = CLOCK.now()  # the org's stands still otherwise, and a tie stays opted out
    code, *said = run("sync", "resubscribe", cleared, *asked)
    assert code == 0, said
    assert cleared not in sync.out()
    before = sync.ledger.now()
    sleeper.process.send_signal(signal.SIGCONT)
    wait_until(lambda: sync.heard_since(before) == 2)
    sync.take(50)
    wait_until(sync.settled, TAKEN_OVER_S)
    assert sync.out() == set(sync.ids) - {cleared}
    assert (sleeper.stop(), other.stop()) == (0, 0)


def test_a_worker_that_is_cut_off_is_replaced_and_goes_on_when_it_is_back(
    org_now, private_home, opened
):
    if not can_have_networks():
        pytest.skip(CANNOT)
    ports = [urlsplit(url).port for url in (org_now.http, org_now.https)]
    machines = opened.enter_context(network(3, ports))
    cluster = opened.enter_context(running(SERVER))
    if cluster is None:
        pytest.skip(NOT_THERE)
    with (cluster.folder / "postgresql-data" / "pg_hba.conf").open("a") as rules:
        rules.write("host all all 10.213.0.0/16 trust\n")
    cluster.ask("SELECT pg_reload_conf()")
    name = cluster.make_database()
    house = opened.enter_context(workers_at(private_home, cluster.url(name, host=SERVER)))
    sync = Sync(org_now, cluster.url(name), house, opened)
    crew = [house.worker(before=machines.inside(number)) for number in range(3)]
    wait_until(lambda: sync.at_work() == 3)
    sync.take(1_000)
    wait_until(lambda: sync.claims() == 3)
    machines.cut(0)
    begun = time.monotonic()
    wait_until(sync.settled, TAKEN_OVER_S)
    print(f"taken over after {time.monotonic() - begun:.0f} s")
    machines.mend(0)
    assert [worker.stop() for worker in crew[1:]] == [0, 0]
    sync.take(100)
    print(f"back after {wait_until(sync.settled, TAKEN_OVER_S):.0f} s")
    sync.assert_all_there()
    assert crew[0].stop() == 0
