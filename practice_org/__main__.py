"""python -m practice_org: serve an org from a data folder until told to stop."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from practice_org.announcement import announcement, greeting
from practice_org.app import handle, open_practice_org
from practice_org.certificates import read_or_write_certificates
from practice_org.keys import read_or_write_key
from practice_org.loading import Names, load_once
from practice_org.org import Org
from practice_org.request_notes import Answer, noting
from practice_org.seed.fields import add_marketo_field
from practice_org.seed.identities import IDENTITIES
from practice_org.seed.org_seed import Kind, Wish, is_seeded, seed_org
from practice_org.seed.people import Size
from practice_org.server import Doors, listen, serve, stop_when_stdin_closes
from practice_org.store import (
    DataFolder,
    FolderBusy,
    erase,
    hold,
    write_server_file,
)

REFUSED = 1
TRY_LATER = 75


def main(args: Sequence[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT and return the exit code."""
    options = read_options(args)
    try:
        with hold(options.data) as folder:
            return run(folder, options)
    except FolderBusy as busy:
        return _refuse(f"{busy}: stop it, or give another folder with --data", TRY_LATER)
    except (OSError, ValueError) as problem:
        return _refuse(f"{problem}", REFUSED)


def read_options(args: Sequence[str] | None) -> argparse.Namespace:
    """Parse the command line; exits with 2 when it is wrong."""
    parser = argparse.ArgumentParser(prog="practice_org", description=__doc__)
    add = parser.add_argument
    add("--data", type=Path, required=True, help="the folder that holds the org")
    add("--http-port", type=int, default=0, help="0 takes a free port")
    add("--https-port", type=int, default=0, help="0 takes a free port")
    add("--metadata", type=Path, help="load layouts and other metadata from this folder")
    add("--rename-duplicates", action="store_true", help="load layouts of one name side by side")
    add("--contacts", type=int, default=Size().contacts, help="how many Contacts a new org gets")
    add("--leads", type=int, default=Size().leads, help="how many Leads a new org gets")
    add("--users", type=int, default=Size().users, help="how many users a new org gets")
    add("--production", action="store_true", help="a new org is no sandbox")
    add("--with-marketo-field", action="store_true", help="add Marketo Sales Opt Out")
    add("--notes", type=Path, help="add a line for each request to this file")
    add("--reset", action="store_true", help="forget the org in the folder and start anew")
    add("--json", action="store_true", help="say where it is as one JSON object")
    add("--until-stdin-closes", action="store_true", help="stop when stdin is at its end")
    return parser.parse_args(args)


def run(folder: DataFolder, options: argparse.Namespace) -> int:
    """Open (or make) the org in a folder that is ours, and serve it."""
    if options.reset:
        erase(folder)
    certificates = read_or_write_certificates(folder.path, now())
    org = _open(folder, options)
    doors = Doors(listen(options.http_port), listen(options.https_port))
    facts = announcement(org, folder, doors, certificates)

    def ready() -> None:
        write_server_file(folder, facts)
        print(json.dumps(facts) if options.json else greeting(org, facts), flush=True)  # noqa: T201 - what stdout is for

    if options.until_stdin_closes:
        stop_when_stdin_closes()
    try:
        serve(_answering(org, options.notes), doors, certificates, ready=ready)
    finally:
        folder.server_file.unlink(missing_ok=True)
        org.db.close()
    return 0


def _answering(org: Org, notes: Path | None) -> Answer:
    answer = partial(handle, org)
    return noting(answer, notes) if notes else answer


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)  # noqa: TID251 - the one place that reads it


def _open(folder: DataFolder, options: argparse.Namespace) -> Org:
    org = open_practice_org(folder.database, now, seed=secrets.randbits(64))
    keys = {i.name: read_or_write_key(folder.key_file(i.name)) for i in IDENTITIES}
    if not is_seeded(org):
        size = Size(options.contacts, options.leads, options.users)
        kind = Kind.PRODUCTION if options.production else Kind.SANDBOX
        seed_org(org, Wish(size, kind, keys))
    if options.with_marketo_field:
        add_marketo_field(org)
    if options.metadata:
        names = Names.RENAMED if options.rename_duplicates else Names.FIRST_WINS
        for line in load_once(org, options.metadata, names):
            print(line, file=sys.stderr)  # noqa: T201 - a command's own words
    return org


def _refuse(sentence: str, code: int) -> int:
    with suppress(BrokenPipeError):
        print(f"practice org: {sentence}", file=sys.stderr)  # noqa: T201 - a command's own words
    return code


if __name__ == "__main__":
    sys.exit(main())
