"""Look at the practice org with a client this project did not write: which layouts hold the field.

Reads server.json below $OPTOUT_HOME and asks through simple-salesforce alone.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import requests
from simple_salesforce import Salesforce  # noqa: TID251 - the second client is the point

FIELDS = {"HasOptedOutOfEmail", "PersonHasOptedOutOfEmail"}
OBJECTS = "('Contact', 'Lead', 'PersonAccount')"


def connect() -> Salesforce:
    """Log in with the administrator's token."""
    facts = json.loads((Path(os.environ["OPTOUT_HOME"]) / "practice-org/server.json").read_text())
    session = requests.Session()
    session.trust_env = False
    session.verify = facts["ca_file"]
    return Salesforce(
        session_id=facts["access_token"],
        instance_url=facts["https_url"],
        session=session,
        version="63.0",
    )


def tooling(client: Salesforce, soql: str) -> list[dict[str, Any]]:
    """All rows of a Tooling query."""
    rows: list[dict[str, Any]] = client.toolingexecute("query", params={"q": soql})["records"]
    return rows


def holds_field(metadata: dict[str, Any]) -> bool:
    """Whether one of the layout's sections shows the field."""
    return any(
        item.get("field") in FIELDS
        for section in metadata.get("layoutSections") or []
        for column in section.get("layoutColumns") or []
        for item in column.get("layoutItems") or []
    )


def main() -> None:
    client = connect()
    listed = tooling(client, f"SELECT Id FROM Layout WHERE TableEnumOrId IN {OBJECTS}")  # noqa: S608 - constants
    names = []
    for row in listed:
        (layout,) = tooling(
            client,
            f"SELECT FullName, Metadata FROM Layout WHERE Id = '{row['Id']}'",  # noqa: S608 - an id of the org's
        )
        if holds_field(layout["Metadata"]):
            names.append(layout["FullName"])
    print(f"Email Opt Out is on {len(names)} of {len(listed)} layouts:")
    for name in sorted(names):
        print(f"  {name}")


if __name__ == "__main__":
    main()
