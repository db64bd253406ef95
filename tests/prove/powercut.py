"""Power cuts under the product's own ledger, inbox and people store, through its own driver.

Everything SQLite told the disk is recorded once for each way of opening a database; then the power
goes at any moment of it, and whatever was not synced may be gone, or torn. What somebody had been
told by then must be there when the files are opened again. Ways that are known to lose must lose.
"""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from random import Random

import sqlalchemy
from org_clock import OrgClock
from prove.outcome import Outcome, Size, digest
from prove.recorder import Op, Recording, recording
from prove.torn import Disk
from serve_house import make_desk, said
from sqlalchemy import event, select
from walk import StepClock
from webhook_signing import KEY, delivery

from deployer.errors import OptoutError
from sync.database.sqlite import Journal, library, pragmas
from sync.database.views import reading
from sync.drain import drain
from sync.ledger.events import NewEvent, Selector, accept
from sync.ledger.ledger import Ledger, open_ledger
from sync.ledger.tables import EVENTS, TARGETS
from sync.people.sql import open_embedded

STEPS = 14
CUTS = 100
PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Way:
    """One way of opening databases: what is set after the product has set its own.

    `images` are how many power cuts a run looks at; a way that `loses` must lose in one of them.
    """

    name: str
    settings: tuple[str, ...]
    images: int
    loses: bool = False


WAYS = (
    Way("as it ships", (), 500),
    Way("with a log", pragmas(Journal.WAL), 300),
    Way("a log, NORMAL", (*pragmas(Journal.WAL), "synchronous = NORMAL"), 100, loses=True),
    Way("a journal, FULL", (*pragmas(Journal.ROLLBACK), "synchronous = FULL"), 100, loses=True),
    Way("a journal, OFF", (*pragmas(Journal.ROLLBACK), "synchronous = OFF"), 100, loses=True),
)


@dataclass(frozen=True, slots=True)
class Lot:
    """A hundred cuts of one recording: what was lost, a sentence each, and a digest of it all."""

    lost: tuple[str, ...]
    trace: str


def run(seed: int, size: Size) -> Outcome:
    """Every way; the long run looks at forty times as many cuts."""
    times = 40 if size is Size.LONG else 1
    works = [(way, seed, number) for way in WAYS for number in range(0, way.images * times, CUTS)]
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("fork")) as pool:
        lots = list(pool.map(cut_often, *zip(*works, strict=True)))
    failures: list[str] = []
    for way in WAYS:
        lost = [each for (of, *_), lot in zip(works, lots, strict=True) if of is way
                for each in lot.lost]  # fmt: skip
        if not way.loses:
            failures += lost
        elif not lost:
            failures.append(f"{way.name}: is known to lose, and lost nothing: the suite is broken")
    return Outcome(len(works) * CUTS, tuple(failures), digest(lot.trace for lot in lots))


def cut_often(way: Way, seed: int, number: int) -> Lot:
    """The hundred cuts from this number on."""
    draw = Random(f"{seed} {way.name} {number}")  # noqa: S311 - repeatable on purpose
    with tempfile.TemporaryDirectory(prefix="optout-prove-") as folder:
        live = Path(folder) / "live"
        ops = record(live, way, draw)
        cuts = draw.choices(range(len(ops) + 1), k=CUTS)
        lost = [] if way.loses else [f"{way.name}: {each}" for each in early_answers(ops)]
        lost += [f"{way.name}: cut {number}:{cut}: {each}" for cut in cuts
                 for each in look(ops, cut, live, draw)]  # fmt: skip
    # Pages may differ: SQLAlchemy makes the indexes of a table in no order.
    told = [f"{op.kind} {op.name}" for op in ops] + [f"cut {cut}" for cut in cuts]
    return Lot(tuple(lost), digest(told))


def record(folder: Path, way: Way, draw: Random) -> list[Op]:
    """What the disk was told while unsubscribes came in by every door and were served."""
    folder.mkdir()
    clock = StepClock(OrgClock())
    with recording(folder) as found:
        ledger = _opened_as(way, open_ledger(folder / "ledger.sqlite", clock))
        people = _opened_as(way, open_embedded(folder / "people.sqlite", clock, lambda: "people-1"))
        for step in range(STEPS):
            _step(draw.randrange(4), f"{step}", ledger, people, found)
        people.close()
        ledger.close()
    return found.ops


