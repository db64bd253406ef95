"""What the first release leaves on a disk, made by the program itself: run once for each format.

    PYTHONPATH=tests .venv/bin/python -m prove.upgrade_made

writes tests/cases/stored/FORMAT/, which is never written again: a later program has to read it.
Databases are kept as SQL, which a person can read.
"""

from __future__ import annotations

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from org_clock import OrgClock
from sample_layouts import a_layout
from walk import StepClock

from deployer.model.layouts import LayoutName, Outcome
from deployer.model.plans import Aim, LayoutPlan, Plan, Wish
from deployer.planning import plan_file, snapshot
from deployer.rollout.journal import Entry, Journal, Step
from deployer.salesforce.rotation import RotatedTokens
from deployer.settings.org_tables import Role
from deployer.settings.own_orgs import write_org
from deployer.settings.secret import Secret
from deployer.state import write_private
from practice_org.app import open_practice_org
from sync.fields import EMAIL_OPT_OUT
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.ledger import bind, open_ledger
from sync.people.files.outbox import read_store_id
from sync.people.model import Person
from sync.people.sql import open_embedded

ORG_ID = "00D000000000001EAA"
CONFIGURED = Secret("first")
CONTACT = "003000000000001AAA"
STORED = Path(__file__).resolve().parents[1] / "cases" / "stored"


def make(folder: Path) -> None:
    """One example of everything that is stored, in this folder."""
    clock = StepClock(OrgClock())
    _make_ledger(folder / "ledger.sqlite", clock)
    people = open_embedded(folder / "people.sqlite", clock, lambda: "kept")
    people.add(
        Person("ann", "ann@example.com", (CONTACT,), unsubscribed=True, unsubscribed_at=clock.now())
    )
    people.close()
    org = open_practice_org(folder / "org.sqlite", OrgClock(), seed=1)
    org.set_setting("kept", "yes")
    org.db.close()
    read_store_id(folder / "changes", lambda: "kept")
    _make_deploy(folder)
    jwt = {"login": "jwt", "client_id": "c", "username": "runner", "key_file": "runner.pem"}
    instance = {"instance_url": "https://acme.my.salesforce.com", "org_id": ORG_ID}
    write_org(folder, "acme", Role.RUNNER, instance, jwt)
    RotatedTokens(CONFIGURED, folder / "rotated.json").keep(Secret("second"))


def _make_ledger(path: Path, clock: StepClock) -> None:
    ledger = open_ledger(path, clock)
    bind(ledger, org_id=ORG_ID, people="people-kept")
    at = clock.now()
    accept(
        ledger,
        [NewEvent("shop", "msg_1", "0" * 64, at, Selector.PERSON, "ann", (EMAIL_OPT_OUT,))],
    )
    ledger.close()


def _make_deploy(folder: Path) -> None:
    added = LayoutPlan(
        LayoutName("Contact-A"), Outcome.ADD, "", "S", 1, a_layout(), a_layout(EMAIL_OPT_OUT)
    )
    plan = Plan(Aim.PUT, ORG_ID, "63.0", EMAIL_OPT_OUT, (added,))
    write_private(folder / "plan.json", plan_file.to_bytes(plan, Wish()))
    at = "2026-11-24T09:00:00+00:00"
    entry = Entry("kept", ORG_ID, "put", EMAIL_OPT_OUT, at, Step.SUBMITTED, deploy_id="0Af1")
    Journal(folder, ORG_ID).open_entry(entry, snapshot.to_bytes(snapshot.take_snapshot(plan, at)))


def keep(made: Path, kept: Path) -> None:
    """Copy what was made, databases as SQL, without locks and logs."""
    for path in sorted(made.rglob("*")):
        target = kept / path.relative_to(made)
        if path.suffix == ".sqlite":
            target.parent.mkdir(parents=True, exist_ok=True)
            target.with_suffix(".sql").write_text(dump(path), "utf-8")
        elif path.is_file() and path.suffix not in (".lock", ".sqlite-wal", ".sqlite-shm"):
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())


def dump(database: Path) -> str:
    """All that is in a database, as SQL."""
    with closing(sqlite3.connect(database)) as db:
        return "".join(f"{line}\n" for line in db.iterdump())


def restore(kept: Path, into: Path) -> None:
    """What was kept, as it lay on the disk."""
    for path in sorted(kept.rglob("*")):
        target = into / path.relative_to(kept)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".sql":
            with closing(sqlite3.connect(target.with_suffix(".sqlite"))) as db:
                db.executescript(path.read_text("utf-8"))
            target.with_suffix(".sqlite").chmod(0o600)
        elif path.is_file():
            target.write_bytes(path.read_bytes())
            target.chmod(0o600)


if __name__ == "__main__":
    import tempfile

    if (STORED / "1").exists():
        sys.exit(f"{STORED / '1'} is what the first release wrote, and stays as it is")
    with tempfile.TemporaryDirectory() as made:
        make(Path(made))
        keep(Path(made), STORED / "1")
