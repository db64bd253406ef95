"""Objects without a table: the Tooling view of components, and what the catalogue says of itself.

Their rows are computed for each query by practice_org/tooling/ and practice_org/data/.
"""

from __future__ import annotations

from practice_org.objects.access import SYSTEM_FIELDS
from practice_org.objects.shapes import (
    IDENTITY,
    STAMPS,
    Api,
    Field,
    Kind,
    SObject,
    choice,
    flag,
    link,
    moment,
    named,
    number,
    text,
)

_BOTH = frozenset({Api.DATA, Api.TOOLING})
_TOOLING = frozenset({Api.TOOLING})
_SETUP = ("ViewSetup",)
_COMPONENT = (
    text("NamespacePrefix", "Namespace Prefix", 15),
    choice("ManageableState", "Manageable State", "unmanaged", "installed"),
    text("FullName", "Full Name"),
    Field("Metadata", "complexvalue", "Metadata"),
)
_RIGHTS = (
    flag("HasReadAccess", "Has Read Access"),
    flag("HasEditAccess", "Has Edit Access"),
    flag("HasDeleteAccess", "Has Delete Access"),
    flag("HasTransferAccess", "Has Transfer Access"),
    flag("HasAllAccess", "Has All Access"),
    choice("MaxAccessLevel", "Max Access Level", "None", "Read", "Edit", "Delete", "All"),
)
_DURABLE = (text("DurableId", "Durable ID"),)
_ENTITY_LINK = link("EntityDefinitionId", "Entity Definition ID", "EntityDefinition")


def _virtual(name: str, label: str, prefix: str, *fields: Field, **more: object) -> SObject:
    given = {"apis": _TOOLING, "reads_with": _SETUP, **more}
    return SObject(
        name,
        label,
        f"{label}s",
        prefix,
        named(*fields),
        kind=Kind.VIRTUAL,
        **given,  # type: ignore[arg-type]
    )


