"""What a command's --json document says of one org, in a few words. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deployer.errors import Exit

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What one org came to; `result` and `next` are "" where the exit code says enough."""

    result: str
    why: str
    next: str = ""


def fails(code: Exit) -> bool:
    """Whether something is left to do for a person or for a later run."""
    return code not in {Exit.DONE, Exit.CHANGES_PENDING}


def told_error(error: Mapping[str, str], result: str) -> Told:
    """The error that ended a command before it could answer."""
    where = f"{error['where']}: " if error["where"] else ""
    return Told(result, f"{where}{error['message']}", error["next"])


def tell_plan(document: Document, _org: str) -> Told:
    """A plan: what would change, or what stands in the way."""
    return _failed(document) or Told("", _changes(document))


def tell_deploy(document: Document, _org: str) -> Told:
    """A deploy: what it changed and the org's word for it, or what the org refused."""
    if failed := _failed(document):
        return failed
    job = f": {document['status']}, deploy {document['deploy_id']}" if document["deploy_id"] else ""
    return Told("", f"{_changes(document)}{job}")


def tell_readiness(document: Document, _org: str) -> Told:
    """A look at readiness: the verdict, the counts, and which checks are not well."""
    checks: Sequence[Mapping[str, str]] = document["checks"]
    count = Counter(check["outcome"] for check in checks)
    said = [f"{number} {outcome}" for outcome, number in count.most_common()]
    bad = [check for word in ("fail", "warn", "unknown") for check in checks
           if check["outcome"] == word]  # fmt: skip
    failed = [check["id"] for check in checks if check["outcome"] == "fail"]
    which = f" ({' '.join(failed)})" if failed else ""
    why = f"{', '.join(said)}{which}"
    return Told(document["verdict"].replace("-", " "), why, bad[0]["remedy"] if bad else "")


def tell_nightly(document: Document, org: str) -> Told:
    """A night: what was written on each side, or why it was held."""
    sides = [
        f"{side} {document['writes'][side]} written of {document['planned'][side]}"
        + (f" ({document['held'][side]} held)" if document["held"][side] else "")
        for side in document["writes"]
    ]
    outcome = document["outcome"].replace("-", " ")
    why = ", ".join(sides) if document["run_id"] else outcome
    if document["outcome"] == "held":
        approve = f"optout sync nightly --org {org} --approve {document['run_id']}"
        return Told(
            "held", f"{why}: {'; '.join(document['why_held'])}", f"{approve}; when that is right"
        )
    refused, unknown = document["newly_quarantined"], document["unknown"]
    if refused or unknown:
        why += f"; {refused} newly refused, {unknown} of unknown outcome"
        return Told("", why, f"optout sync quarantine list --org {org}")
    return Told("", why)


def _failed(document: Document) -> Told | None:
    """The first finding that failed, with the number of the others; None for none."""
    failed = [row for row in document["findings"] if row["severity"] == "fail"]
    if not failed:
        return None
    first, more = failed[0], len(failed) - 1
    where = f"{first['where']}: " if first["where"] else ""
    also = f" (and {more} more)" if more else ""
    return Told("", f"{where}{first['what']}{also}", first["fix"])


def _changes(document: Document) -> str:
    """Layouts and pages by outcome, and what else is sent."""
    if not document["changes"]:
        return "nothing to do"
    parts = [*_outcomes("layouts", document["layouts"]),
             *_outcomes("pages", document["lightning_pages"])]  # fmt: skip
    parts += [f"field {name} created" for name in document["new_fields"]]
    parts += ["permission set changed"] if document["permission_set_changes"] else []
    users = len(document["assignments"])
    return "; ".join([*parts, f"{users} users assigned"] if users else parts)


def _outcomes(what: str, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    count = Counter(row["outcome"] for row in rows)
    said = ", ".join(f"{number} {outcome}" for outcome, number in count.most_common())
    return [f"{what}: {said}"] if said else []
