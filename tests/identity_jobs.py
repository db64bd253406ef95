"""What each identity is there for, as named steps; the org's tables say whether one was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from identity_org import FIELD
from org_clock import OrgClock

from practice_org.metadata.components import layout_assignments, list_components
from practice_org.org import Org
from practice_org.rights import FieldAccess, field_access
from practice_org.tables import find_row, find_rows, insert_row, update_row

SEEDS_RUNNER = "runner@practice.example.com"
DEPLOY = ("--assign", "layout-users", "--lightning-pages", "--yes")
Ask = Callable[..., tuple[int, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Job:
    """The commands of a login, and the org behind them with its clock."""

    ask: Ask
    org: Org
    clock: OrgClock
    folder: Path


def ids(document: Mapping[str, Any], *outcomes: str) -> list[str]:
    """The checks that came out so."""
    return [row["id"] for row in document["checks"] if row["outcome"] in outcomes]


def audit(job: Job, unknown: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """A look at the org that leaves open just these checks."""
    code, found = job.ask("readiness", "--runner", SEEDS_RUNNER)
    yield "look", code in {0, 1, 4} and "checks" in found
    yield "see the field", {"C10", "C11", "C13"} <= set(ids(found, "pass"))
    yield "count", _counts(job.org, found)
    yield "answer", ids(found, "unknown") == list(unknown)


def deploy(job: Job) -> Iterator[tuple[str, bool]]:
    """Plan, deploy, look, and back."""
    code, found = job.ask("plan")
    hidden = [row for row in found.get("findings", ()) if row["rule"] == "hidden-from-us"]
    yield "plan", code == 0 and not hidden
    yield "deploy", job.ask("deploy", *DEPLOY)[0] == 0 and not layouts_without(job.org)
    yield "assign", not blind_users(job.org)
    words = ("--identity", "deployer", "--runner", SEEDS_RUNNER, "--check-deploy")
    found = job.ask("readiness", *words)[1]
    yield "look", "checks" in found and ids(found, "unknown") == []
    yield "count", _counts(job.org, found)
    (sample,) = (row["evidence"] for row in found["checks"] if row["id"] == "C34")
    yield "try records", "Contact records" in sample and "Lead records" in sample
    yield "check a deploy", "C60" in ids(found, "pass")
    yield "restore", job.ask("restore", "--yes")[0] == 0 and bool(layouts_without(job.org))


def _counts(org: Org, found: Mapping[str, Any]) -> bool:
    """Whether each active user is counted where their profile's layouts are."""
    told = {line["object"]: line["users"] for line in found["headline"]}
    return told == {name: len(users_of(org, name)) for name in ("Contact", "Lead", "PersonAccount")}


def sync(
    job: Job, kinds: Sequence[str] = ("Contact", "Lead", "Account")
) -> Iterator[tuple[str, bool]]:
    """Pushes, a resubscribe and a night both ways, of these kinds of record."""
    org = job.org
    org.user_id = org.setting("admin_user_id")
    for sobject in ("Contact", "Lead"):
        org.db.execute(f'UPDATE "{sobject}" SET "HasOptedOutOfEmail" = 0')  # noqa: S608 - our names
    made = {name: insert_row(org, name, _RECORDS[name]) for name in kinds}
    job.clock.move(hours=-1)  # a tie with the resubscribe would count as opted out
    for sobject, record in made.items():
        done = job.ask("sync", "push", "--salesforce-id", record)[0] == 0
        yield f"push {sobject}", done and ticked(org, record)
    job.clock.move(hours=1)
    told = {
        row["id"]: row["outcome"] for row in job.ask("sync", "status", "--ask-org")[1]["checks"]
    }
    yield "status", [told[name] for name in ("S10", "S11", "S12")] == ["pass"] * 3
    yield "resubscribe", all(_resubscribed(job, record) for record in made.values())
    _out_on_one_side_each(job, made)
    code, found = job.ask("sync", "adopt", "--yes")
    yield "night", code == 0 and found["outcome"] == "done"
    yield "to the org", all(ticked(org, record) for record in made.values())
    people = job.ask("people", "list")[1]["people"]
    others = [each["unsubscribed"] for each in people if each["person_id"].startswith("other")]
    yield "to the people", len(others) == len(made) and all(others)


_RECORDS = {
    "Contact": {"LastName": "Ann"},
    "Lead": {"LastName": "Bob", "Company": "Bob & Co."},
    "Account": {"LastName": "Cleo"},
}


def _resubscribed(job: Job, record: str) -> bool:
    words = ("--reason", "asked", "--by", "Ada", "--yes")
    return job.ask("sync", "resubscribe", record, *words)[0] == 0 and not ticked(job.org, record)


def _out_on_one_side_each(job: Job, made: Mapping[str, str]) -> None:
    """The people of these records are out on the people side, others in the org."""
    rows = ["person_id,email,salesforce_id,unsubscribed"]
    for sobject, record in made.items():
        other = insert_row(job.org, sobject, {**_RECORDS[sobject], "LastName": "Other"})
        update_row(job.org, sobject, other, {_name_on(sobject): True})
        rows += [f"p{sobject},,{record},true", f"other{sobject},,{other},false"]
    file = job.folder / "people.csv"
    file.write_text("\n".join(rows) + "\n")
    job.ask("people", "import", str(file))


def _name_on(sobject: str) -> str:
    return f"Person{FIELD}" if sobject == "Account" else FIELD


def ticked(org: Org, record: str) -> bool:
    """Whether the person behind this record is opted out."""
    if record.startswith("001"):
        record = find_row(org, "Account", record)["PersonContactId"]
    sobject = "Lead" if record.startswith("00Q") else "Contact"
    return bool(find_row(org, sobject, record)[FIELD])


def users_of(org: Org, layout_object: str) -> list[Any]:
    """Active users whose profile is assigned a layout of this object."""
    given = {row.profile_id for row in layout_assignments(org) if row.object == layout_object}
    return [user for user in find_rows(org, "User", IsActive=True) if user["ProfileId"] in given]


def layouts_without(org: Org) -> list[str]:
    """Layouts of contacts, leads and persons in use that do not hold the field."""
    used = {row.layout_id for row in layout_assignments(org)}
    kinds = ("Contact-", "Lead-", "PersonAccount-")
    return [
        layout.full_name
        for layout in list_components(org, "Layout")
        if layout.id in used and layout.full_name.startswith(kinds) and FIELD not in
        layout.body.decode()
    ]  # fmt: skip


def blind_users(org: Org) -> list[str]:
    """Active users of those layouts who cannot edit the field on Contact."""
    return [
        user["Username"]
        for user in users_of(org, "Contact")
        if field_access(org, user["Id"], "Contact", FIELD) is not FieldAccess.EDIT
    ]


def first_refused(steps: Iterator[tuple[str, bool]]) -> str:
    """The name of the first step that was not done; "" when all were."""
    for name, done in steps:
        if not done:
            return name
    return ""
