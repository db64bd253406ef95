"""Everything the visibility matrix is made from, of one org."""

from __future__ import annotations

from collections.abc import Mapping

from deployer.model.checks import Facts, value
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.layouts import Behavior, FieldPlace
from deployer.readiness.facts.asking import then
from deployer.readiness.facts.audience import fetch_users
from deployer.readiness.facts.pages import fetch_pages
from deployer.readiness.facts.placements import (
    Assigned,
    Layouts,
    LayoutSeen,
    Placements,
    RecordTypes,
)
from deployer.readiness.visibility import LayoutField, Screens
from deployer.salesforce.client import Connection


def fetch_screens(conn: Connection, field: str, facts: Facts) -> Fact[Screens]:
    """The screens of all users, from the facts of layouts, who gets them and rights there are.

    Unknown when the org would not say which layouts there are, who gets them or who the users are;
    access, pages and layouts that cannot be read stay Unknown within, and so do their verdicts.
    """
    for fact in (facts["layouts"], facts["assigned"]):
        if isinstance(fact, Unknown):
            return fact
    seen = value(facts, "layouts", Layouts).all
    given = value(facts, "assigned", Assigned).all
    users = fetch_users(conn, field, sorted({layout.object for layout in seen}))
    if isinstance(users.profiles, Unknown):
        return users.profiles
    return Known(
        Screens(
            layouts={layout.id: _layout(layout, facts) for layout in seen},
            assignments=given,
            profiles=users.profiles.value,
            audience=users.audience,
            pages=fetch_pages(conn, field, facts["rights"]),
            record_types=_record_type_names(facts),
        )
    )


def _layout(layout: LayoutSeen, facts: Facts) -> LayoutField:
    lost = facts["placements"]
    stands = (
        lost
        if isinstance(lost, Unknown)
        else value(facts, "placements", Placements).behaviors(layout.id)
    )
    place = then(stands, _place)
    return LayoutField(layout.id, layout.object, layout.name, place, layout.namespace)


def _place(behaviors: tuple[str, ...]) -> FieldPlace | None:
    """Where Tooling shows it; only behaviour and count are told, the other parts are empty."""
    if not behaviors:
        return None
    writable = [behavior for behavior in behaviors if behavior != Behavior.READONLY.value]
    return FieldPlace("", 0, 0, (writable or [Behavior.READONLY.value])[0], 0, len(behaviors))


def _record_type_names(facts: Facts) -> Mapping[str, str]:
    """Developer names by id; a record type that has none here is shown by its id."""
    if isinstance(facts["record_types"], Unknown):
        return {}
    return value(facts, "record_types", RecordTypes).names
