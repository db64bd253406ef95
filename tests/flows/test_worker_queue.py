"""The queue that calls the workers, in a PostgreSQL of its own."""

from __future__ import annotations

import asyncio
from contextlib import closing

import procrastinate
import pytest
from procrastinate import PsycopgConnector
from workers_house import CLOCK

from deployer.errors import OrgSaidNo
from sync.ledger.ledger import open_ledger
from sync.worker.calling import calling
from sync.worker.queue import open_queue
from sync.worker.tasks import Kind, call, make_app, take_over_from_dead

ALL = "SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id"
MARK = "SELECT obj_description('procrastinate_jobs'::regclass, 'pg_class')"


@pytest.fixture
def ledger(database):
    with closing(open_ledger(database, CLOCK)) as opened:
        yield opened


@pytest.fixture
def ask(cluster, database):
    """Ask the database as its administrator."""
    return lambda *statements: cluster.ask(*statements, database=database.database)


def with_app(queue, act, work=None):
    async def go():
        app = make_app(PsycopgConnector(kwargs=dict(queue.connecting)), work or {})
        async with app.open_async():
            await act(app)

    asyncio.run(go())


def work_through(queue, work):
    """One worker answers everything that is asked for, and ends."""
    with_app(queue, lambda app: app.run_worker_async(wait=False, delete_jobs="always"), work)


def test_it_is_made_once_and_what_waits_in_it_stays(ledger, ask):
    with calling(open_queue(ledger)) as call_workers:
        call_workers()
    open_queue(ledger)
    assert ask(ALL) == [("drain", "todo")]


def test_however_many_call_one_call_waits(ledger, ask):
    with calling(open_queue(ledger)) as call_workers:
        for _ in range(3):
            call_workers()
    assert ask(ALL) == [("drain", "todo")]


def test_one_of_an_older_version_is_made_anew(ledger, ask):
    open_queue(ledger)
    ask("COMMENT ON TABLE procrastinate_jobs IS 'optout Procrastinate 3.1.0 0123456789ab'",
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('old', 'old')")  # fmt: skip
    with calling(open_queue(ledger)) as call_workers:
        call_workers()
    assert ask(ALL) == [("drain", "todo")]
    assert procrastinate.__version__ in ask(MARK)[0][0]


@pytest.mark.parametrize(
    ("mark", "said"),
    [
        ("optout Procrastinate 99.0.0 0123456789ab", "was made by Procrastinate 99.0.0"),
        ("", "that is not ours"),
        ("the own one of a shop", "that is not ours"),
    ],
)
def test_one_that_is_newer_or_not_ours_is_refused_and_left_alone(ledger, ask, mark, said):
    open_queue(ledger)
    ask(f"COMMENT ON TABLE procrastinate_jobs IS '{mark}'",
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('old', 'old')")  # fmt: skip
    with pytest.raises(OrgSaidNo, match=said):
        open_queue(ledger)
    assert ask(ALL) == [("old", "todo")]


@pytest.mark.parametrize("waits", [False, True])
def test_what_a_dead_worker_had_in_hand_is_called_for_again(ledger, ask, waits):
    queue = open_queue(ledger)
    with calling(queue) as call_workers:
        call_workers()
        ask("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')",
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1")  # fmt: skip
        if waits:
            call_workers()
    with_app(queue, take_over_from_dead)
    assert ask(ALL) == [("drain", "todo")]


def test_what_a_worker_has_in_hand_that_is_heard_is_left_to_it(ledger, ask):
    queue = open_queue(ledger)
    with calling(queue) as call_workers:
        call_workers()
    ask("INSERT INTO procrastinate_workers DEFAULT VALUES",
        "UPDATE procrastinate_jobs SET status = 'doing', worker_id = 1")  # fmt: skip
    with_app(queue, take_over_from_dead)
    assert ask(ALL) == [("drain", "doing")]


def test_a_worker_looks_for_the_dead_by_itself(ledger, ask):
    queue = open_queue(ledger)
    ask("INSERT INTO procrastinate_jobs (queue_name, task_name, status) "
        "VALUES ('gone', 'gone', 'doing')",
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) "
        "VALUES ('take-over', 'take-over', '{\"timestamp\": 0}')")  # fmt: skip
    work_through(queue, {})
    assert ("gone", "doing") not in ask(ALL)


def test_while_a_night_is_under_way_no_other_is_begun(ledger, ask):
    queue = open_queue(ledger)
    ask("INSERT INTO procrastinate_workers DEFAULT VALUES",
        "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, status, worker_id) "
        "VALUES ('tick', 'tick', 'tick', 'doing', 1)")  # fmt: skip
    done = []

    def noting(kind):
        async def work(_app):
            done.append(kind)

        return work

    async def ask_for_both(app):
        await call(app, Kind.TICK)
        await call(app, Kind.DRAIN)

    with_app(queue, ask_for_both)
    work_through(queue, {kind: noting(kind) for kind in (Kind.TICK, Kind.DRAIN)})
    assert set(done) == {Kind.DRAIN}
    assert ("tick", "todo") in ask(ALL)
