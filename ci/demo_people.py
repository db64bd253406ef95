"""The demo's few people, seen and changed in the org by a client this project did not write.

demo_people.py pick FILE          write a CSV of people whose ids are records of the org
demo_people.py look FILE          say of each of them whether the org has the box ticked, by whom
demo_people.py tick FILE PERSON   tick one's box, as somebody in the org does by hand
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Any

from second_client import connect
from simple_salesforce import Salesforce  # noqa: TID251 - the second client is the point

FIELD = "HasOptedOutOfEmail"
COLUMNS = ("person_id", "email", "salesforce_id", "unsubscribed")
# Who, a record of which object, ticked there or not, unsubscribed on the people side or not.
PEOPLE = (
    ("ann", "Contact", "false", "true"),
    ("bob", "Contact", "true", "false"),
    ("cleo", "Contact", "false", "false"),
    ("dan", "Lead", "false", "false"),
    ("eve", "Contact", "false", "false"),
)
NO_ID = {"person_id": "finn", "email": "finn@example.com", "salesforce_id": "",
         "unsubscribed": "true"}  # fmt: skip
LIVE = {"Contact": "AccountId != null", "Lead": "IsConverted = false"}


def query(client: Salesforce, soql: str) -> list[dict[str, Any]]:
    """All rows of one page."""
    rows: list[dict[str, Any]] = client.query(soql)["records"]
    return rows


def pick(client: Salesforce, file: Path) -> None:
    """One record for each of the people, and one of them without any."""
    people = [NO_ID]
    for number, (who, sobject, ticked, unsubscribed) in enumerate(PEOPLE):
        row = query(
            client,
            f"SELECT Id, Email FROM {sobject} WHERE {FIELD} = {ticked} AND {LIVE[sobject]} "  # noqa: S608 - constants
            f"ORDER BY Id LIMIT 1 OFFSET {number}",
        )[0]
        values = (who, row["Email"], row["Id"], unsubscribed)
        people.append(dict(zip(COLUMNS, values, strict=True)))
    with file.open("w", newline="") as text:
        lines = csv.DictWriter(text, COLUMNS)
        lines.writeheader()
        lines.writerows(sorted(people, key=lambda each: each["person_id"]))


def read(file: Path) -> dict[str, str]:
    """person_id -> Salesforce Id, of those who have one."""
    with file.open(newline="") as text:
        rows = list(csv.DictReader(text))
    return {row["person_id"]: row["salesforce_id"] for row in rows if row["salesforce_id"]}


def sobject_of(record_id: str) -> str:
    """Which object it is of."""
    return "Lead" if record_id.startswith("00Q") else "Contact"


def look(client: Salesforce, file: Path) -> None:
    """A line for each of the people."""
    for who, record_id in read(file).items():
        sobject = sobject_of(record_id)
        (row,) = query(
            client,
            f"SELECT {FIELD}, LastModifiedDate, LastModifiedBy.Name FROM {sobject} "  # noqa: S608 - an id of the org's
            f"WHERE Id = '{record_id}'",
        )
        box = "ticked" if row[FIELD] else "empty"
        print(
            f"{who:5} {sobject:8} {record_id}  Email Opt Out {box:7} "
            f"changed {row['LastModifiedDate'][:19]} by {row['LastModifiedBy']['Name']}"
        )


def tick(client: Salesforce, file: Path, who: str) -> None:
    """Tick one's box."""
    record_id = read(file)[who]
    getattr(client, sobject_of(record_id)).update(record_id, {FIELD: True})


if __name__ == "__main__":
    verb, path, *rest = sys.argv[1:]
    {"pick": pick, "look": look, "tick": tick}[verb](connect(), Path(path), *rest)
