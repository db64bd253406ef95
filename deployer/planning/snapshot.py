"""What was there before a deploy and what the deploy left: one file, durable before any write.

A snapshot is a zip: snapshot.json (facts and hashes), before/ and after/ (metadata format). It is
all that a restore needs besides the org.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from deployer.errors import BadInput
from deployer.model.plans import Plan
from deployer.planning.package import (
    layout_path,
    page_path,
    permission_set_path,
    to_files,
    to_zip,
)
from deployer.state import hash_of

FORMAT = 1
_MANIFEST = "snapshot.json"
_MOST_BYTES = 600 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One deploy's before and after: path in the package -> bytes.

    A path in `after` that `before` lacks did not exist. `assign` and `unassign` hold the ids of
    the users who get, or lose, the permission set; with `drop` it is deleted in the end. `stamps`
    tells, per path, when the org last saved what was retrieved.
    """

    org_id: str
    api_version: str
    aim: str
    field: str
    created_at: str
    permission_set: str
    assign: tuple[str, ...]
    unassign: tuple[str, ...]
    drop: bool
    stamps: Mapping[str, str]
    before: Mapping[str, bytes]
    after: Mapping[str, bytes]


def take_snapshot(plan: Plan, created_at: str) -> Snapshot:
    """Keep, for every file the plan sends, what the org had and what it will have."""
    after = {name: data for name, data in to_files(plan).items() if name != "package.xml"}
    before = {
        layout_path(layout.name.member): layout.before for layout in plan.layouts if layout.changes
    }
    before |= {page_path(page.name): page.before for page in plan.pages if page.changes}
    if (plan.access.changes or plan.access.drop) and plan.access.before is not None:
        before[permission_set_path(plan.access.permission_set)] = plan.access.before
    return Snapshot(
        org_id=plan.org_id,
        api_version=plan.api_version,
        aim=plan.aim.value,
        field=plan.field,
        created_at=created_at,
        permission_set=plan.access.permission_set,
        assign=tuple(user.user_id for user in plan.access.assign),
        unassign=tuple(user.user_id for user in plan.access.unassign),
        drop=plan.access.drop,
        stamps=dict(plan.stamps),
        before=before,
        after=after,
    )


def to_bytes(snapshot: Snapshot) -> bytes:
    """The snapshot as one file; the same snapshot gives the same bytes."""
    files = {f"before/{name}": data for name, data in snapshot.before.items()}
    files |= {f"after/{name}": data for name, data in snapshot.after.items()}
    facts = asdict(snapshot)
    del facts["before"], facts["after"]
    facts["format"] = FORMAT
    facts["hashes"] = {name: hash_of(data) for name, data in sorted(files.items())}
    files[_MANIFEST] = json.dumps(facts, indent=2, sort_keys=True).encode()
    return to_zip(files)


def from_bytes(data: bytes, where: str) -> Snapshot:
    """Read a snapshot and check every hash.

    Errors: BadInput when it is no snapshot, was damaged, or comes from a newer program.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                raise _damaged(where, "it is larger than a snapshot can be")
            facts: dict[str, Any] = json.loads(archive.read(_MANIFEST))
            _refuse_newer(facts.get("format"), where)
            files = {name: archive.read(name) for name in facts["hashes"]}
            return _checked(facts, files, where)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError,
            RuntimeError, OSError) as broken:  # fmt: skip
        raise _damaged(where, "it is not a snapshot of ours") from broken


def _checked(facts: dict[str, Any], files: dict[str, bytes], where: str) -> Snapshot:
    for name, expected in facts["hashes"].items():
        if hash_of(files[name]) != expected:
            raise _damaged(where, f"{name} is not what was written")
    sides: dict[str, dict[str, bytes]] = {"before": {}, "after": {}}
    for name, content in files.items():
        side, _, path = name.partition("/")
        sides[side][path] = content
    return Snapshot(
        org_id=str(facts["org_id"]),
        api_version=str(facts["api_version"]),
        aim=str(facts["aim"]),
        field=str(facts["field"]),
        created_at=str(facts["created_at"]),
        permission_set=str(facts["permission_set"]),
        assign=tuple(str(user) for user in facts["assign"]),
        unassign=tuple(str(user) for user in facts["unassign"]),
        drop=bool(facts["drop"]),
        stamps={str(path): str(stamp) for path, stamp in facts["stamps"].items()},
        before=sides["before"],
        after=sides["after"],
    )


def _refuse_newer(stored: object, where: str) -> None:
    if not isinstance(stored, int) or stored > FORMAT:
        raise BadInput(
            f"it has format {stored}; this program reads up to {FORMAT}",
            where=where,
            hint="use the version of optout that wrote it, or a newer one",
        )


def _damaged(where: str, what: str) -> BadInput:
    return BadInput(
        f"the snapshot cannot be used: {what}",
        where=where,
        hint="give another copy with restore --from FILE; optout jobs list shows what is kept",
    )
