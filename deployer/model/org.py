"""What is known of one org: the facts a plan is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as field_

from deployer.model.layouts import LayoutName

STANDARD_LAYOUT = "Standard"
SCHEMA_API_VERSION = "63.0"
"""That of the WSDL in the installed simple-salesforce; never more is asked of an org."""
MASTER_RECORD_TYPE = ""


@dataclass(frozen=True, slots=True)
class LayoutFact:
    """One Contact, Lead or PersonAccount layout of the org.

    `name` is spelled as retrieve and deploy want it; `stamp` changes whenever somebody saves it.
    """

    name: LayoutName
    id: str
    namespace: str
    layout_type: str
    stamp: str


@dataclass(frozen=True, slots=True)
class PageFact:
    """One Lightning record page of Contact, Lead or Account; `name` is spelled as the org does."""

    name: str
    object: str
    namespace: str
    stamp: str


@dataclass(frozen=True, slots=True)
class LayoutAssignment:
    """Users of this profile get this layout for this record type ("" is the master one)."""

    profile_id: str
    profile: str
    layout_id: str
    record_type_id: str = MASTER_RECORD_TYPE


@dataclass(frozen=True, slots=True)
class FieldFact:
    """A field as describe (or, when hidden from us, FieldDefinition) shows it.

    `type` is describe's word: boolean, string, ...
    """

    name: str
    label: str
    type: str
    updateable: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission set (or a profile's own) that gives access to the field on one object."""

    object: str
    parent_id: str
    edit: bool
    profile_id: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """An active user who holds a permission set, directly or through a group."""

    user_id: str
    profile_id: str
    permission_set_id: str


@dataclass(frozen=True, slots=True)
class Profile:
    """A profile and how many active users have it."""

    id: str
    name: str
    users: int


@dataclass(frozen=True, slots=True)
class AccessFacts:
    """Who may read and edit the field, and who the users are."""

    profiles: tuple[Profile, ...] = ()
    grants: tuple[Grant, ...] = ()
    holders: tuple[Holder, ...] = ()
    permission_set_id: str = ""
    permission_set_namespace: str = ""
    permission_set_stamp: str = ""


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """Everything the pure planner needs, besides the layouts' bytes.

    `fields` maps Contact, Lead and, with person accounts, Account to its fields by API name;
    `hidden_fields` holds those that exist though describe does not show them to this user.
    """

    org_id: str
    api_version: str
    layouts: tuple[LayoutFact, ...]
    assignments: tuple[LayoutAssignment, ...]
    fields: Mapping[str, Mapping[str, FieldFact]]
    hidden_fields: Mapping[str, Mapping[str, FieldFact]] = field_(default_factory=dict)
    access: AccessFacts = AccessFacts()
    pages: tuple[PageFact, ...] = ()
