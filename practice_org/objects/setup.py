"""The organisation, its record types, installed packages and the setup audit trail."""

from __future__ import annotations

from practice_org.objects.shapes import (
    IDENTITY,
    STAMPS,
    Api,
    Field,
    SObject,
    choice,
    flag,
    link,
    moment,
    named,
    number,
    read_only,
    text,
)

_BOTH = frozenset({Api.DATA, Api.TOOLING})
_TOOLING = frozenset({Api.TOOLING})

SETUP = (
    SObject(
        "Organization", "Organization", "Organizations", "00D",
        named(
            *IDENTITY,
            text("Name", "Name", 80),
            choice(
                "OrganizationType", "Edition",
                "Enterprise Edition", "Developer Edition", "Unlimited Edition",
                "Professional Edition", default="Enterprise Edition",
            ),
            flag("IsSandbox", "Is Sandbox"),
            text("InstanceName", "Instance Name", 5),
            text("NamespacePrefix", "Namespace Prefix", 15),
            moment("TrialExpirationDate", "Trial Expiration Date"),
            choice("LanguageLocaleKey", "Language", "en_US", default="en_US"),
            choice("DefaultLocaleSidKey", "Locale", "en_US", default="en_US"),
            choice("TimeZoneSidKey", "Time Zone", "GMT", default="GMT"),
            *STAMPS,
        ),
    ),
    SObject(
        "RecordType", "Record Type", "Record Types", "012",
        named(
            *IDENTITY,
            text("Name", "Name", 80, nillable=False),
            text("DeveloperName", "Record Type Name", 80, nillable=False),
            text("NamespacePrefix", "Namespace Prefix", 15),
            choice("SobjectType", "Sobject Type Name", nillable=False),
            Field("Description", "textarea", "Description", 255),
            flag("IsActive", "Active", default=True),
            flag("IsPersonType", "Is Person Type", person=True),
            *STAMPS,
        ),
        apis=_BOTH, indexes=(("SobjectType",),),
    ),
    SObject(
        "SetupAuditTrail", "Setup Audit Trail Entry", "Setup Audit Trail Entries", "0Ym",
        named(
            *IDENTITY,
            text("Action", "Action", 40),
            text("Section", "Section", 80),
            text("Display", "Display", 765),
            text("DelegateUser", "Delegate User", 80),
            *read_only(
                moment("CreatedDate", "Created Date"),
                link("CreatedById", "Created By ID", "User"),
            ),
        ),
        reads_with=("ViewSetup",), indexes=(("CreatedDate",),),
    ),
    SObject(
        "PackageLicense", "Package License", "Package Licenses", "050",
        named(
            *IDENTITY,
            text("NamespacePrefix", "Namespace Prefix", 15),
            choice("Status", "Status", "Active", "Free", "Expired", default="Active"),
            number("AllowedLicenses", "Allowed Licenses"),
            number("UsedLicenses", "Used Licenses"),
            *STAMPS,
        ),
    ),
    SObject(
        "SubscriberPackage", "Subscriber Package", "Subscriber Packages", "033",
        named(
            *IDENTITY,
            text("Name", "Name", 80),
            text("NamespacePrefix", "Namespace Prefix", 15),
            Field("Description", "textarea", "Description", 255),
            flag("IsPackageValid", "Is Package Valid", default=True),
        ),
        apis=_TOOLING, reads_with=("ViewSetup",),
    ),
    SObject(
        "SubscriberPackageVersion", "Package Version", "Package Versions", "04t",
        named(
            *IDENTITY,
            link("SubscriberPackageId", "Package ID", "SubscriberPackage"),
            text("Name", "Name", 80),
            number("MajorVersion", "Major Version"),
            number("MinorVersion", "Minor Version"),
            number("PatchVersion", "Patch Version"),
            number("BuildNumber", "Build Number"),
            flag("IsBeta", "Is Beta"),
        ),
        apis=_TOOLING, reads_with=("ViewSetup",),
    ),
    SObject(
        "InstalledSubscriberPackage", "Installed Package", "Installed Packages", "0A3",
        named(
            *IDENTITY,
            link("SubscriberPackageId", "Package ID", "SubscriberPackage"),
            link("SubscriberPackageVersionId", "Package Version ID", "SubscriberPackageVersion"),
        ),
        apis=_TOOLING, reads_with=("ViewSetup",),
    ),
)  # fmt: skip
