"""The three identities: every right that each one's permission set gives, and what it is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from deployer.model.layouts import EMAIL_OPT_OUT

FIELD_OBJECTS = ("Contact", "Lead")
PEOPLE = (*FIELD_OBJECTS, "Account")


class Of(Enum):
    """What a right is a right of; each is its own element in a permission set."""

    SYSTEM = "userPermissions"
    OBJECT = "objectPermissions"
    FIELD = "fieldPermissions"


@dataclass(frozen=True, slots=True)
class Right:
    """One right: `name` as a permission set spells it, `label` as Setup shows it.

    `on` are the objects: those whose records it is about, or those whose opt-out field.
    """

    of: Of
    name: str
    label: str
    why: str
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Identity:
    """One login's permission set; `also` are fields that it gives beside the chosen one."""

    name: str
    permission_set: str
    label: str
    description: str
    rights: tuple[Right, ...]
    also: tuple[str, ...] = ()

    def fields(self, chosen: str) -> tuple[str, ...]:
        """The opt-out fields that its field rights are about."""
        return tuple(dict.fromkeys((chosen, *self.also)))


def _system(name: str, label: str, why: str) -> Right:
    return Right(Of.SYSTEM, name, label, why)


def _records(name: str, label: str, why: str, on: tuple[str, ...] = PEOPLE) -> Right:
    return Right(Of.OBJECT, name, label, why, on)


def _field(name: str, label: str, why: str) -> Right:
    return Right(Of.FIELD, name, label, why, FIELD_OBJECTS)


_API = _system("ApiEnabled", "API Enabled", "every call is a call of the API")
_SETUP = _system(
    "ViewSetup", "View Setup and Configuration",
    "layouts, assignments, pages, permissions and limits are shown to nobody without it",
)  # fmt: skip
_USERS = _system(
    "ViewAllUsers", "View All Users",
    "where users are private, all but itself would be left out of every count",
)  # fmt: skip
_PROFILES = _system(
    "ViewAllProfiles", "View All Profiles",
    "where profiles are filtered, all but its own would be left out",
)  # fmt: skip
_READ = _records("allowRead", "Read", "an object's fields are shown only to its readers")
_SEE_FIELD = _field("readable", "Read Access", "a field that the login may not read looks absent")

AUDITOR = Identity(
    "auditor", "Opt_Out_Auditor", "Opt-Out Auditor",
    "Looks whether people see the e-mail opt-out field. Changes nothing.",
    (_API, _SETUP, _USERS, _PROFILES, _READ, _SEE_FIELD),
)  # fmt: skip
DEPLOYER = Identity(
    "deployer", "Opt_Out_Deployer", "Opt-Out Deployer",
    "Puts the e-mail opt-out field on page layouts, and takes it off again. Edits no record.",
    (
        _API,
        _system("ModifyMetadata", "Modify Metadata Through Metadata API Functions",
                "every call of the Metadata API asks for it, listing and retrieving included"),
        _SETUP,
        _system("CustomizeApplication", "Customize Application",
                "layouts, custom fields and Lightning pages are part of it"),
        _system("ManageProfilesPermissionsets", "Manage Profiles and Permission Sets",
                "the permission set for the field is deployed, and deleted by restore"),
        _system("AssignPermissionSets", "Assign Permission Sets",
                "--assign gives users the set, and restore takes it back"),
        _USERS,
        _PROFILES,
        _READ,
        _records("viewAllRecords", "View All Records", "C34 asks what the runner may do with the "
                 "newest records, whoever owns them", FIELD_OBJECTS),
        _SEE_FIELD,
    ),
)  # fmt: skip
RUNNER = Identity(
    "runner", "Opt_Out_Runner", "Opt-Out Runner",
    "Ticks the e-mail opt-out field of contacts, leads and person accounts. Sees no setup.",
    (
        _API,
        _records("allowRead", "Read", "who is opted out is read of every record"),
        _records("allowEdit", "Edit", "an opt-out ticks the record; a person account's is its "
                 "Account's"),
        _records("viewAllRecords", "View All Records", "an opt-out on a record that is not shown "
                 "would be lost"),
        _records("modifyAllRecords", "Modify All Records", "an opt-out on a record that is not "
                 "shared with the runner would be refused"),
        _records("allowDelete", "Delete", "Salesforce gives Modify All only beside Delete; the "
                 "runner deletes nothing"),
        _field("editable", "Edit Access", "the field is what the runner reads and writes"),
    ),
    (EMAIL_OPT_OUT,),
)  # fmt: skip
IDENTITIES: Mapping[str, Identity] = {each.name: each for each in (AUDITOR, DEPLOYER, RUNNER)}
_ACCOUNT = "Account"
_EVERYWHERE = frozenset({"modifyAllRecords", "allowDelete"})


def without_accounts(identity: Identity) -> Identity:
    """The identity with no right on Account: for an org without person accounts."""
    rights = (
        replace(right, on=tuple(name for name in right.on if name != _ACCOUNT))
        for right in identity.rights
    )
    return replace(identity, rights=tuple(rights))


def on_shared_records(identity: Identity) -> Identity:
    """The identity without Modify All: for an org that shares every record with it for editing."""
    kept = (right for right in identity.rights if right.name not in _EVERYWHERE)
    return replace(identity, rights=tuple(kept))
