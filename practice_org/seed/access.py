"""The seed's profiles, permission sets and group: the opt-out field is hidden from most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from practice_org import rights, tables
from practice_org.objects import SYSTEM_PERMISSIONS
from practice_org.org import Org
from practice_org.rights import FieldAccess

ADMINISTRATOR = "System Administrator"
API_ONLY = "Minimum Access - API Only Integrations"
HIDDEN = ("HasOptedOutOfEmail", "HasOptedOutOfFax")
BUSINESS = ("Account", "Contact", "Lead")
_READ = ("Read",)
_WORK = ("Read", "Create", "Edit")
_ALL = ("Read", "Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords")
# Salesforce: Modify All Records needs all the rights before it.
_EVERYWHERE = ("Read", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords")
_SEE_ALL = ("Read", "ViewAllRecords")


@dataclass(frozen=True, slots=True)
class Rights:
    """What a profile or permission set gives.

    `objects` maps an object to its rights; `fields` says what becomes of the ordinary secured
    fields of those objects, `opt_out` of Email Opt Out on Contact and Lead.
    """

    system: tuple[str, ...] = ()
    objects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: FieldAccess = FieldAccess.NONE
    opt_out: FieldAccess = FieldAccess.NONE


_PEOPLE = Rights(
    ("ApiEnabled", "ConvertLeads", "SendNonCommercialEmail"),
    dict.fromkeys(BUSINESS, _WORK),
    FieldAccess.EDIT,
)
PROFILES: Mapping[str, Rights] = {
    ADMINISTRATOR: Rights(
        tuple(name for name in SYSTEM_PERMISSIONS if name != "ApiUserOnly"),
        dict.fromkeys(BUSINESS, _ALL),
        FieldAccess.EDIT,
        FieldAccess.EDIT,
    ),
    "Standard User": _PEOPLE,
    "Marketing User": Rights(_PEOPLE.system, _PEOPLE.objects, FieldAccess.EDIT, FieldAccess.READ),
    "Sales": _PEOPLE,
    "Support": Rights(
        ("ApiEnabled", "SendNonCommercialEmail"),
        {"Account": _READ, "Contact": _WORK, "Lead": _READ},
        FieldAccess.EDIT,
    ),
    API_ONLY: Rights(("ApiEnabled", "ApiUserOnly")),
}
PERMISSION_SETS: Mapping[str, Rights] = {
    "Deployment": Rights(
        (
            "ApiEnabled", "ModifyMetadata", "ViewSetup", "CustomizeApplication",
            "ManageProfilesPermissionsets", "AssignPermissionSets", "ViewAllUsers",
            "ViewAllProfiles",
        ),
        {"Account": _READ, "Contact": _SEE_ALL, "Lead": _SEE_ALL},
        opt_out=FieldAccess.READ,
    ),
    "Readiness_Audit": Rights(
        ("ApiEnabled", "ViewSetup", "ViewAllUsers", "ViewAllProfiles"),
        dict.fromkeys(BUSINESS, _READ),
        opt_out=FieldAccess.READ,
    ),
    "Opt_Out_Runner": Rights(
        ("ApiEnabled",),
        dict.fromkeys(BUSINESS, _EVERYWHERE),
        opt_out=FieldAccess.EDIT,
    ),
    "Marketing_Sync": Rights(
        ("ApiEnabled",), dict.fromkeys(BUSINESS, _SEE_ALL), FieldAccess.READ
    ),
    "Consent_Readers": Rights(opt_out=FieldAccess.READ),
    "Campaign_Tools": Rights(("ConvertLeads",)),
}  # fmt: skip
GROUP = ("Marketing_Operations", ("Consent_Readers", "Campaign_Tools"))


def add_profiles(org: Org) -> dict[str, str]:
    """Make the seed's profiles; ids by name."""
    return {name: add_profile(org, name, given) for name, given in PROFILES.items()}


def add_profile(org: Org, name: str, given: Rights) -> str:
    """Make a profile with the permission set that it owns, and return its id."""
    profile_id = tables.insert_row(org, "Profile", {"Name": name})
    owned = {
        "Name": f"X{profile_id[:15]}",
        "Label": name,
        "Type": "Profile",
        "IsOwnedByProfile": True,
        "ProfileId": profile_id,
    }
    _add_set(org, owned, given)
    return profile_id


def add_permission_sets(org: Org) -> dict[str, str]:
    """Make the permission sets and the group with the set that stands for it; ids by name."""
    ids = {
        name: _add_set(org, {"Name": name, "Label": name.replace("_", " ")}, given)
        for name, given in PERMISSION_SETS.items()
    }
    group, members = GROUP
    label = group.replace("_", " ")
    group_id = tables.insert_row(
        org, "PermissionSetGroup", {"DeveloperName": group, "MasterLabel": label}
    )
    for member in members:
        tables.insert_row(
            org,
            "PermissionSetGroupComponent",
            {"PermissionSetGroupId": group_id, "PermissionSetId": ids[member]},
        )
    standing = {"Name": group, "Label": label, "Type": "Group", "PermissionSetGroupId": group_id}
    return {**ids, group: _add_set(org, standing, Rights())}


def assign(org: Org, user_id: str, set_id: str) -> None:
    """Assign a permission set, or the group it stands for, to a user."""
    found = tables.find_row(org, "PermissionSet", set_id)
    group = {"PermissionSetGroupId": found["PermissionSetGroupId"]} if found else {}
    tables.insert_row(
        org,
        "PermissionSetAssignment",
        {"AssigneeId": user_id, "PermissionSetId": set_id, **group},
    )


def _add_set(org: Org, values: Mapping[str, object], given: Rights) -> str:
    system = {f"Permissions{name}": True for name in given.system}
    set_id = tables.insert_row(org, "PermissionSet", {**values, **system})
    for sobject, may in given.objects.items():
        row = {f"Permissions{name}": True for name in may}
        tables.insert_row(
            org, "ObjectPermissions", {"ParentId": set_id, "SobjectType": sobject, **row}
        )
    for sobject in BUSINESS:
        rights.grant_fields(org, set_id, sobject, _field_access(org, sobject, given))
    return set_id


def _field_access(org: Org, sobject: str, given: Rights) -> dict[str, FieldAccess]:
    everybody_sees = given.opt_out is FieldAccess.EDIT and given.fields is FieldAccess.EDIT
    access = {
        name: given.fields
        for name in rights.secured_fields(org, sobject)
        if sobject in given.objects and (everybody_sees or name not in HIDDEN)
    }
    if sobject != "Account":
        access["HasOptedOutOfEmail"] = given.opt_out
    return access