def _opened_as(way: Way, store):
    """Set the way's own settings on every connection from now on."""

    def set_up(connection, _record) -> None:
        for pragma in way.settings:
            connection.execute(f"PRAGMA {pragma}")

    event.listen(store.engine, "connect", set_up)
    store.engine.dispose()
    return store


def _step(choice: int, word: str, ledger: Ledger, people, found: Recording) -> None:
    if choice == 0:
        pushed = NewEvent(
            "stdin", f"push-{word}", word, ledger.clock.now(), Selector.PERSON, f"person-{word}",
            ("HasOptedOutOfEmail",),
        )  # fmt: skip
        accept(ledger, [pushed])
        found.ack(pushed.key)
    elif choice == 1:
        drain(ledger, people, _no_org, f"claim-{word}")
    else:
        _deliver([f"{word}-{number}" for number in range(choice)], ledger, found)


def _no_org():
    raise AssertionError("nobody here has a Salesforce Id")


def _deliver(keys: list[str], ledger: Ledger, found: Recording) -> None:
    """Signed deliveries to the server's own application, all at once; acks as answers leave."""

    def hear(body: bytes, status: int) -> None:
        if status == 202:
            found.ack(json.loads(body)["id"])

    desk = make_desk(ledger, lambda: None)
    desk.hear = hear
    now = ledger.clock.now()
    asked = []
    for key in keys:
        body = said(now, person_id=f"person-{key}").replace(b"msg_0", f"msg_{key}".encode())
        asked.append(("POST", "/unsubscribes", delivery(body, KEY, f"msg_{key}", now), body))
    asyncio.run(desk.ask(asked))


def early_answers(ops: list[Op]) -> Iterator[str]:
    """Answers that left while something that was told the disk was not synced yet."""
    disk = Disk()
    for op in ops:
        disk.tell(op)
        if op.kind == "ack" and disk.waiting:
            yield f"{op.name} was answered before {disk.waiting[0]} was synced"


def look(ops: list[Op], cut: int, live: Path, draw: Random) -> Iterator[str]:
    """What is wrong when the power goes after so many operations and comes back."""
    disk = Disk()
    for op in ops[:cut]:
        disk.tell(op)
    acks = Counter(op.name for op in ops[:cut] if op.kind == "ack")
    folder = live.parent / "after"
    folder.mkdir(exist_ok=True)
    for left in folder.iterdir():
        left.unlink()
    for name, content in disk.after_a_cut(draw).items():
        (folder / name).write_bytes(content)
    try:
        yield from _missing(folder, acks)
    except (sqlalchemy.exc.DatabaseError, OptoutError) as broken:
        yield f"it does not open again: {type(broken).__name__}"


def _missing(folder: Path, acks: Counter[str]) -> Iterator[str]:
    clock = StepClock(OrgClock())
    ledger = open_ledger(folder / "ledger.sqlite", clock)
    people = open_embedded(folder / "people.sqlite", clock)
    try:
        with reading(ledger.engine) as db:
            kept = set(db.scalars(select(EVENTS.c.event_key)))
            done = set(
                db.scalars(
                    select(TARGETS.c.key).where(
                        TARGETS.c.side == "people", TARGETS.c.state == "done"
                    )
                )
            )
        yield from (f"{key} was answered for, and is gone" for key in sorted(acks.keys() - kept))
        marked = {person.person_id for person in people.find(done) if person.unsubscribed}
        yield from (f"{key} was told done, and is not marked" for key in sorted(done - marked))
        yield from _broken(folder)
    finally:
        people.close()
        ledger.close()


def _broken(folder: Path) -> Iterator[str]:
    for name in ("ledger.sqlite", "people.sqlite"):
        with library().connect(folder / name) as db:
            said_of_it = db.execute("PRAGMA integrity_check").fetchone()[0]
        db.close()
        if said_of_it != "ok":
            yield f"{name} is damaged"
