"""Each deploy's own folder on disk: its snapshot, and the last step that was certainly reached."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

from deployer.errors import BadInput
from deployer.state import make_private_dir, write_private

FORMAT = 1
_ENTRY = "deploy.json"
_SNAPSHOT = "snapshot.zip"


class Step(Enum):
    """How far a deploy got; each is on disk before the next thing is done.

    SUBMITTING: the request may have been sent, its reply is not known. SUBMITTED: the org has the
    job. APPLIED: the org finished it. DONE: assignments and verification are finished too.
    """

    PREPARED = "prepared"
    CHECKED = "checked"
    SUBMITTING = "submitting"
    SUBMITTED = "submitted"
    APPLIED = "applied"
    DONE = "done"
    REFUSED = "refused"
    ABANDONED = "abandoned"


OPEN_STEPS = frozenset({Step.SUBMITTING, Step.SUBMITTED, Step.APPLIED})
SENT_STEPS = frozenset({Step.SUBMITTED, Step.APPLIED, Step.DONE})


@dataclass(frozen=True, slots=True)
class Entry:
    """One deploy. `asked_at` is the org's own time just before the request (ISO 8601, UTC).

    `status` is Salesforce's last word; `restores` is the key of the deploy that this one undoes.
    """

    key: str
    org_id: str
    aim: str
    field: str
    created_at: str
    step: Step = Step.PREPARED
    check_id: str = ""
    deploy_id: str = ""
    asked_at: str = ""
    status: str = ""
    restores: str = ""


class Journal:
    """The deploys of one org, in `home/orgs/<org id>/deploys/<key>/`."""

    def __init__(self, home: Path, org_id: str) -> None:
        self._folder = home / "orgs" / org_id / "deploys"
        self.org_id = org_id

    @property
    def lock_path(self) -> Path:
        """Held while a deploy to this org is under way on this machine."""
        return self._folder.parent / "deploy.lock"

    def snapshot_path(self, key: str) -> Path:
        """Where this deploy's snapshot is."""
        return self._folder / key / _SNAPSHOT

    def open_entry(self, entry: Entry, snapshot: bytes) -> Path:
        """Write snapshot and entry to disk, durable when this returns; the snapshot's path."""
        make_private_dir(self._folder / entry.key)
        write_private(self.snapshot_path(entry.key), snapshot)
        self.write(entry)
        return self.snapshot_path(entry.key)

    def write(self, entry: Entry) -> Entry:
        """Write the entry; durable when this returns."""
        facts: dict[str, Any] = {"format": FORMAT, **asdict(entry), "step": entry.step.value}
        path = self._folder / entry.key / _ENTRY
        write_private(path, json.dumps(facts, indent=2).encode())
        return entry

    def advance(self, entry: Entry, step: Step, **facts: str) -> Entry:
        """Write that this step was reached."""
        return self.write(replace(entry, step=step, **facts))

    def entries(self) -> list[Entry]:
        """All deploys, newest first."""
        return sorted(self._read_all(), key=lambda entry: entry.key, reverse=True)

    def find(self, name: str) -> Entry | None:
        """The deploy with this key, deploy id or check id; ids may have 15 or 18 characters."""
        for entry in self.entries():
            ids = {entry.deploy_id[:15], entry.check_id[:15]} - {""}
            if name == entry.key or name[:15] in ids:
                return entry
        return None

    def read_snapshot(self, key: str) -> bytes:
        """The snapshot's bytes.

        Errors: BadInput when it is gone.
        """
        path = self.snapshot_path(key)
        try:
            return path.read_bytes()
        except FileNotFoundError as gone:
            raise BadInput(
                "the snapshot is not there any more",
                where=str(path),
                hint="give a copy of it with restore --from FILE",
            ) from gone

    def _read_all(self) -> Iterator[Entry]:
        for path in self._folder.glob(f"*/{_ENTRY}"):
            yield _read_entry(path)


def journals(home: Path) -> list[Journal]:
    """The journals of every org this machine has deployed to."""
    return [Journal(home, path.parent.name) for path in sorted(home.glob("orgs/*/deploys"))]


def _read_entry(path: Path) -> Entry:
    try:
        facts = json.loads(path.read_bytes())
        stored = facts.pop("format")
        if stored > FORMAT:
            raise BadInput(
                f"it has format {stored}; this program reads up to {FORMAT}",
                where=str(path),
                hint="use the version of optout that wrote it, or a newer one",
            )
        return Entry(**{**facts, "step": Step(facts["step"])})
    except (ValueError, KeyError, TypeError, RecursionError) as broken:
        raise BadInput(
            "this is not a deploy's journal",
            where=str(path),
            hint="move the folder away and run the same command again",
        ) from broken
