"""A night of two millions a side: what comparing takes in time and memory."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benches.depth import Depth
from benches.house import House
from benches.org_bulk import JOBS, Server, finished
from benches.row import Row, Side, row_beside, row_within

from deployer.clock import SystemClock
from sync.people.sql import open_embedded

PEOPLE = 2_000_000
MOST_MB = 300.0
# Reading, joining and comparing.
SECONDS = 60.0
_OUT_OF_A_HUNDRED = 5
# Of the opted out, so many in a hundred are so on the people side only, and as many in the org.
_APART = 5
# Ids that are nobody's in the org; without capitals, an id ends in AAA.
_OTHERS = """
WITH RECURSIVE n(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM n WHERE n < :last)
INSERT INTO {table} SELECT {columns} FROM n
"""
_ROWS = {
    "people": "'person-' || n, '', '', 0, NULL, '', ''",
    "people_ids": "'person-' || n, '003' || printf('%012d', n) || 'AAA'",
}


def rows(depth: Depth) -> Iterator[Row]:
    """`optout sync nightly --dry-run` whole, as a process of its own, in a house that is full.

    The org holds every contact that travels (the ticked) or is to be written, and none of the
    millions of others, which no night reads.
    """
    people = PEOPLE // 10 if depth is Depth.QUICK else PEOPLE
    out = people * _OUT_OF_A_HUNDRED // 100
    apart = out * _APART // 100
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder), contacts=0)
        with house.org():
            contacts = _insert_contacts(house, ticked=out, others=apart)
            _write_people(house, contacts, people, range(apart, apart + out))
            house.run("sync", "enable", "--by", "bench")
            night = house.run("sync", "nightly", "--dry-run", "--force")
    told, peak = night.document, night.peak_mb
    if told["planned"] != {"salesforce": apart, "people": apart}:
        raise SystemExit(f"bench: {apart} were to be written each way, not {told['planned']}")
    seconds = sum(phase["seconds"] for phase in told["phases"])
    name = f"a night of {people / 1e6:g} M a side"
    each = f"{out:,} opted out, {2 * apart:,} apart"
    memory = Side("optout", "", (peak,), each)
    yield row_within(("h", f"{name}, peak memory"), memory, MOST_MB, "MB")
    speed = Side("optout", "", (seconds,), f"{people / seconds:,.0f} people/s")
    yield row_within(("h", f"{name}, read and compared"), speed, SECONDS, "s")
    yield _calls_row(f"{name}, API calls", told["calls"])


def _calls_row(name: str, calls: dict[str, Any]) -> Row:
    """What was counted as it was sent, against what is worked out from pages, jobs and lots."""
    made = calls["counted"] - calls["polls"] - calls["refused"]
    parts = " + ".join(str(each) for each in calls["formula"].values() if each)
    formula = Side(f"formula {parts}", "", (sum(calls["formula"].values()),))
    return row_beside(("h", name), Side("optout", "", (made,)), [formula], 1.0, "calls")


def _insert_contacts(house: House, *, ticked: int, others: int) -> list[str]:
    """New contacts, the ticked ones first; their ids."""
    server, file = Server(house.home), house.folder / "contacts.csv"
    with file.open("w") as text:
        text.write("LastName,HasOptedOutOfEmail\n")
        text.writelines(f"Bench{n},{str(n < ticked).lower()}\n" for n in range(ticked + others))
    asked = {"object": "Contact", "operation": "insert"}
    path = f"{JOBS}/ingest/{server.ask('POST', f'{JOBS}/ingest', asked)['id']}"
    server.ask("PUT", f"{path}/batches", file)
    server.ask("PATCH", path, {"state": "UploadComplete"})
    finished(server, path)
    with server.answer("GET", f"{path}/successfulResults") as results:
        rows = csv.DictReader(results.read().decode().splitlines())
        made = {row["LastName"]: row["sf__Id"] for row in rows}
    return [made[f"Bench{n}"] for n in range(ticked + others)]


def _write_people(house: House, contacts: list[str], people: int, out: range) -> None:
    """The embedded store, filled by SQL: importing as many is another row's concern."""
    store = open_embedded(house.people, SystemClock())
    at = "2026-11-01T00:00:00.000000Z"
    with store.engine.begin() as db:
        rows = [
            (f"person-{n}", "", "", int(n in out), at if n in out else None, "", "")
            for n in range(len(contacts))
        ]
        db.exec_driver_sql("INSERT INTO people VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        held = [(f"person-{n}", each) for n, each in enumerate(contacts)]
        db.exec_driver_sql("INSERT INTO people_ids VALUES (?, ?)", held)
        for table, columns in _ROWS.items():
            sql = _OTHERS.format(table=table, columns=columns)
            db.exec_driver_sql(sql, {"first": len(contacts), "last": people - 1})
    store.close()
