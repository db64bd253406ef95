"""What a disk may hold after a power cut: what was synced, and of the rest any part.

A write that was not synced is there, or not, or some of its 512-byte sectors are. Names follow the
order they were made and unmade in, as a journaling file system keeps it, but none of it is sure
before the folder is synced. Not modelled: disks that lie, sectors half written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from prove.recorder import Op

SECTOR = 512


@dataclass(slots=True)
class _Bytes:
    """One file: what is sure, and what was told since."""

    sure: bytearray = field(default_factory=bytearray)
    told: list[Op] = field(default_factory=list)


@dataclass(slots=True)
class Disk:
    """A disk that has been told these things."""

    files: dict[int, _Bytes] = field(default_factory=dict)
    names: dict[str, int] = field(default_factory=dict)
    name_ops: list[Op] = field(default_factory=list)

    def tell(self, op: Op) -> None:
        """Take one of the operations; an ack is none of the disk's business."""
        match op.kind:
            case "create" | "delete":
                self.name_ops.append(op)
                self.files.setdefault(op.inode, _Bytes())
            case "names":
                _rename(self.names, self.name_ops)
                self.name_ops = []
            case "write" | "cut":
                self.files[op.inode].told.append(op)
            case "sync":
                file = self.files[op.inode]
                for each in file.told:
                    _apply(file.sure, each.kind, each.at, each.data)
                file.told = []

    @property
    def waiting(self) -> list[str]:
        """What a power cut may still take away: one word each."""
        told = [f"{op.kind} {op.name}" for file in self.files.values() for op in file.told]
        return told + [f"{op.kind} {op.name}" for op in self.name_ops]

    def after_a_cut(self, draw: Random) -> dict[str, bytes]:
        """The files as they may be found when the power is back."""
        names = dict(self.names)
        _rename(names, self.name_ops[: draw.randint(0, len(self.name_ops))])
        mood = draw.choice(("none of it", "all of it", "some", "some"))
        return {
            name: bytes(_torn(self.files[inode], mood, draw))
            for name, inode in sorted(names.items())
        }


def _rename(names: dict[str, int], ops: Sequence[Op]) -> None:
    for op in ops:
        if op.kind == "create":
            names[op.name] = op.inode
        else:
            names.pop(op.name, None)


def _torn(file: _Bytes, mood: str, draw: Random) -> bytearray:
    found = bytearray(file.sure)
    for op in file.told:
        fate = draw.choice(("lost", "kept", "torn")) if mood == "some" else mood
        if fate in ("kept", "all of it"):
            _apply(found, op.kind, op.at, op.data)
        elif fate == "torn" and op.kind == "write":
            for at in range(0, len(op.data), SECTOR):
                if draw.random() < 0.5:
                    _apply(found, "write", op.at + at, op.data[at : at + SECTOR])
    return found


def _apply(found: bytearray, kind: str, at: int, data: bytes) -> None:
    if kind == "cut":
        del found[at:]
        return
    found.extend(bytes(max(at - len(found), 0)))
    found[at : at + len(data)] = data