VIRTUAL = (
    _virtual(
        "Layout", "Page Layout", "00h", *IDENTITY,
        text("Name", "Name", 80), choice("LayoutType", "Layout Type", "Standard"),
        choice("TableEnumOrId", "Entity Definition ID"), _ENTITY_LINK, *_COMPONENT, *STAMPS,
    ),
    _virtual(
        "ProfileLayout", "Profile Layout", "01G", *IDENTITY,
        link("LayoutId", "Layout ID", "Layout"), link("ProfileId", "Profile ID", "Profile"),
        link("RecordTypeId", "Record Type ID", "RecordType"),
        choice("TableEnumOrId", "Entity Definition ID"),
    ),
    _virtual(
        "FlexiPage", "Lightning Page", "0M0", *IDENTITY,
        text("DeveloperName", "Name", 80), text("MasterLabel", "Label", 80),
        Field("Description", "textarea", "Description", 255),
        choice("Type", "Type", "RecordPage", "AppPage", "HomePage"),
        text("SobjectType", "Sobject Type"), text("ParentFlexiPage", "Parent Lightning Page"),
        _ENTITY_LINK, *_COMPONENT, *STAMPS,
    ),
    _virtual(
        "CustomField", "Custom Field", "00N", *IDENTITY,
        text("DeveloperName", "Field Name", 40), choice("TableEnumOrId", "Entity Definition ID"),
        _ENTITY_LINK, *_COMPONENT, *STAMPS,
    ),
    _virtual(
        "ValidationRule", "Validation Rule", "03d", *IDENTITY,
        text("ValidationName", "Rule Name", 40), flag("Active", "Active"),
        Field("Description", "textarea", "Description", 255),
        text("ErrorMessage", "Error Message"), text("ErrorDisplayField", "Error Location"),
        _ENTITY_LINK, *_COMPONENT, *STAMPS,
    ),
    _virtual(
        "Flow", "Flow", "301", *IDENTITY, text("MasterLabel", "Label", 255),
        choice("Status", "Status", "Active", "Draft", "Obsolete"),
        choice("ProcessType", "Process Type"), *_COMPONENT, *STAMPS,
    ),
    _virtual(
        "CompactLayout", "Compact Layout", "0AH", *IDENTITY,
        text("DeveloperName", "Name", 40), text("MasterLabel", "Label", 80),
        choice("SobjectType", "Object"), *_COMPONENT, *STAMPS,
    ),
    _virtual(
        "QuickActionDefinition", "Quick Action", "09D", *IDENTITY,
        text("DeveloperName", "Name", 40), text("MasterLabel", "Label", 80),
        choice("SobjectType", "Object"), choice("Type", "Action Type"), *_COMPONENT, *STAMPS,
    ),
    _virtual(
        "DeployRequest", "Deploy Request", "0Af", *IDENTITY,
        choice(
            "Status", "Status", "Pending", "InProgress", "Succeeded", "SucceededPartial",
            "Failed", "Canceling", "Canceled",
        ),
        flag("CheckOnly", "Check Only"), moment("StartDate", "Start Date"),
        moment("CompletedDate", "Completed Date"), text("ErrorMessage", "Error Message"),
        text("ErrorStatusCode", "Error Status Code"),
        number("NumberComponentsTotal", "Components"),
        number("NumberComponentsDeployed", "Components Deployed"),
        number("NumberComponentErrors", "Component Errors"),
        number("NumberTestsTotal", "Tests"), number("NumberTestErrors", "Test Errors"),
        flag("RollbackOnError", "Rollback On Error"), text("CanceledById", "Canceled By ID", 18),
        *STAMPS,
    ),
    _virtual(
        "MetadataComponentDependency", "Metadata Component Dependency", "",
        text("MetadataComponentId", "Component ID", 18), text("MetadataComponentName", "Component"),
        text("MetadataComponentType", "Component Type"),
        text("RefMetadataComponentId", "Referenced ID", 18),
        text("RefMetadataComponentName", "Referenced Component"),
        text("RefMetadataComponentType", "Referenced Type"),
    ),
    _virtual(
        "EntityDefinition", "Entity Definition", "4ie", *IDENTITY, *_DURABLE,
        text("QualifiedApiName", "Qualified API Name", 70), text("DeveloperName", "Developer Name"),
        text("MasterLabel", "Label"), text("Label", "Label"), text("PluralLabel", "Plural Label"),
        text("KeyPrefix", "Key Prefix", 3), text("NamespacePrefix", "Namespace Prefix", 15),
        flag("IsCustomizable", "Is Customizable"), flag("IsQueryable", "Is Queryable"),
        flag("IsLayoutable", "Is Layoutable"), choice("InternalSharingModel", "Internal Sharing"),
        apis=_BOTH, reads_with=(),
    ),
    _virtual(
        "FieldDefinition", "Field Definition", "4fe", *IDENTITY, *_DURABLE,
        text("QualifiedApiName", "Qualified API Name", 70), text("DeveloperName", "Developer Name"),
        text("MasterLabel", "Label"), text("Label", "Label"), text("DataType", "Data Type"),
        text("NamespacePrefix", "Namespace Prefix", 15), number("Length", "Length"),
        flag("IsFieldHistoryTracked", "History Tracked"), flag("IsNillable", "Is Nillable"),
        flag("IsCalculated", "Is Calculated"), _ENTITY_LINK, apis=_BOTH,
    ),
    _virtual(
        "EntityParticle", "Entity Particle", "4fe", *IDENTITY, *_DURABLE,
        text("QualifiedApiName", "Qualified API Name", 70), text("Name", "Name"),
        text("DeveloperName", "Developer Name"), text("MasterLabel", "Label"),
        text("Label", "Label"), text("DataType", "Data Type"), number("Length", "Length"),
        flag("IsCreatable", "Is Creatable"), flag("IsUpdatable", "Is Updatable"),
        flag("IsPermissionable", "Is Permissionable"), flag("IsNillable", "Is Nillable"),
        flag("IsCalculated", "Is Calculated"),
        text("FieldDefinitionId", "Field Definition ID"), _ENTITY_LINK,
        apis=_BOTH, reads_with=(),
    ),
    _virtual(
        "UserFieldAccess", "User Field Access", "", *_DURABLE,
        link("UserId", "User ID", "User"), _ENTITY_LINK,
        link("FieldDefinitionId", "Field Definition ID", "FieldDefinition"),
        flag("IsAccessible", "Is Accessible"), flag("IsCreatable", "Is Creatable"),
        flag("IsUpdatable", "Is Updatable"), apis=_BOTH,
    ),
    _virtual(
        "UserRecordAccess", "User Record Access", "", *IDENTITY,
        link("UserId", "User ID", "User"), Field("RecordId", "id", "Record ID", 18), *_RIGHTS,
        apis=frozenset({Api.DATA}), reads_with=(),
    ),
    _virtual(
        "LoginHistory", "Login History", "0Ya", *IDENTITY,
        link("UserId", "User ID", "User"), moment("LoginTime", "Login Time"),
        choice("LoginType", "Login Type"), text("ApiType", "API Type"),
        text("ApiVersion", "API Version"), text("Application", "Application"),
        text("Status", "Status"), apis=frozenset({Api.DATA}), reads_with=(),
    ),
    _virtual(
        "OauthToken", "OAuth Token", "", *IDENTITY, text("AppName", "Application Name"),
        link("UserId", "User ID", "User"), moment("CreatedDate", "Created Date"),
        moment("LastUsedDate", "Last Used Date"), number("UseCount", "Use Count"),
        apis=frozenset({Api.DATA}), reads_with=(),
    ),
    _virtual(
        "UserPermissionAccess", "User Permission Access", "", *IDENTITY, *SYSTEM_FIELDS,
        text("LastCacheUpdate", "Last Cache Update"), apis=frozenset({Api.DATA}), reads_with=(),
    ),
)  # fmt: skip
