"""Users, profiles, permission sets and what they grant."""

from __future__ import annotations

from practice_org.objects.shapes import (
    IDENTITY,
    STAMPS,
    Field,
    SObject,
    choice,
    flag,
    link,
    moment,
    named,
    read_only,
    text,
)

# System permissions this org knows: the boolean columns Permissions<Name>, with their labels.
SYSTEM_PERMISSIONS = {
    "ApiEnabled": "API Enabled",
    "ApiUserOnly": "API Only User",
    "AssignPermissionSets": "Assign Permission Sets",
    "AuthorApex": "Author Apex",
    "BulkApiHardDelete": "Bulk API Hard Delete",
    "ConvertLeads": "Convert Leads",
    "CustomizeApplication": "Customize Application",
    "EditReadonlyFields": "Edit Read Only Fields",
    "ManageProfilesPermissionsets": "Manage Profiles and Permission Sets",
    "ManageUsers": "Manage Users",
    "ModifyAllData": "Modify All Data",
    "ModifyMetadata": "Modify Metadata Through Metadata API Functions",
    "SendNonCommercialEmail": "Send Non-Commercial Email",
    "ViewAllData": "View All Data",
    "ViewAllProfiles": "View All Profiles",
    "ViewAllUsers": "View All Users",
    "ViewSetup": "View Setup and Configuration",
}
SYSTEM_FIELDS = tuple(
    flag(f"Permissions{name}", label) for name, label in SYSTEM_PERMISSIONS.items()
)
OBJECT_FIELDS = (
    flag("PermissionsCreate", "Create Records"),
    flag("PermissionsRead", "Read Records"),
    flag("PermissionsEdit", "Edit Records"),
    flag("PermissionsDelete", "Delete Records"),
    flag("PermissionsViewAllRecords", "Read All Records"),
    flag("PermissionsModifyAllRecords", "Edit All Records"),
)
_ALL = frozenset({"create", "update", "delete"})
_SETS = ("ManageProfilesPermissionsets", "ModifyAllData")
_ASSIGN = ("AssignPermissionSets", "ManageUsers", "ModifyAllData")
# Source: Salesforce, Summer '20 release notes, "Permission Changes for Customization Features";
# Object Reference, PermissionSetAssignment.
_SEE_MUTING = ("ViewSetup", "AssignPermissionSets")
_SEE_ASSIGNED = ("ViewSetup", "AssignPermissionSets", "ManageUsers")

_USER = (
    *IDENTITY,
    Field("Username", "string", "Username", 80, nillable=False),
    text("FirstName", "First Name", 40),
    text("LastName", "Last Name", 80, nillable=False),
    *read_only(text("Name", "Full Name", 121, nillable=False)),
    text("Alias", "Alias", 8),
    Field("Email", "email", "Email", 128),
    text("Title", "Title", 80),
    text("Department", "Department", 80),
    flag("IsActive", "Active", default=True),
    choice("UserType", "User Type", "Standard", "PowerPartner", "Guest", default="Standard"),
    link("ProfileId", "Profile ID", "Profile", nillable=False),
    link("ManagerId", "Manager ID", "User"),
    choice("LanguageLocaleKey", "Language", "en_US", "de", "fr", "es", "ja", default="en_US"),
    choice("LocaleSidKey", "Locale", "en_US", default="en_US"),
    choice("TimeZoneSidKey", "Time Zone", "GMT", default="GMT"),
    choice("EmailEncodingKey", "Email Encoding", "UTF-8", default="UTF-8"),
    moment("LastLoginDate", "Last Login"),
    *STAMPS,
)
_PERMISSION_SET = (
    *IDENTITY,
    text("Name", "Permission Set Name", 80, nillable=False),
    text("Label", "Permission Set Label", 80, nillable=False),
    Field("Description", "textarea", "Description", 255),
    text("NamespacePrefix", "Namespace Prefix", 15),
    choice("Type", "Type", "Regular", "Profile", "Group", "Session", default="Regular"),
    flag("IsOwnedByProfile", "Is Owned By Profile"),
    flag("IsCustom", "Is Custom", default=True),
    flag("HasActivationRequired", "Has Activation Required"),
    link("ProfileId", "Profile ID", "Profile"),
    link("PermissionSetGroupId", "Permission Set Group ID", "PermissionSetGroup"),
    text("LicenseId", "License ID", 18),
    *SYSTEM_FIELDS,
    *STAMPS,
)

