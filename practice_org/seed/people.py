"""The seed's users, accounts, contacts and leads: the same for the same numbers, every time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from practice_org import tables
from practice_org.org import Org
from practice_org.seed.access import ADMINISTRATOR, API_ONLY

ADMIN_USERNAME = "admin@practice.example.com"
# How many of each profile, out of 60; other totals are shared out alike.
_SHARES = (("Sales", 24), ("Standard User", 13), ("Support", 12), ("Marketing User", 6))
_FIRST = (
    "Ana", "Ben", "Chloé", "David", "Elif", "Femi", "Grace", "Hiro", "Ines", "Jonas", "Katja",
    "Liam", "Mei", "Noor", "Olga", "Paul", "Quentin", "Rosa", "Søren", "Tara", "Uma", "Viktor",
    "Wanda",
)  # fmt: skip
_LAST = (
    "Abebe", "Bauer", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ito", "Jansen",
    "Kowalski", "Lee", "Müller", "Nguyen", "O'Brien", "Patel", "Quinn", "Rossi", "Silva", "Tanaka",
    "Usman", "Vogel", "Weber", "Xu", "Yilmaz", "Zhou", "Ångström", "Brown", "Clark",
)  # fmt: skip
_DOMAINS = ("example.com", "example.org", "example.net", "mail.test")
_REGIONS = ("EMEA", "AMER", "APAC")
# One record in so many is opted out; one lead in so many is converted.
_OPTED_OUT = 20
_CONVERTED = 150
_PER_ACCOUNT = 8
_PER_PERSON = 40


@dataclass(frozen=True, slots=True)
class Size:
    """How many of each the seed makes."""

    contacts: int = 2000
    leads: int = 1500
    users: int = 60


def add_users(org: Org, profiles: dict[str, str], count: int) -> dict[str, str]:
    """Make the users, integrations first, one in thirty inactive; ids by username.

    The administrator is org.user_id, as author of everything.
    """
    named = [
        (ADMIN_USERNAME, "Ada", "Administrator", ADMINISTRATOR),
        ("second.admin@practice.example.com", "Sam", "Administrator", ADMINISTRATOR),
        ("deployer@practice.example.com", "Deployment", "Pipeline", API_ONLY),
        ("auditor@practice.example.com", "Readiness", "Auditor", API_ONLY),
        ("runner@practice.example.com", "Opt-Out", "Runner", API_ONLY),
        ("marketing.sync@practice.example.com", "Marketing", "Sync", API_ONLY),
    ]
    rows = [*named, *_staff(max(count - len(named), 0))]
    ids = {}
    for number, (username, first, last, profile) in enumerate(rows):
        chosen = {"Id": org.user_id} if number == 0 else {}
        ids[username] = tables.insert_row(
            org,
            "User",
            {
                **chosen,
                "Username": username,
                "FirstName": first,
                "LastName": last,
                "Alias": f"u{number:04d}",
                "Email": username,
                "ProfileId": profiles[profile],
                "IsActive": number % 30 != 29,
            },
        )
    return ids


def _staff(count: int) -> Iterator[tuple[str, str, str, str]]:
    pool = [profile for profile, share in _SHARES for _ in range(share)]
    for number in range(count):
        first, last = _name(number * 7)
        # A stride prime to the pool's length spreads the profiles over small orgs too.
        profile = pool[number * 23 % len(pool)]
        yield f"user{number:03d}@practice.example.com", first, last, profile


def add_records(org: Org, owners: list[str], size: Size) -> None:
    """Make accounts, contacts, person accounts and leads, some opted out, some leads converted."""
    accounts = max(size.contacts // _PER_ACCOUNT, 1)
    tables.insert_many(org, "Account", (_account(n, owners) for n in range(accounts)))
    account_ids = [str(row["Id"]) for row in tables.find_rows(org, "Account")]
    contacts = (_contact(n, owners, account_ids) for n in range(size.contacts))
    tables.insert_many(org, "Contact", contacts)
    contact_ids = [str(row["Id"]) for row in tables.find_rows(org, "Contact")]
    persons = (_person(n, owners) for n in range(size.contacts // _PER_PERSON))
    tables.insert_many(org, "Account", persons)
    leads = (_lead(n, owners, contact_ids, account_ids) for n in range(size.leads))
    tables.insert_many(org, "Lead", leads)


def _name(number: int) -> tuple[str, str]:
    return _FIRST[number % len(_FIRST)], _LAST[number % len(_LAST)]


def _email(kind: str, number: int) -> str:
    return f"{kind}{number:05d}@{_DOMAINS[number % len(_DOMAINS)]}"


def _account(number: int, owners: list[str]) -> dict[str, object]:
    return {
        "Name": f"{_LAST[number % len(_LAST)]} {('AG', 'Ltd', 'Inc.', 'SA')[number % 4]} {number}",
        "OwnerId": owners[number % len(owners)],
        "Type": ("Customer", "Prospect", "Partner")[number % 3],
    }


def _contact(number: int, owners: list[str], accounts: list[str]) -> dict[str, object]:
    first, last = _name(number)
    return {
        "FirstName": first,
        "LastName": last,
        "Email": _email("contact", number),
        "Phone": f"+1 555 {number:07d}",
        "AccountId": accounts[number % len(accounts)],
        "OwnerId": owners[number % len(owners)],
        "HasOptedOutOfEmail": number % _OPTED_OUT == 3,
        "DoNotCall": number % 50 == 9,
        "Region__c": _REGIONS[number % 3],
        "Customer_Number__c": f"C-{number:06d}",
    }


def _person(number: int, owners: list[str]) -> dict[str, object]:
    first, last = _name(number * 3 + 1)
    return {
        "FirstName": first,
        "LastName": last,
        "PersonEmail": _email("person", number),
        "OwnerId": owners[number % len(owners)],
        "PersonHasOptedOutOfEmail": number % _OPTED_OUT == 5,
    }


def _lead(
    number: int, owners: list[str], contacts: list[str], accounts: list[str]
) -> dict[str, object]:
    first, last = _name(number * 5 + 2)
    row: dict[str, object] = {
        "FirstName": first,
        "LastName": last,
        "Company": f"{last} & Co. {number}",
        "Email": _email("lead", number),
        "Status": ("Open", "Working")[number % 2],
        "OwnerId": owners[number % len(owners)],
        "HasOptedOutOfEmail": number % _OPTED_OUT == 11,
        "Region__c": _REGIONS[number % 3],
    }
    if number % _CONVERTED == 17 and contacts:
        row |= {
            "IsConverted": True,
            "Status": "Closed - Converted",
            "ConvertedContactId": contacts[number % len(contacts)],
            "ConvertedAccountId": accounts[number % len(accounts)],
        }
    return row
