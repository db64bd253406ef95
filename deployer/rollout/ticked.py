"""The ids of the records on which a field is ticked, kept before the field is deleted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from deployer.errors import OrgSaidNo, UsageError
from deployer.rollout.desk import Desk
from deployer.state import write_private


def refuse_existing(path: Path) -> None:
    """The ids of an earlier field are not written over. Errors: UsageError."""
    if path.exists():
        raise UsageError(
            "this file is there already, and is not written over",
            where=str(path),
            hint="name another one with --ticked-out FILE",
        )


def keep_ticked(desk: Desk, members: Sequence[str], path: Path) -> int:
    """Write object and id of every record that is ticked, those in the recycle bin too; how many.

    `members` are Contact.X__c and the like. The file is CSV, for its owner only, and holds no
    name or address. Errors: OrgSaidNo when this login may not read the field; OSError.
    """
    lines = ["object,id"]
    for member in members:
        sobject, _, field = member.partition(".")
        soql = f"SELECT Id FROM {sobject} WHERE {field} = true"  # noqa: S608 - names from the org
        try:
            rows = desk.conn.query_all(soql, purpose="ids that are ticked")
        except OrgSaidNo as refused:
            raise OrgSaidNo(
                f"the ids that are ticked cannot be read: {refused.message}",
                where=member,
                hint="nothing was changed; give this login the field "
                "(optout deploy --assign USERNAME), then run it again",
            ) from refused
        lines += [f"{sobject},{row['Id']}" for row in rows]
    write_private(path, "".join(f"{line}\n" for line in lines).encode())
    desk.tell(f"{len(lines) - 1:,} ids that are ticked are kept in {path}")
    return len(lines) - 1
