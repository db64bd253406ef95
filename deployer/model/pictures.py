"""What a page shows: an org's readiness, or a change; plain values, ready to be drawn."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as field_
from datetime import datetime

from deployer.model.drawings import LayoutDrawing
from deployer.model.facts import Fact
from deployer.model.findings import Finding, Severity
from deployer.model.headline import Headline


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """Users who have the same of the field on the same page, for each of these record types.

    `record_types` has "" for the master one; `app`, `form_factor` and `page` are "" for any.
    `verdict` is edits, sees, hidden or unknown; `users` are the same people for every record type.
    """

    object: str
    profile: str
    record_types: tuple[str, ...]
    app: str
    form_factor: str
    layout: str
    page: str
    verdict: str
    why: str
    users: int


@dataclass(frozen=True, slots=True)
class StepShown:
    """One thing to do, and the checks that it mends."""

    remedy: str
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CheckShown:
    """What one check came to; `accepted` says that its unknown does not count."""

    id: str
    title: str
    question: str
    outcome: Severity
    evidence: str
    remedy: str
    link: str
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class GivenTo:
    """A profile that is given a layout, for these record types ("" is the master one)."""

    profile: str
    record_types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LayoutShown:
    """One layout as it stands in the org, and who is given it."""

    name: str
    object: str
    drawing: Fact[LayoutDrawing]
    given: tuple[GivenTo, ...] = ()


@dataclass(frozen=True, slots=True)
class CallShown:
    """One call to the org, and whose login made it."""

    method: str
    path: str
    purpose: str
    status: int
    login: str


@dataclass(frozen=True, slots=True)
class AfterShown:
    """Who would see the field once what `words` say is done; `lost` as of a look."""

    words: str
    bars: tuple[Headline, ...] = ()
    rows: tuple[MatrixRow, ...] = ()
    lost: str = ""


@dataclass(frozen=True, slots=True)
class ReadinessPicture:
    """One look at one org.

    `verdict` is ready, not-ready or unknown and `says` the same as a sentence; `at` is when the
    org was looked at, in UTC; `lost` says why who sees the field could not be told, "" when it
    could; `labels` maps an object's fields, in lower case, to what people read.
    """

    org: str
    org_id: str
    field: str
    at: datetime
    verdict: str
    says: str
    notes: tuple[str, ...] = ()
    steps: tuple[StepShown, ...] = ()
    bars: tuple[Headline, ...] = ()
    rows: tuple[MatrixRow, ...] = ()
    lost: str = ""
    checks: tuple[CheckShown, ...] = ()
    layouts: Fact[tuple[LayoutShown, ...]] | None = None
    labels: Mapping[str, Mapping[str, str]] = field_(default_factory=dict)
    unmapped: str = ""
    calls: tuple[CallShown, ...] = ()
    after: AfterShown | None = None


@dataclass(frozen=True, slots=True)
class LayoutChange:
    """One layout of a plan. A drawing is None where the bytes are not there or not readable.

    `outcome` is the plan's word; `diff` is "" where nothing changes.
    """

    name: str
    object: str
    outcome: str
    reason: str
    section: str = ""
    column: int = 0
    before: LayoutDrawing | None = None
    after: LayoutDrawing | None = None
    diff: str = ""


@dataclass(frozen=True, slots=True)
class FileChange:
    """Something else that a plan sends: what it is, and how it changes."""

    name: str
    what: str
    diff: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChangePicture:
    """A plan, or what came of it.

    `state` is pending, done, checked, nothing or failed; `says` is one line each, the most
    important first.
    """

    org: str
    org_id: str
    field: str
    at: datetime
    state: str
    says: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    layouts: tuple[LayoutChange, ...] = ()
    others: tuple[FileChange, ...] = ()
    permission_set: str = ""
    assigned: tuple[str, ...] = ()
    unassigned: tuple[str, ...] = ()
    before: tuple[Headline, ...] = ()
    after: tuple[Headline, ...] = ()
    api_version: str = ""
    labels: Mapping[str, Mapping[str, str]] = field_(default_factory=dict)


Picture = ReadinessPicture | ChangePicture
