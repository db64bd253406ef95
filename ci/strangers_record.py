"""What the strangers were seen to do: ci/strangers_record.json, which the coverage page shows."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

RECORD = Path(__file__).with_suffix(".json")


@dataclass(frozen=True, slots=True)
class Seen:
    """One flow that passed: the endpoints it came to, the bugs of its client that it met."""

    endpoints: tuple[str, ...]
    bugs: tuple[str, ...]


def read_record(path: Path = RECORD) -> dict[str, Seen]:
    """Flow ("client: name") -> what was seen of it; nothing where no file is."""
    if not path.exists():
        return {}
    held = json.loads(path.read_text("utf-8"))
    return {title: Seen(tuple(s["endpoints"]), tuple(s["bugs"])) for title, s in held.items()}


def write_record(seen: Mapping[str, Seen], flows: Collection[str], path: Path = RECORD) -> None:
    """Replace what is held of these flows, keep the others', forget flows that are no more.

    A flow has one line of the file, so that a change of one is one line of a diff.
    """
    held = {title: one for title, one in read_record(path).items() if title in flows} | dict(seen)
    lines = (
        f"{_json(title)}: {_json({'bugs': sorted(one.bugs), 'endpoints': sorted(one.endpoints)})}"
        for title, one in sorted(held.items())
    )
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
