"""An org as large companies have it: 60 layouts, 40 profiles, 30 record types, many users."""

from __future__ import annotations

from itertools import cycle, islice

from visibility_org import BEHAVIORS, OBJECTS, layout_body

from practice_org.metadata.components import assign_layout, load_component
from practice_org.org import Org
from practice_org.tables import find_rows, insert_many, insert_row

LAYOUTS = 60
PROFILES = 40
RECORD_TYPES = 30
USERS = 20_000


def add_large(org: Org, users: int = USERS) -> None:
    """Put it on top of the seed's: every profile has a layout for every record type.

    Of each profile's users one in ten holds a permission set that lets them read the field.
    """
    with org.transaction():
        profiles = [_add_profile(org, n) for n in range(PROFILES)]
        for name, layouts in _add_layouts(org).items():
            for n, profile in enumerate(profiles):
                kinds = ["", *_types(org, OBJECTS[name].page)]
                for kind, layout in zip(kinds, islice(cycle(layouts), n, None), strict=False):
                    assign_layout(org, profile, name, kind, layout)
        add_users(org, profiles, users)


def add_users(org: Org, profiles: list[str], users: int) -> None:
    """More users, alike in every profile."""
    known = {row["Id"] for row in find_rows(org, "User")}
    shared = (profiles[n % len(profiles)] for n in range(users))
    insert_many(org, "User", (
        {"Username": f"u{len(known) + n}@practice.test", "LastName": "U", "ProfileId": profile}
        for n, profile in enumerate(shared)
    ))  # fmt: skip
    (readers,) = find_rows(org, "PermissionSet", Name="Consent_Readers")
    new = [row["Id"] for row in find_rows(org, "User") if row["Id"] not in known]
    insert_many(org, "PermissionSetAssignment", (
        {"AssigneeId": user, "PermissionSetId": readers["Id"]} for user in new[::10]
    ))  # fmt: skip


def large_profiles(org: Org) -> list[str]:
    """The ids of the profiles that add_large made."""
    return [row["Id"] for row in find_rows(org, "Profile") if row["Name"].startswith("Team ")]


def _add_profile(org: Org, number: int) -> str:
    profile = insert_row(org, "Profile", {"Name": f"Team {number}"})
    owned = {"Name": f"X{number}", "Label": "X", "ProfileId": profile, "IsOwnedByProfile": True}
    parent = insert_row(org, "PermissionSet", owned)
    for name in ("Account", "Contact", "Lead"):
        row = {"ParentId": parent, "SobjectType": name, "PermissionsRead": True}
        insert_row(org, "ObjectPermissions", row | {"PermissionsEdit": number % 2 == 0})
    return profile


def _add_layouts(org: Org) -> dict[str, list[str]]:
    """A third for each object, the field in turn absent, editable and read-only; record types."""
    found: dict[str, list[str]] = {name: [] for name in OBJECTS}
    for n, (name, behavior) in enumerate(islice(cycle(_cases()), LAYOUTS)):
        found[name].append(f"{name}-Large {n}")
        body = layout_body(behavior, OBJECTS[name].field)
        load_component(org, "Layout", found[name][-1], body.encode())
    for n, name in enumerate(islice(cycle(OBJECTS), RECORD_TYPES)):
        row = {"Name": f"R{n}", "DeveloperName": f"R{n}", "SobjectType": OBJECTS[name].page}
        insert_row(org, "RecordType", row | {"IsPersonType": name == "PersonAccount"})
    return found


def _cases() -> list[tuple[str, str]]:
    return [(name, behavior) for behavior in BEHAVIORS.values() for name in OBJECTS]


def _types(org: Org, sobject: str) -> list[str]:
    return [row["Id"] for row in find_rows(org, "RecordType", SobjectType=sobject)]
