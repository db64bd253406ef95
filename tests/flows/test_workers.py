"""`optout worker` and `optout sync serve --no-drain`: one PostgreSQL, and a process for each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing

import pytest
import requests
from serve_house import said
from webhook_signing import KEY, delivery
from workers_house import CLOCK, Program, Workers, wait_until, workers_at

from practice_org.tables import find_row, insert_row
from sync.database.views import reading
from sync.desk import Ask, open_desk
from sync.ledger.ledger import open_ledger
from sync.ledger.workers import Worker, note_heard, workers

ORG = ("--org", "practice")


@pytest.fixture
def house(private_home, database) -> Iterator[Workers]:
    with workers_at(private_home, database) as opened:
        yield opened


@pytest.fixture
def ledger(database):
    with closing(open_ledger(database, CLOCK)) as opened:
        yield opened


def post(server: Program, number: int, **fields: str) -> int:
    now = CLOCK.now()
    body = said(now, number, **fields)
    headers = delivery(body, KEY, f"msg_{number}", now)
    url = f"{server.said['url']}/unsubscribes"
    return requests.post(url, body, headers=headers, timeout=100).status_code


def ticked(practice, contact: str) -> bool:
    return bool(find_row(practice.org, "Contact", contact)["HasOptedOutOfEmail"])


def heard(ledger) -> list[str]:
    with reading(ledger.engine) as db:
        return [worker.name for worker in workers(db)]


@pytest.mark.parametrize("words", [("worker",), ("sync", "serve", "--no-drain", "--port", "0")])
def test_workers_need_a_ledger_that_many_machines_can_have(run, words):
    code, out, _ = run(*words, *ORG, "--json")
    problem = json.loads(out)["error"]
    assert code == 2
    assert "needs a ledger in PostgreSQL" in problem["message"]
    assert "optout sync move --to postgresql+psycopg://" in problem["next"]


def test_what_a_server_takes_a_worker_brings_to_the_org_soon(
    house, ledger, org_now, run, monkeypatch
):
    contact = insert_row(org_now.org, "Contact", {"LastName": "Moss"})
    for name, value in house.settings().items():
        monkeypatch.setenv(name, value)
    worker, server = house.worker(), house.server()
    wait_until(lambda: heard(ledger) == [worker.said["worker"]])
    assert post(server, 1, salesforce_id=contact) == 202
    # Much sooner than the minute after which a worker looks by itself.
    assert wait_until(lambda: ticked(org_now, contact)) < 30
    # It says so of itself when its round is over, a moment after the org has answered.
    done = f"{worker.said['worker']} (1 to people, 1 to the org)"
    wait_until(lambda: done in run("sync", "status", *ORG)[1])
    meters = requests.get(f"{server.said['url']}/metrics", timeout=100).text
    assert "optout_workers 1.0" in meters.splitlines()
    assert (worker.stop(), server.stop()) == (0, 0)
    assert heard(ledger) == []


def test_a_file_that_workers_once_shared_misses_none_of_them(run):
    """A ledger that moved back, or a copy of one."""
    assert run("sync", "status", *ORG)[0] == 0
    with open_desk(Ask("practice")) as desk, desk.ledger.engine.begin() as db:
        long_ago = desk.ledger.later(-3_600)
        note_heard(db, Worker("gone/1", long_ago, long_ago, 1, 1, 1))
    code, out, _ = run("sync", "status", *ORG, "--json")
    assert (code, json.loads(out)["workers"]) == (0, [])
