"""What was asked for, and what would be done about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as field_
from enum import Enum

from deployer.model.findings import Finding
from deployer.model.layouts import EMAIL_OPT_OUT, LayoutName, OnReadonly, Outcome, PlaceWish

OUR_PERMISSION_SET = "Opt_Out_Field_Access"
NO_PERMISSION_SET = "none"


class FieldKind(Enum):
    """The two fields the sales-engagement system can be set to write."""

    EMAIL_OPT_OUT = "email-opt-out"
    MARKETO_SALES_OPT_OUT = "marketo-sales-opt-out"


class Aim(Enum):
    """What a plan does to the layouts it names."""

    PUT = "put"
    TAKE_OUT = "take-out"
    RESTORE = "restore"


class LightningPages(Enum):
    """Whether record pages that carry fields themselves are edited too."""

    LEAVE = "leave"
    EDIT = "edit"


class Scope(Enum):
    """Which layouts are meant when none is named."""

    ASSIGNED = "assigned"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class FieldWish:
    """Which field: a kind, or an API name the user gave, to use or to create."""

    kind: FieldKind = FieldKind.EMAIL_OPT_OUT
    custom_field: str = ""
    create_field: str = ""


@dataclass(frozen=True, slots=True)
class LayoutWish:
    """Which layouts, and where on them. Patterns are shell globs over decoded names."""

    objects: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    scope: Scope = Scope.ASSIGNED
    place: PlaceWish = PlaceWish()  # noqa: RUF009 - frozen
    readonly: OnReadonly = OnReadonly.KEEP


@dataclass(frozen=True, slots=True)
class AccessWish:
    """Which permission set carries the field's access, and who is to get it.

    `assign` holds usernames, `profile:NAME` and `layout-users`.
    """

    permission_set: str = OUR_PERMISSION_SET
    assign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """Everything a plan is made from besides the org's own facts."""

    aim: Aim = Aim.PUT
    field: FieldWish = FieldWish()
    layouts: LayoutWish = LayoutWish()
    access: AccessWish = AccessWish()
    pages: LightningPages = LightningPages.LEAVE


@dataclass(frozen=True, slots=True)
class LayoutPlan:
    """One layout: what becomes of it, where, why; `before == after` unless it is changed.

    `outcome` is ADD, PRESENT, SKIPPED or FAILED (REMOVE, RESTORE for the other aims).
    """

    name: LayoutName
    outcome: Outcome
    reason: str
    section: str = ""
    column: int = 0
    before: bytes = b""
    after: bytes = b""

    @property
    def object(self) -> str:
        return self.name.object

    @property
    def changes(self) -> bool:
        """Whether this layout is sent."""
        return self.outcome in CHANGING


@dataclass(frozen=True, slots=True)
class PagePlan:
    """One Lightning record page: what becomes of it and why, as for a layout.

    `name` is spelled as the org spells it; `object` is Contact, Lead or Account; `section` is the
    heading the field stands under, as stored.
    """

    name: str
    object: str
    outcome: Outcome
    reason: str
    section: str = ""
    before: bytes = b""
    after: bytes = b""

    @property
    def changes(self) -> bool:
        """Whether this page is sent."""
        return self.outcome in CHANGING


CHANGING = frozenset({Outcome.ADD, Outcome.REMOVE, Outcome.RESTORE})


@dataclass(frozen=True, slots=True)
class Assignee:
    """An active user who is to hold the permission set; `label` is what a report shows."""

    user_id: str
    label: str
    profile_id: str = ""


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """The permission set as it is and as it will be; equal bytes mean it is not sent.

    `before` is None when the set does not exist yet. `assign` lists only users who lack it;
    `unassign` those it is taken from again, and with `drop` the set is then deleted.
    """

    permission_set: str = NO_PERMISSION_SET
    before: bytes | None = None
    after: bytes | None = None
    permission_set_id: str = ""
    assign: tuple[Assignee, ...] = ()
    unassign: tuple[Assignee, ...] = ()
    drop: bool = False

    @property
    def changes(self) -> bool:
        """Whether the set is sent."""
        return self.after is not None and self.after != self.before


@dataclass(frozen=True, slots=True)
class Seen:
    """How many active users would have the field on one object's pages, each counted once.

    edits + sees + partly + hidden == users. `partly`: on some of their record types only.
    """

    object: str
    users: int
    edits: int
    sees: int
    partly: int
    hidden: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deploy would send, for one org, and what it would lead to.

    `new_fields` maps a file of the package (objects/Contact.object) to its bytes; `stamps` holds,
    per file sent that the org already has, when the org had last saved what was retrieved; `seen`
    is who would see the field after it, `seen_before` who does now;
    `labels` is what people read for a field, by object and API name in lower case;
    `deleted_fields` are the CustomFields (Contact.X__c) that are deleted once the rest is done.
    """

    aim: Aim
    org_id: str
    api_version: str
    field: str
    layouts: tuple[LayoutPlan, ...]
    access: AccessPlan = AccessPlan()
    new_fields: Mapping[str, bytes] = field_(default_factory=dict)
    new_field_members: tuple[str, ...] = ()
    seen: tuple[Seen, ...] = ()
    stamps: Mapping[str, str] = field_(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    pages: tuple[PagePlan, ...] = ()
    seen_before: tuple[Seen, ...] = ()
    labels: Mapping[str, Mapping[str, str]] = field_(default_factory=dict)
    deleted_fields: tuple[str, ...] = ()

    @property
    def parts(self) -> tuple[LayoutPlan | PagePlan, ...]:
        """The layouts, then the pages."""
        return (*self.layouts, *self.pages)

    @property
    def sends(self) -> bool:
        """Whether there is anything to deploy."""
        fields = bool(self.new_fields or self.deleted_fields)
        return fields or self.access.changes or any(x.changes for x in self.parts)

    @property
    def changes(self) -> int:
        """How many things a deploy would change: layouts, pages, the set, fields, assignments."""
        return (
            sum(part.changes for part in self.parts)
            + int(self.access.changes)
            + len(self.new_field_members)
            + len(self.deleted_fields)
            + len(self.access.assign)
            + len(self.access.unassign)
            + int(self.access.drop)
        )

    @property
    def failed(self) -> bool:
        """Whether a named layout, or a page, cannot be done."""
        return any(part.outcome is Outcome.FAILED for part in self.parts)


def default_field(wish: FieldWish) -> str:
    """The field's API name when the wish alone decides it; "" when the org must be asked."""
    named = wish.create_field or wish.custom_field
    if named or wish.kind is not FieldKind.EMAIL_OPT_OUT:
        return named
    return EMAIL_OPT_OUT
