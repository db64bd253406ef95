"""Every file that the product keeps or is asked for, made once by the product itself."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from org_clock import START, OrgClock
from prove.upgrade_made import make
from walk import StepClock

from deployer.state import make_private_dir
from practice_org.certificates import read_or_write_certificates
from practice_org.keys import read_or_write_key
from practice_org.store import hold, write_server_file
from sync.ledger.backup import write_backup
from sync.ledger.former import note_place
from sync.ledger.ledger import open_ledger
from sync.people.exporting import Reader, export_people
from sync.people.files.outbox import Kind, Outbox
from sync.people.importing import import_people
from sync.people.model import Person
from sync.people.sql import open_embedded


def make_every_file(home: Path) -> Path:
    """Stores, journals, snapshots, logins, copies, exports, rejects, logs; their folder."""
    make_private_dir(home)
    make(home)
    _make_copies(home)
    with hold(home / "practice-org") as folder:
        read_or_write_key(folder.key_file("deployer"))
        read_or_write_certificates(folder.path, datetime.now(UTC))  # noqa: TID251 - as its server does
        write_server_file(folder, {"pid": 0})
    words = ["--log-file", f"{home / 'log.jsonl'}", "settings"]
    command = "import sys; from deployer.cli import main; main(sys.argv[1:])"
    environment = {**os.environ, "OPTOUT_HOME": f"{home}"}
    subprocess.run(
        [sys.executable, "-c", command, *words], cwd=home, env=environment, capture_output=True,
        check=True,
    )  # fmt: skip
    return home


def _make_copies(home: Path) -> None:
    clock = StepClock(OrgClock())
    ledger = open_ledger(home / "ledger.sqlite", clock)
    write_backup(ledger, home / "copy.sqlite")
    note_place(home / "elsewhere" / "ledger.sqlite", home / "ledger.sqlite")
    ledger.close()
    people = open_embedded(home / "people.sqlite", clock)
    given = home / "given.csv"
    export_people(people.everybody(), given, Reader.IMPORT)
    given.write_bytes(given.read_bytes() + b"nobody\n")
    import_people(people, given, home / "given.rejected.csv", str)
    people.close()
    Outbox(home / "changes", "word").write([(Kind.ADDED, Person("bob"))], START)
