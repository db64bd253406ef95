"""What an earlier release stored opens today, and what a later one stored is left as it is.

Examples of each format are in tests/cases/stored. Opening is cut short by SIGKILL at each statement
that it gives a database; the next opening finds all that was there. A database that lacks tables,
as one from before they were thought of, goes through the same.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from org_clock import OrgClock
from prove.outcome import Outcome, Size, digest
from prove.stages import be_silent, start, wait_for
from prove.upgrade_made import CONFIGURED, ORG_ID, STORED, dump, restore
from prove.worlds import memory_folder
from sqlalchemy import Engine, event
from walk import StepClock

from deployer.errors import OptoutError
from deployer.planning import plan_file, snapshot
from deployer.rollout.journal import Journal
from deployer.salesforce.rotation import RotatedTokens
from deployer.settings.loading import load
from practice_org.app import open_practice_org
from sync.ledger.events import accepted_events
from sync.ledger.ledger import open_ledger
from sync.people.files.outbox import read_store_id
from sync.people.sql import open_embedded

# What each of these was known to say when it was stored.
_DEPLOYS = Path("orgs") / ORG_ID / "deploys" / "kept"


@dataclass(frozen=True, slots=True)
class Kind:
    """Something stored: `open` is what the program finds in it now, `kept` what is in it.

    `later` makes it one of a later format; None where a file has no format of its own.
    `empty` are tables that an earlier program may not have known.
    """

    name: str
    file: Path
    open: Callable[[Path], object]
    kept: object
    later: Callable[[Path], None] | None = None
    empty: tuple[str, ...] = ()


def _ledger(folder: Path) -> object:
    ledger = open_ledger(folder / "ledger.sqlite", StepClock(OrgClock()))
    try:
        return [(each.selected, each.fields) for each in accepted_events(ledger, 9)]
    finally:
        ledger.close()


def _people(folder: Path) -> object:
    people = open_embedded(folder / "people.sqlite", StepClock(OrgClock()))
    try:
        known = [(p.person_id, p.salesforce_ids, p.unsubscribed) for p in people.everybody()]
        return people.identity(), known
    finally:
        people.close()


def _practice(folder: Path) -> object:
    org = open_practice_org(folder / "org.sqlite", OrgClock(), seed=1)
    kept = org.setting("kept")
    org.db.close()
    return kept


def _journal(folder: Path) -> object:
    return [
        (each.key, each.step.value, each.deploy_id) for each in Journal(folder, ORG_ID).entries()
    ]


def _snapshot(folder: Path) -> object:
    found = snapshot.from_bytes((folder / _DEPLOYS / "snapshot.zip").read_bytes(), "snapshot.zip")
    return found.org_id, sorted(found.before), sorted(found.after)


def _plan(folder: Path) -> object:
    found = plan_file.from_bytes((folder / "plan.json").read_bytes(), "plan.json")
    return found.org_id, found.wish.aim.value, [each["name"] for each in found.effect["layouts"]]


def _orgs(folder: Path) -> object:
    settings = load(environ={"OPTOUT_HOME": f"{folder}"}, cwd=folder)
    return {name: org.instance_url for name, org in settings.orgs.items()}


def _rotated(folder: Path) -> object:
    with RotatedTokens(CONFIGURED, folder / "rotated.json").hold() as newest:
        return newest.reveal()


def _of_later_json(name: Path) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        facts = json.loads((folder / name).read_bytes())
        (folder / name).write_text(json.dumps({**facts, "format": 2}))

    return make


def _of_later_sql(name: str, statement: str, more: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        with closing(sqlite3.connect(folder / name)) as db:
            db.execute(statement)
            db.execute(more)  # which an older program must not put back
            db.commit()

    return make


_META = "UPDATE meta SET value = '2' WHERE name = 'format'"
_LAYOUT = "layouts/Contact-A.layout"
KINDS = (
    Kind("ledger", Path("ledger.sqlite"), _ledger, [("ann", ("HasOptedOutOfEmail",))],
         _of_later_sql("ledger.sqlite", _META, "ALTER TABLE gone RENAME TO gone_2"),
         ("gone", "aliases", "runs", "audit")),
    Kind("people", Path("people.sqlite"), _people,
         ("people-kept", [("ann", ("003000000000001AAA",), True)]),
         _of_later_sql("people.sqlite", _META.replace("meta", "people_meta"),
                       "ALTER TABLE people_history RENAME TO people_history_2")),
    Kind("practice org", Path("org.sqlite"), _practice, "yes",
         _of_later_sql("org.sqlite", "UPDATE setting SET value = '2' WHERE name = 'format'",
                       "CREATE TABLE later (x)")),
    Kind("journal", _DEPLOYS / "deploy.json", _journal, [("kept", "submitted", "0Af1")],
         _of_later_json(_DEPLOYS / "deploy.json")),
    Kind("snapshot", _DEPLOYS / "snapshot.zip", _snapshot, (ORG_ID, [_LAYOUT], [_LAYOUT])),
    Kind("plan", Path("plan.json"), _plan, (ORG_ID, "put", ["Contact-A"]),
         _of_later_json(Path("plan.json"))),
    Kind("logins", Path("orgs.toml"), _orgs, {"acme": "https://acme.my.salesforce.com"}),
    Kind("rotated token", Path("rotated.json"), _rotated, "second"),
    Kind("changes", Path("changes") / "optout-people.json",
         lambda folder: read_store_id(folder / "changes", str), "files-kept",
         _of_later_json(Path("changes") / "optout-people.json")),
)  # fmt: skip


def run(seed: int, _size: Size) -> Outcome:
    """Every kind of every format kept; the seed changes nothing here."""
    be_silent()
    told: list[str] = []
    with memory_folder() as room:
        for number, kept in enumerate(sorted(STORED.iterdir())):
            for kind in KINDS:
                for at, said in enumerate(_try(kind, kept, room / f"{number}-{kind.name}")):
                    told.append(said and f"{kind.name} of format {kept.name}, {at}: {said}")
    return Outcome(len(told), tuple(filter(None, told)), digest([f"{seed}", *told]))


def _try(kind: Kind, kept: Path, room: Path) -> Iterator[str]:
    """One text for each case, "" where all is well."""
    yield opened(kind, _laid(kept, room / "today"))
    if kind.later:
        yield refused(kind, _laid(kept, room / "later"))
    if kind.file.suffix == ".sqlite":
        for tables in ((), kind.empty):
            yield from _killed(kind, kept, room / f"killed-{len(tables)}", tables)


def _laid(kept: Path, folder: Path) -> Path:
    restore(kept, folder)
    return folder


def opened(kind: Kind, folder: Path) -> str:
    """What is wrong with what the program finds, twice."""
    for _ in range(2):
        try:
            found = kind.open(folder)
        except (OptoutError, ValueError) as problem:
            return f"it does not open: {problem}"
        if found != kind.kept:
            return f"it says {found}, and {kind.kept} was kept"
    return ""


def refused(kind: Kind, folder: Path) -> str:
    """What is wrong with how one of a later format is turned down."""
    kind.later(folder)
    before = _content(folder / kind.file)
    try:
        kind.open(folder)
    except (OptoutError, ValueError) as problem:
        said = getattr(problem, "message", str(problem))
        if "format" not in said or "\n" in said:
            return f"it is not said in one sentence: {said}"
        if isinstance(problem, OptoutError) and not (problem.hint and problem.where):
            return "it is not said where, or what to do"
        return "" if _content(folder / kind.file) == before else "and yet it was changed"
    return "one of a later format is taken"


def _content(file: Path) -> object:
    return dump(file) if file.suffix == ".sqlite" else file.read_bytes()


def _killed(kind: Kind, kept: Path, room: Path, without: tuple[str, ...]) -> Iterator[str]:
    """Killed at the first statement of opening, at the second, and so on until it is open."""
    at, died = 0, True
    while died:
        folder = _laid(kept, room / f"{at}")
        with closing(sqlite3.connect(folder / kind.file)) as db:
            for table in without:
                db.execute(f"DROP TABLE {table}")
            db.commit()
        ended = wait_for(
            start(lambda at=at, folder=folder: _open_until(kind, folder, at), folder / "error")
        )
        died = ended.signal == signal.SIGKILL
        yield ended.error or opened(kind, folder)
        shutil.rmtree(folder)
        at += 1


def _open_until(kind: Kind, folder: Path, at: int) -> None:
    """Open it, and die at the statement of this number. In a process of its own."""
    left, connect = iter(range(at)), sqlite3.connect

    def count(*_: object) -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    def watched(*words: object, **options: object) -> sqlite3.Connection:
        db = connect(*words, **options)
        db.set_trace_callback(count)
        return db

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)
    sqlite3.connect = watched  # the practice org's own door
    kind.open(folder)
