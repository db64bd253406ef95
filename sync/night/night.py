"""The nightly's walk: lease, gate, backlog, both sides, guard, both ways, report."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from deployer.errors import OptoutError, UsageError
from deployer.state import make_private_dir, write_private
from sync.drain import drain
from sync.drain_org import OpenOrg
from sync.guard import Direction, Verdict, judge
from sync.ledger.lease import release, take
from sync.ledger.ledger import Ledger, note
from sync.ledger.runs import (
    NewRun,
    RunEnd,
    begin_run,
    end_run,
    enter_phase,
    find_run,
    is_adopted,
    last_done,
)
from sync.night.calls import CALLS_OF_GATE, cost_of
from sync.night.comparing import compare
from sync.night.gate import check_gate
from sync.night.means import Night, Tell, say_nothing
from sync.night.rounds import Tally, write_rounds
from sync.night.summary import FIRST_RUN, SIDES, Asked, Mode, Outcome, Summary
from sync.night.writing import wait_for_orphans
from sync.people.protocol import People
from sync.reconcile import Sides, room_told

PHASES = {
    "gate": "looking whether everything is there",
    "push": "sending what was collected",
    "read": "reading both sides",
    "guard": "comparing",
    "write": "writing both ways",
    "settle": "counting",
}
__all__ = ["FIRST_RUN", "Asked", "Mode", "Outcome", "Room", "Summary", "run_night"]


@dataclass(frozen=True, slots=True)
class Room:
    """Where a run happens: the ledger, the people side, a way into the org, a folder of its own.

    `tell` hears in a few words where the run stands.
    """

    ledger: Ledger
    people: People
    open_org: OpenOrg
    folder: Path
    make_word: Callable[[], str]
    tell: Tell = say_nothing


def run_night(room: Room, fields: tuple[str, ...], asked: Asked) -> Summary:
    """Run one night whole.

    Errors: TryLater while another one is under way; UsageError for an approval of a run that was
    not held; what the org or the people side refuse.
    """
    mode = _mode(room, fields, asked)
    door = room.open_org()
    run_id = room.make_word()
    lease = take(room.ledger, door.writer.org.org_id, run_id)
    folder = make_private_dir(room.folder / run_id)
    night = Night(room.ledger, room.people, door, run_id, fields, folder, lease, tell=room.tell)
    night.work.opening = len(door.writer.calls)
    with night.writing() as db:
        begin_run(db, NewRun(run_id, mode.value, fields), room.ledger.now())
        if asked.mode is not Mode.DRY and (asked.approved or asked.approve_all):
            what = f"what run {asked.approved} showed" if asked.approved else "all that it finds"
            note(db, room.ledger.now(), asked.by, "approve", f"run {run_id} may write {what}")
    summary = Summary(run_id, Outcome.FAILED)
    try:
        _walk(room, night, asked, summary)
    except OptoutError as problem:
        summary.error = f"{problem.org_code or problem.code}: {problem.message}"
        raise
    finally:
        summary.calls = cost_of(door.writer.calls, night.work)
        summary.api_calls = summary.calls.counted
        summary.other_jobs = night.other_jobs
        summary.api_usage = dict(
            zip(("used", "allowed"), door.writer.api_usage or (), strict=False)
        )
        _tidy(folder)
        _end(night, summary)
    return summary


def _mode(room: Room, fields: tuple[str, ...], asked: Asked) -> Mode:
    """What the run is, once what is to be approved was looked at: a first one adopts the field."""
    if not asked.approved or asked.mode is Mode.DRY:
        return asked.mode
    run = find_run(room.ledger, asked.approved)
    if run is None or run.outcome != Outcome.HELD:
        raise UsageError(
            f"there is no held run {asked.approved} to approve",
            where="--approve",
            hint="optout sync runs lists them",
        )
    if run.fields != fields:
        raise UsageError(
            f"run {asked.approved} showed what is to be written to {', '.join(run.fields)}, "
            f"and the settings now name {', '.join(fields)}",
            where="--approve",
            hint="optout sync adopt shows what is to be written now",
        )
    return asked.mode if is_adopted(room.ledger, fields) else Mode.ADOPT


def _end(night: Night, summary: Summary) -> None:
    """Write down how it ended and let the next one begin.

    Errors: Busy when another runner has taken it over: how it ends is that one's to say.
    """
    end = RunEnd(summary.outcome.value, asdict(summary), night.ledger.now())
    with night.writing() as db:
        end_run(db, night.run_id, end)
    release(night.ledger, night.lease)


def _walk(room: Room, night: Night, asked: Asked, summary: Summary) -> None:
    with _phase(night, summary, "gate"):
        check_gate(night.door.writer, night.door.shape, night.fields, asked.budget_percent)
        night.work.gate = CALLS_OF_GATE + night.door.shape.person_accounts
        wait_for_orphans(night)
    if asked.mode is not Mode.DRY:
        with _phase(night, summary, "push"):
            before = len(night.door.writer.calls)
            drain(room.ledger, room.people, lambda: night.door, night.run_id)
            night.work.push = (before, len(night.door.writer.calls))
    with _phase(night, summary, "read"):
        sides = compare(night)
    try:
        with _phase(night, summary, "guard"):
            verdicts = _judge(room, night, sides, asked, summary)
        if asked.mode is Mode.DRY:
            summary.outcome = Outcome.DONE
            return
        with _phase(night, summary, "write"):
            _write(night, sides, verdicts, summary)
        with _phase(night, summary, "settle"):
            _count_held(sides, summary)
            # As this run leaves them: a side that holds fewer next time has lost some.
            summary.flagged = sides.opted_out()
    finally:
        sides.close()
    summary.outcome = Outcome.HELD if any(summary.held.values()) else Outcome.DONE


def _judge(
    room: Room, night: Night, sides: Sides, asked: Asked, summary: Summary
) -> dict[str, Verdict]:
    """What the guard allows each side, and what a person is shown."""
    for side in SIDES if asked.approved else ():
        sides.add_shown(side, _shown(room, asked.approved, side))
    _show(night, sides, summary)
    if asked.approve_all:
        return dict.fromkeys(SIDES, Verdict(unshown=True))
    if not is_adopted(room.ledger, night.fields) and not asked.approved:
        summary.why_held.append(FIRST_RUN)
        return dict.fromkeys(SIDES, Verdict(unshown=False))
    before = last_done(room.ledger, night.fields)
    flagged_before = before.facts.get("flagged", {}) if before else {}
    with_id = room.people.count().with_id
    verdicts = {}
    for side in SIDES:
        writes = sides.count(f"to_{side}")
        direction = Direction(
            writes, summary.flagged[side], flagged_before.get(side), writes - sides.unshown(side)
        )
        verdicts[side] = judge(direction, with_id)
    summary.why_held += [verdict.reason for verdict in verdicts.values() if verdict.reason]
    return verdicts


def _show(night: Night, sides: Sides, summary: Summary) -> None:
    """What would be written: counts and a sample in the summary, all of it in files."""
    summary.planned = {"salesforce": sides.count("to_org"), "people": sides.count("to_people")}
    summary.flagged = sides.opted_out()
    summary.sample = {"salesforce": sides.sample("org"), "people": sides.sample("people")}
    for side, keys in (("people", sides.to_people()), ("org", sides.to_org())):
        write_private(_shown_file(night.folder, side), "\n".join(keys).encode())


def _shown(room: Room, run_id: str, side: str) -> Iterator[str]:
    try:
        return iter(_shown_file(room.folder / run_id, side).read_text().split())
    except FileNotFoundError as gone:
        raise UsageError(
            f"the file of what run {run_id} showed is gone",
            where=str(gone.filename),
            hint="optout sync nightly --force shows it again",
        ) from gone


def _shown_file(folder: Path, side: str) -> Path:
    return folder / f"to-{side}.txt"


def _write(night: Night, sides: Sides, verdicts: dict[str, Verdict], summary: Summary) -> None:
    tally = Tally()
    try:
        write_rounds(night, sides, verdicts, tally)
    finally:  # what was written before something stopped the run is written
        _take(summary, tally)


def _take(summary: Summary, tally: Tally) -> None:
    summary.writes = {"salesforce": tally.to_org, "people": tally.to_people}
    summary.quarantined = len(tally.refused)
    summary.newly_quarantined = tally.new_cases
    summary.unknown = tally.unknown


def _count_held(sides: Sides, summary: Summary) -> None:
    if summary.why_held:
        summary.held = {"salesforce": sides.count("to_org"), "people": sides.count("to_people")}


@contextmanager
def _phase(night: Night, summary: Summary, name: str) -> Iterator[None]:
    night.alive()
    with night.writing() as db:
        enter_phase(db, night.run_id, name)
    night.tell(PHASES[name])
    begun = night.ledger.clock.monotonic_s()
    try:
        with room_told(night.folder):
            yield
    finally:
        seconds = round(night.ledger.clock.monotonic_s() - begun, 3)
        summary.phases.append({"name": name, "seconds": seconds})


def _tidy(folder: Path) -> None:
    """Keep what a person may approve; the rest is large, and can be read again."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif not path.name.startswith("to-"):
            path.unlink(missing_ok=True)
