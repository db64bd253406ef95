"""One bulk job by the product's own client, as a night drives it, in a process of its own.

    bulk_optout.py out SERVER FOLDER SOQL     the query's rows into files in FOLDER
    bulk_optout.py in SERVER FOLDER FILE      the file's rows into the org, outcomes into FOLDER

SERVER is the practice org's server.json.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from deployer.clock import SystemClock
from deployer.errors import OutcomeUnknown
from deployer.salesforce.bulk import (
    JobKind,
    close_job,
    create_ingest_job,
    create_query_job,
    read_outcomes,
    read_rows,
    save_query_results,
    upload,
    wait_for_job,
    write_uploads,
)
from deployer.salesforce.client import Writer
from deployer.salesforce.connection import connect_writer
from deployer.salesforce.hosts import Loopback, trusted_origin
from deployer.salesforce.login import Place, TokenLogin
from deployer.salesforce.session import OrgSession
from deployer.settings.secret import Secret


def main(way: str, server: str, folder: str, what: str) -> None:
    """Do the one or the other; an error is a traceback and exit 1."""
    writer = _open(json.loads(Path(server).read_text()))
    if way == "out":
        job_id = create_query_job(writer, what, deleted=False)
        job = wait_for_job(writer, JobKind.QUERY, job_id, SystemClock(), lambda _: None)
        save_query_results(writer, job, Path(folder))
    else:
        for file in write_uploads(Path(folder), ["Id", "HasOptedOutOfEmail"], _rows(Path(what))):
            _send(writer, file)


def _open(facts: dict[str, str]) -> Writer:
    place = Place(
        trusted_origin(facts["https_url"], None, Loopback.PRACTICE), None, Loopback.PRACTICE
    )
    clock = SystemClock()
    session = OrgSession(clock, loopback=place.loopback, ca_file=Path(facts["ca_file"]))
    return connect_writer(TokenLogin(Secret(facts["access_token"])), place, session, clock)


def _rows(file: Path) -> Iterator[tuple[str, str]]:
    return ((row["Id"], row["HasOptedOutOfEmail"]) for row in read_rows(file))


def _send(writer: Writer, file: Path) -> None:
    """As sync/night/writing.py: every row that was sent is looked for in what came of it."""
    job = create_ingest_job(writer, "Contact", "update")
    with suppress(OutcomeUnknown):
        upload(writer, job, file)
    close_job(writer, job)
    wait_for_job(writer, JobKind.INGEST, job, SystemClock(), lambda _: None)
    unsaid = {row["Id"] for row in read_rows(file)}
    outcomes = read_outcomes(writer, job, file.parent / job, len(unsaid))
    unsaid.difference_update(row.record_id for row in outcomes.success)
    if unsaid:
        raise SystemExit(f"{len(unsaid)} rows were not written")


if __name__ == "__main__":
    main(*sys.argv[1:])
