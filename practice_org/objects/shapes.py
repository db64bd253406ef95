"""What an sObject and a field are, and short ways of writing one down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum


class Kind(Enum):
    """Where an object's rows come from: its own table, or computed for each query."""

    STORED = "stored"
    VIRTUAL = "virtual"


class Api(Enum):
    """Which of the two query endpoints serves an object."""

    DATA = "data"
    TOOLING = "tooling"


class Sharing(Enum):
    """The organisation-wide default: everybody's, or only the owner's."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Field:
    """One field, by its API name.

    `type` is describe's word (string, boolean, reference, ...). `mirror` is a path to the field
    that truly holds the value (an Account's person fields live on its Contact). `person` fields
    are there only while person accounts are on.
    """

    name: str
    type: str
    label: str
    length: int = 0
    refers_to: tuple[str, ...] = ()
    relationship: str = ""
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    permissionable: bool = False
    calculated: bool = False
    default: str | int | bool | None = None
    choices: tuple[str, ...] = ()
    mirror: str = ""
    person: bool = False
    help_text: str = ""
    unique: bool = False
    external_id: bool = False
    history: bool = False

    @property
    def custom(self) -> bool:
        """Whether the name is that of a custom field."""
        return self.name.endswith(("__c", "__pc"))

    @property
    def textual(self) -> bool:
        """Whether values compare without regard to case, as SOQL compares text."""
        return self.type not in {
            "id",
            "reference",
            "boolean",
            "int",
            "double",
            "date",
            "datetime",
            "complexvalue",
        }


@dataclass(frozen=True, slots=True)
class SObject:
    """One object type.

    `reads_with` and `writes_with` name system permissions of which any one is enough; without
    them a stored business object asks the caller's object rights. `operations` are the changes
    the REST API accepts at all.
    """

    name: str
    label: str
    plural: str
    prefix: str
    fields: Mapping[str, Field]
    kind: Kind = Kind.STORED
    apis: frozenset[Api] = frozenset({Api.DATA})
    sharing: Sharing = Sharing.PUBLIC
    reads_with: tuple[str, ...] = ()
    writes_with: tuple[str, ...] = ()
    operations: frozenset[str] = frozenset()
    indexes: tuple[tuple[str, ...], ...] = ()
    name_from: tuple[str, ...] = ()
    required: tuple[str, ...] = ()

    @property
    def business(self) -> bool:
        """Whether object rights and field security rule this object."""
        return self.sharing is Sharing.PRIVATE

    @property
    def keeps_deleted(self) -> bool:
        """Whether a deleted row goes to the recycle bin rather than away."""
        return "IsDeleted" in self.fields


def text(name: str, label: str, length: int = 255, **more: object) -> Field:
    """A plain text field."""
    return Field(name, "string", label, length, **more)  # type: ignore[arg-type]


def flag(name: str, label: str, **more: object) -> Field:
    """A checkbox; false unless said otherwise, never null."""
    given = {"default": False, "nillable": False, **more}
    return Field(name, "boolean", label, **given)  # type: ignore[arg-type]


def link(name: str, label: str, to: str, **more: object) -> Field:
    """A reference; its relationship is the name without the trailing Id."""
    relationship = name.removesuffix("Id") if name.endswith("Id") else ""
    given = {"relationship": relationship, **more}
    return Field(name, "reference", label, 18, (to,), **given)  # type: ignore[arg-type]


def number(name: str, label: str, **more: object) -> Field:
    """A whole number."""
    return Field(name, "int", label, **more)  # type: ignore[arg-type]


def moment(name: str, label: str, **more: object) -> Field:
    """A date with a time."""
    return Field(name, "datetime", label, **more)  # type: ignore[arg-type]


def choice(name: str, label: str, *choices: str, **more: object) -> Field:
    """A picklist."""
    return Field(name, "picklist", label, 255, choices=choices, **more)  # type: ignore[arg-type]


def secured(*fields: Field) -> tuple[Field, ...]:
    """The same fields, under field-level security."""
    return tuple(replace(field, permissionable=True) for field in fields)


def read_only(*fields: Field) -> tuple[Field, ...]:
    """The same fields, written by the org alone."""
    return tuple(replace(field, createable=False, updateable=False) for field in fields)


IDENTITY = read_only(Field("Id", "id", "Record ID", 18, nillable=False))
STAMPS = read_only(
    moment("CreatedDate", "Created Date", nillable=False),
    link("CreatedById", "Created By ID", "User", nillable=False),
    moment("LastModifiedDate", "Last Modified Date", nillable=False),
    link("LastModifiedById", "Last Modified By ID", "User", nillable=False),
    moment("SystemModstamp", "System Modstamp", nillable=False),
)
DELETED = read_only(flag("IsDeleted", "Deleted"))


def named(*fields: Field) -> dict[str, Field]:
    """Fields by name, in the order given."""
    return {field.name: field for field in fields}
