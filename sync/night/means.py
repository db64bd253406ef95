"""What one run works with."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection

from sync.ledger.lease import Lease, held, renew
from sync.ledger.ledger import Ledger
from sync.ledger.runs import NewJob, end_job, note_job
from sync.night.calls import Work
from sync.org_records import OrgDoor
from sync.people.protocol import People

# Well within a lease.
_STEP_S = 30.0
Tell = Callable[[str], None]


def say_nothing(_line: str) -> None:
    """Nobody is watching."""


@dataclass(frozen=True, slots=True)
class Night:
    """One run's means; `fields` are the API names to tick, the first of them the one to read.

    `folder` is the run's own, for files that may be large. `tell` hears where the run stands;
    `work` and `other_jobs` are filled in as it goes.
    """

    ledger: Ledger
    people: People
    door: OrgDoor
    run_id: str
    fields: tuple[str, ...]
    folder: Path
    lease: Lease
    tell: Tell = say_nothing
    work: Work = field(default_factory=Work)
    other_jobs: list[str] = field(default_factory=list)

    def alive(self) -> None:
        """Renew the lease. Errors: Busy when it is lost."""
        renew(self.ledger, self.lease)

    def rest(self, seconds: float) -> None:
        """Wait, and hold the lease meanwhile. Errors: Busy when it is lost."""
        while seconds > 0:
            self.alive()
            self.ledger.clock.sleep(min(seconds, _STEP_S))
            seconds -= _STEP_S

    def writing(self) -> AbstractContextManager[Connection]:
        """A transaction on the ledger. Errors: Busy, and nothing is written, when it is lost."""
        return held(self.ledger, self.lease)

    def note_job(self, job_id: str, kind: str, purpose: str) -> None:
        """Write down a bulk job before it is waited for. Errors: Busy."""
        with self.writing() as db:
            note_job(db, NewJob(job_id, self.run_id, kind, purpose), self.ledger.now())

    def end_job(self, job_id: str) -> None:
        """The job's results have been read and written down. Errors: Busy."""
        with self.writing() as db:
            end_job(db, job_id, self.ledger.now())
