"""One bulk job by simple-salesforce's bulk2, by files both ways, in a process of its own.

    bulk_simple.py out SERVER FOLDER SOQL     the query's rows into files in FOLDER
    bulk_simple.py in SERVER FOLDER FILE      the file's rows into the org, outcomes into FOLDER

SERVER is the practice org's server.json. It is asked at once whether a job has ended, not after
the five seconds that it waits by itself.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from simple_salesforce import Salesforce  # noqa: TID251 - a stranger, as itself


def main(way: str, server: str, folder: str, what: str) -> None:
    """Do the one or the other; an error is a traceback and exit 1."""
    facts = json.loads(Path(server).read_text())
    org: Any = Salesforce(
        session_id=facts["access_token"], instance_url=facts["https_url"], version="63.0"
    )
    contacts = org.bulk2.Contact
    if way == "out":
        contacts.download(what, path=folder, wait=0)
        return
    for done in contacts.update(csv_file=what, wait=0):
        for kind in ("successful", "failed", "unprocessed"):
            fetch = getattr(contacts, f"get_{kind}_records")
            fetch(done["job_id"], file=str(Path(folder) / f"{done['job_id']}-{kind}.csv"))
        if done["numberRecordsProcessed"] != done["numberRecordsTotal"]:
            raise SystemExit(f"{done}")


if __name__ == "__main__":
    main(*sys.argv[1:])
