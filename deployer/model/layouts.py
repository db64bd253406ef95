"""Names of layouts and fields, and what happened to a layout."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote

PERSON_OBJECTS = ("Contact", "Lead", "PersonAccount")
# A person account is shown on pages of Account.
PAGE_OBJECTS = ("Contact", "Lead", "Account")
LAYOUT_SUFFIXES = (".layout-meta.xml", ".layout")
EMAIL_OPT_OUT = "HasOptedOutOfEmail"


@dataclass(frozen=True, slots=True, order=True)
class LayoutName:
    """A layout's name exactly as the org (or the file) gave it; it is never encoded by us.

    Compare with `decoded`: Salesforce percent-encodes some characters and not others.
    """

    member: str

    @property
    def object(self) -> str:
        """The part before the first hyphen: Contact, Lead, PersonAccount."""
        return self.member.split("-", 1)[0]

    @property
    def decoded(self) -> str:
        """The name as a person reads it, object included."""
        return unquote(self.member)

    @property
    def label(self) -> str:
        """The name as a person reads it, without the object."""
        return self.decoded.partition("-")[2]


def layout_name_of(file_name: str) -> LayoutName | None:
    """The layout a file holds, told from Salesforce's own file names; None for any other file."""
    for suffix in LAYOUT_SUFFIXES:
        if file_name.endswith(suffix):
            name = LayoutName(file_name.removesuffix(suffix))
            return name if name.object in PERSON_OBJECTS and "-" in name.member else None
    return None


def field_on(object_name: str, field: str) -> str:
    """The field's API name as this object's layout spells it.

    A PersonAccount layout shows the Contact's field as PersonX, a custom one as X__pc.
    Source: facts measured on person account layouts; Salesforce "Person Accounts" field reference.
    """
    if object_name != "PersonAccount":
        return field
    if field.endswith("__c"):
        return f"{field.removesuffix('__c')}__pc"
    return f"Person{field}"


class Outcome(Enum):
    """What becomes of one layout, and after the deploy what became of it."""

    ADD = "add"
    ADDED = "added"
    REMOVE = "remove"
    REMOVED = "removed"
    RESTORE = "restore"
    RESTORED = "restored"
    PRESENT = "present"
    ABSENT = "absent"
    SKIPPED = "skipped"
    FAILED = "failed"


class Behavior(Enum):
    """How a field stands on a layout; Required makes no sense on a checkbox."""

    EDIT = "Edit"
    READONLY = "Readonly"


class OnReadonly(Enum):
    """What to do where the field already stands, but nobody can change it there."""

    KEEP = "keep"
    MAKE_EDITABLE = "make-editable"


@dataclass(frozen=True, slots=True)
class PlaceWish:
    """Where the user wants the field; all empty means the natural place.

    `column` counts from 1; 0 means the column with most room.
    """

    after: str = ""
    before: str = ""
    section: str = ""
    column: int = 0


@dataclass(frozen=True, slots=True)
class FieldPlace:
    """Where a field stands on a layout.

    `section` is the label as stored, `column` and `row` count from 1, `line` is the item's first
    line; `count` is how often the field is there, and more than once is a fault.
    """

    section: str
    column: int
    row: int
    behavior: str
    line: int
    count: int = 1


@dataclass(frozen=True, slots=True)
class LayoutEdit:
    """One layout's bytes before and after, and why.

    `outcome` is ADD or REMOVE (bytes differ), PRESENT or ABSENT (nothing to do) or FAILED
    (`reason` says why; bytes equal). `section` is the label as stored ("" when it has none);
    `column` counts from 1, 0 when there is no place; `line` is where the item starts in `after`
    (in `before` for a REMOVE), 0 when there is none.
    """

    outcome: Outcome
    before: bytes
    after: bytes
    reason: str
    section: str = ""
    column: int = 0
    behavior: str = ""
    line: int = 0

    @property
    def changed(self) -> bool:
        """Whether there is anything to write or send."""
        return self.before != self.after
