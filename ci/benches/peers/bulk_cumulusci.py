"""One bulk job by CumulusCI's own operations (the first Bulk API), in a process of its own.

    bulk_cumulusci.py out SERVER FOLDER SOQL     the query's rows into a file in FOLDER
    bulk_cumulusci.py in SERVER FOLDER FILE      the file's rows into the org, outcomes into FOLDER

Run by CumulusCI's Python. SERVER is the practice org's server.json. Its tasks use the operations
in the same way, after they have read a project and looked for an org.
"""

from __future__ import annotations

import csv
import json
import logging
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit


def main(way: str, server: str, folder: str, what: str) -> None:
    """Do the one or the other; an error is a traceback and exit 1."""
    from salesforce_bulk import SalesforceBulk

    facts = json.loads(Path(server).read_text())
    host, token = urlsplit(facts["https_url"]).netloc, facts["access_token"]
    bulk = SalesforceBulk(host=host, sessionId=token, API_version="63.0")
    context = SimpleNamespace(bulk=bulk, sf=None, logger=logging.getLogger())
    (save_rows if way == "out" else send_rows)(context, Path(folder), what)


def save_rows(context: Any, folder: Path, soql: str) -> None:
    """As its task `query` does."""
    from cumulusci.tasks.bulkdata.step import BulkApiQueryOperation

    with (
        BulkApiQueryOperation(
            sobject="Contact", api_options={}, context=context, query=soql
        ) as query,
        (folder / "rows.csv").open("w", newline="") as file,
    ):
        if query.job_result.status.value != "Success":
            raise SystemExit(f"{query.job_result}")
        csv.writer(file).writerows(query.get_results())


def send_rows(context: Any, folder: Path, source: str) -> None:
    """As its data tasks do; its results name no failed row's id, and come in the rows' order."""
    from cumulusci.tasks.bulkdata.step import BulkApiDmlOperation, DataOperationType

    with Path(source).open(newline="") as lines, (folder / "success.csv").open("w") as file:
        rows = csv.reader(lines)
        with BulkApiDmlOperation(
            sobject="Contact", operation=DataOperationType.UPDATE, api_options={}, context=context,
            fields=next(rows),
        ) as update:  # fmt: skip
            update.load_records(rows)
        for result in update.get_results():
            if not result.success:
                raise SystemExit(f"{result}")
            file.write(f"{result.id}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
