"""A night as a script: simple-salesforce's bulk2, Python's sets and SQLite, as their docs say.

    peer_night.py SERVER PEOPLE FOLDER

SERVER is the practice org's server.json, PEOPLE the file of the embedded people store; FOLDER takes
what is downloaded. Whoever is opted out on one side is so on both afterwards.
"""

from __future__ import annotations

import csv
import json
import sqlite3
import sys
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from simple_salesforce import Salesforce  # noqa: TID251 - a stranger, as itself

OBJECTS = {"003": "Contact", "00Q": "Lead"}
_OUT = """
SELECT salesforce_id FROM people JOIN people_ids USING (person_id) WHERE unsubscribed
"""
_MARK = """
UPDATE people SET unsubscribed = 1, unsubscribed_at = ?, source = 'Salesforce'
WHERE NOT unsubscribed AND person_id IN (SELECT person_id FROM people_ids WHERE salesforce_id = ?)
"""


def main(server: str, people: str, folder: str) -> None:
    """Read both sides, compare them, write both ways."""
    facts = json.loads(Path(server).read_text())
    org: Any = Salesforce(
        session_id=facts["access_token"], instance_url=facts["https_url"], version="63.0"
    )
    ticked = fetch_ticked(org, folder)
    with closing(sqlite3.connect(people)) as db:
        out = {record_id for (record_id,) in db.execute(_OUT)}
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")  # noqa: TID251 - a script's clock
        with db:
            db.executemany(_MARK, ((now, each) for each in ticked - out))
    send_ticks(org, out - ticked)


def fetch_ticked(org: Any, folder: str) -> set[str]:
    """The ids of all Contacts and Leads that are opted out."""
    ticked: set[str] = set()
    for name in OBJECTS.values():
        soql = f"SELECT Id FROM {name} WHERE HasOptedOutOfEmail = true"  # noqa: S608 - constants
        for page in getattr(org.bulk2, name).download(soql, path=folder, wait=0):
            with Path(page["file"]).open(newline="") as file:
                ticked.update(row["Id"] for row in csv.DictReader(file))
    return ticked


def send_ticks(org: Any, record_ids: Iterable[str]) -> None:
    """Opt records out; SystemExit when one was refused."""
    for prefix, name in OBJECTS.items():
        records = [
            {"Id": each, "HasOptedOutOfEmail": "true"}
            for each in record_ids
            if each.startswith(prefix)
        ]
        for done in getattr(org.bulk2, name).update(records=records, wait=0) if records else ():
            if done["numberRecordsFailed"]:
                raise SystemExit(getattr(org.bulk2, name).get_failed_records(done["job_id"]))


if __name__ == "__main__":
    main(*sys.argv[1:])
