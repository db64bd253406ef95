"""Fill an empty org: a sandbox that looks as if people had worked in it for years."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import Enum

from practice_org import tables
from practice_org.login.sessions import start_session
from practice_org.metadata.components import assign_layout, declare, load_component
from practice_org.org import Org
from practice_org.seed.access import (
    ADMINISTRATOR,
    GROUP,
    add_permission_sets,
    add_profiles,
    assign,
)
from practice_org.seed.fields import add_fields
from practice_org.seed.identities import IDENTITIES, add_identities
from practice_org.seed.layout_builder import layout_xml
from practice_org.seed.layout_table import ASSIGNMENTS, LAYOUTS
from practice_org.seed.pages import add_pages
from practice_org.seed.people import ADMIN_USERNAME, Size, add_records, add_users
from practice_org.seed.usage import add_usage

# The printed token is for trying things out; it lives longer than a person's session.
TOKEN_LIFETIME = timedelta(days=30)
# The object as layout names spell it, the object that has the record type, its name.
_RECORD_TYPES = (
    ("Contact", "Contact", "Partner"),
    ("Contact", "Contact", "Donor"),
    ("Lead", "Lead", "Inbound"),
    ("Lead", "Lead", "Webinar"),
    ("PersonAccount", "Account", "PersonAccount"),
    ("Account", "Account", "Business_Account"),
)
_DECLARED = {
    "QuickAction": ("Contact.Send_Survey", "Lead.Qualify_Lead"),
    "WebLink": (
        "Contact.GoogleMaps", "Contact.GoogleSearch", "Contact.SendGmail", "Contact.Log_Visit",
        "Lead.GoogleMaps", "Lead.YahooMaps", "Lead.Check_Duplicates",
    ),
    "RelatedList": ("Enrolment__c.Contact__c", "Donation__c.Donor__c"),
}  # fmt: skip


class Kind(Enum):
    """What sort of org this is."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to seed; `public_keys` are PEM by identity name."""

    size: Size = field(default_factory=Size)
    kind: Kind = Kind.SANDBOX
    public_keys: Mapping[str, str] = field(default_factory=dict)


def seed_org(org: Org, wish: Wish) -> None:
    """Fill an empty org; everything was written by its administrator."""
    with org.transaction():
        org.user_id = org.new_id("005")
        org.set_setting("admin_user_id", org.user_id)
        _add_organization(org, wish.kind)
        add_fields(org)
        profiles = add_profiles(org)
        org.set_setting("admin_profile_id", profiles[ADMINISTRATOR])
        users = add_users(org, profiles, wish.size.users)
        _assign_sets(org, users, add_permission_sets(org))
        record_types = _add_record_types(org)
        _add_package(org)
        add_pages(org)
        _add_layouts(org)
        _assign_layouts(org, profiles, record_types)
        staff = [user_id for name, user_id in users.items() if name.startswith("user")]
        add_records(org, staff or [org.user_id], wish.size)
        add_identities(org, users, wish.public_keys)
        token = start_session(org, users[ADMIN_USERNAME], lifetime=TOKEN_LIFETIME)
        org.set_setting("admin_token", token)
        add_usage(org, users)
        org.set_setting("seeded", "1")


def _add_organization(org: Org, kind: Kind) -> None:
    org.set_setting("person_accounts", "1")
    org.set_setting("org_name", "Practice Company")
    org.set_setting("sandbox", "1" if kind is Kind.SANDBOX else "0")
    values = {
        "Name": "Practice Company",
        "OrganizationType": "Enterprise Edition",
        "IsSandbox": kind is Kind.SANDBOX,
        "InstanceName": "CS999" if kind is Kind.SANDBOX else "NA999",
    }
    org.set_setting("org_id", tables.insert_row(org, "Organization", values))


def _assign_sets(org: Org, users: Mapping[str, str], sets: Mapping[str, str]) -> None:
    for identity in IDENTITIES:
        for name in identity.permission_sets:
            assign(org, users[identity.username], sets[name])
    assign(org, users["marketing.sync@practice.example.com"], sets["Marketing_Sync"])
    for username in ("user001@practice.example.com", "user002@practice.example.com"):
        if username in users:
            assign(org, users[username], sets[GROUP[0]])


def _add_record_types(org: Org) -> dict[tuple[str, str], str]:
    ids = {}
    for layouts, sobject, name in _RECORD_TYPES:
        row = {"SobjectType": sobject, "DeveloperName": name, "Name": name.replace("_", " ")}
        person = {"IsPersonType": layouts == "PersonAccount"}
        ids[layouts, name] = tables.insert_row(org, "RecordType", {**row, **person})
    return ids


def _add_package(org: Org) -> None:
    """The managed package whose layout and field are in the org."""
    package = tables.insert_row(
        org, "SubscriberPackage", {"Name": "Acme Partners", "NamespacePrefix": "acme"}
    )
    version = tables.insert_row(
        org,
        "SubscriberPackageVersion",
        {"SubscriberPackageId": package, "Name": "4.2", "MajorVersion": 4, "MinorVersion": 2},
    )
    installed = {"SubscriberPackageId": package, "SubscriberPackageVersionId": version}
    tables.insert_row(org, "InstalledSubscriberPackage", installed)
    tables.insert_row(org, "PackageLicense", {"NamespacePrefix": "acme", "AllowedLicenses": -1})


def _add_layouts(org: Org) -> None:
    for kind, names in _DECLARED.items():
        for name in names:
            declare(org, kind, name)
    for layout in LAYOUTS:
        xml = layout_xml(layout.sections, layout.extras)
        load_component(org, "Layout", layout.name, xml, namespace=layout.namespace)


def _assign_layouts(
    org: Org, profiles: Mapping[str, str], record_types: Mapping[tuple[str, str], str]
) -> None:
    for sobject, profile, record_type, label in ASSIGNMENTS:
        chosen = list(profiles.values()) if profile == "*" else [profiles[profile]]
        for profile_id in chosen:
            for record_type_id in _chosen_types(sobject, record_type, record_types):
                assign_layout(org, profile_id, sobject, record_type_id, f"{sobject}-{label}")


def _chosen_types(
    sobject: str, record_type: str, record_types: Mapping[tuple[str, str], str]
) -> Iterator[str]:
    if record_type not in {"", "*"}:
        yield record_types[sobject, record_type]
        return
    yield ""
    if record_type == "*":
        yield from (found for (owner, _), found in record_types.items() if owner == sobject)


def is_seeded(org: Org) -> bool:
    """Whether seed_org has run to its end in this org."""
    return org.setting("seeded") == "1"
