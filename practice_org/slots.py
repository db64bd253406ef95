"""Give layouts that nobody sees a place: new record types, so that no assignment is displaced."""

from __future__ import annotations

from collections.abc import Iterable

from practice_org import tables
from practice_org.metadata.components import assign_layout, find_component, layout_assignments
from practice_org.org import Org


def assign_unassigned_layouts(org: Org, full_names: Iterable[str]) -> None:
    """Assign each of these layouts that has no assignment yet to at least one profile.

    Profile by record type is a table of slots; new record types add as many rows as are needed,
    and the slots left over repeat the layouts.
    """
    held = {entry.layout_id for entry in layout_assignments(org)}
    waiting: dict[str, list[str]] = {}
    for name in full_names:
        layout = find_component(org, "Layout", name)
        if layout is not None and layout.id not in held:
            waiting.setdefault(name.partition("-")[0], []).append(name)
    profiles = [str(row["Id"]) for row in tables.find_rows(org, "Profile")]
    for entity, names in waiting.items():
        _fill(org, entity, names, profiles)


def _fill(org: Org, entity: str, names: list[str], profiles: list[str]) -> None:
    for start in range(0, len(names), len(profiles)):
        record_type_id = _add_record_type(org, entity)
        for place, profile_id in enumerate(profiles):
            name = names[(start + place) % len(names)]
            assign_layout(org, profile_id, entity, record_type_id, name)


def _add_record_type(org: Org, entity: str) -> str:
    person = entity == "PersonAccount"
    sobject = "Account" if person else entity
    number = len(tables.find_rows(org, "RecordType", SobjectType=sobject)) + 1
    return tables.insert_row(
        org,
        "RecordType",
        {
            "SobjectType": sobject,
            "DeveloperName": f"{entity}_Kind_{number}",
            "Name": f"{entity} Kind {number}",
            "IsPersonType": person,
        },
    )