ACCESS = (
    SObject(
        "User", "User", "Users", "005", named(*_USER),
        operations=frozenset({"create", "update"}), writes_with=("ManageUsers", "ModifyAllData"),
        name_from=("FirstName", "LastName"), indexes=(("ProfileId",), ("Username",)),
        required=("Username", "LastName", "ProfileId"),
    ),
    SObject(
        "Profile", "Profile", "Profiles", "00e",
        named(
            *IDENTITY,
            text("Name", "Name", 255, nillable=False),
            Field("Description", "textarea", "Description", 255),
            choice("UserType", "User Type", "Standard", "Guest", default="Standard"),
            text("UserLicenseId", "User License ID", 18),
            *STAMPS,
        ),
    ),
    SObject(
        "PermissionSet", "Permission Set", "Permission Sets", "0PS", named(*_PERMISSION_SET),
        operations=_ALL, writes_with=_SETS, required=("Name", "Label"),
        indexes=(("ProfileId",), ("Name",)),
    ),
    SObject(
        "PermissionSetAssignment", "Permission Set Assignment", "Permission Set Assignments", "0Pa",
        named(
            *IDENTITY,
            link("AssigneeId", "Assignee ID", "User", nillable=False, updateable=False),
            link("PermissionSetId", "Permission Set ID", "PermissionSet", updateable=False),
            link(
                "PermissionSetGroupId", "Permission Set Group ID", "PermissionSetGroup",
                updateable=False,
            ),
            *read_only(flag("IsActive", "Is Active", default=True)),
            moment("ExpirationDate", "Expiration Date"),
            *read_only(moment("SystemModstamp", "System Modstamp")),
        ),
        reads_with=_SEE_ASSIGNED, operations=frozenset({"create", "delete"}), writes_with=_ASSIGN,
        required=("AssigneeId",),
        indexes=(("AssigneeId",), ("PermissionSetId",)),
    ),
    SObject(
        "PermissionSetGroup", "Permission Set Group", "Permission Set Groups", "0PG",
        named(
            *IDENTITY,
            text("DeveloperName", "Developer Name", 80, nillable=False),
            text("MasterLabel", "Master Label", 80, nillable=False),
            text("NamespacePrefix", "Namespace Prefix", 15),
            choice("Status", "Status", "Updated", "Outdated", "Failed", default="Updated"),
            flag("HasActivationRequired", "Has Activation Required"),
            Field("Description", "textarea", "Description", 255),
            *STAMPS,
        ),
        operations=_ALL, writes_with=_SETS, required=("DeveloperName", "MasterLabel"),
    ),
    SObject(
        "PermissionSetGroupComponent", "Permission Set Group Component",
        "Permission Set Group Components", "0PM",
        named(
            *IDENTITY,
            link("PermissionSetGroupId", "Permission Set Group ID", "PermissionSetGroup"),
            link("PermissionSetId", "Permission Set ID", "PermissionSet"),
            *STAMPS,
        ),
        reads_with=("ViewSetup",), operations=frozenset({"create", "delete"}), writes_with=_SETS,
        required=("PermissionSetGroupId", "PermissionSetId"),
        indexes=(("PermissionSetGroupId",),),
    ),
    SObject(
        "MutingPermissionSet", "Muting Permission Set", "Muting Permission Sets", "0QM",
        named(
            *IDENTITY,
            text("DeveloperName", "Developer Name", 80, nillable=False),
            text("MasterLabel", "Master Label", 80, nillable=False),
            *SYSTEM_FIELDS,
            *STAMPS,
        ),
        reads_with=_SEE_MUTING, operations=_ALL, writes_with=_SETS,
        required=("DeveloperName", "MasterLabel"),
    ),
    SObject(
        "ObjectPermissions", "Object Permissions", "Object Permissions", "110",
        named(
            *IDENTITY,
            link("ParentId", "Parent ID", "PermissionSet", nillable=False, updateable=False),
            choice("SobjectType", "Sobject Type Name", nillable=False, updateable=False),
            *OBJECT_FIELDS,
            *STAMPS,
        ),
        reads_with=("ViewSetup",), operations=_ALL, writes_with=_SETS,
        required=("ParentId", "SobjectType"), indexes=(("ParentId", "SobjectType"),),
    ),
    SObject(
        "FieldPermissions", "Field Permissions", "Field Permissions", "01k",
        named(
            *IDENTITY,
            link("ParentId", "Parent ID", "PermissionSet", nillable=False, updateable=False),
            choice("SobjectType", "Sobject Type Name", nillable=False, updateable=False),
            choice("Field", "Field Name", nillable=False, updateable=False),
            flag("PermissionsRead", "Read Field"),
            flag("PermissionsEdit", "Edit Field"),
            *read_only(moment("SystemModstamp", "System Modstamp")),
        ),
        reads_with=("ViewSetup",), operations=_ALL, writes_with=_SETS,
        required=("ParentId", "SobjectType", "Field"),
        indexes=(("ParentId", "SobjectType"), ("SobjectType", "Field")),
    ),
)  # fmt: skip
