"""All facts of one org, by name."""

from __future__ import annotations

from typing import TypeVar

from deployer.model.facts import Fact, Known, Unknown
from deployer.readiness.facts.asked import Asked
from deployer.readiness.facts.automation import fetch_automation
from deployer.readiness.facts.conversion import fetch_mapping
from deployer.readiness.facts.drift import fetch_drift
from deployer.readiness.facts.effective import fetch_effective
from deployer.readiness.facts.field import fetch_fields
from deployer.readiness.facts.flows import fetch_flows
from deployer.readiness.facts.grants import fetch_grants
from deployer.readiness.facts.highlights import fetch_highlights
from deployer.readiness.facts.org import fetch_org
from deployer.readiness.facts.package import read_rendered
from deployer.readiness.facts.placements import fetch_placements
from deployer.readiness.facts.rights import Rights, fetch_rights
from deployer.readiness.facts.runner import fetch_runner
from deployer.readiness.facts.screens import fetch_screens
from deployer.readiness.facts.sight import fetch_sight
from deployer.readiness.visibility import Screens, see
from deployer.salesforce.client import Connection

T = TypeVar("T")
# Without View Setup the org may answer with no rows, which would read as "there is none".
_NEEDS_SETUP = ("fields", "sight", "layouts", "assigned", "record_types", "placements", "effective",
                "grants", "rules", "acting", "required", "screens", "visibility", "pages",
                "activations", "drift", "flows", "highlights", "runner_field", "runner_dangers",
                "runner_records")  # fmt: skip
_NO_SETUP = Unknown("this login does not have View Setup and Configuration")


def fetch_facts(conn: Connection, asked: Asked) -> dict[str, Fact[object]]:
    """Every fact that can be believed; about thirty calls, however many users there are."""
    rights, sight = fetch_rights(conn), fetch_sight(conn, asked.field)
    facts: dict[str, Fact[object]] = {
        **fetch_org(conn),
        "rights": rights,
        "sight": sight,
        "asked": Known(asked),
        "fields": fetch_fields(conn),
        "grants": fetch_grants(conn, asked.field),
        **fetch_placements(conn, asked.field),
        **fetch_automation(conn, sight),
        **fetch_runner(conn, asked, rights),
        "highlights": fetch_highlights(conn, asked.field),
        "flows": fetch_flows(conn, asked.field),
        "drift": fetch_drift(conn, asked.deployed),
        "mapping": fetch_mapping(conn, asked.field),
        "rendered": read_rendered(asked.field),
    }
    facts["effective"] = fetch_effective(conn, asked.field, facts)
    return distrust(facts | _seen(fetch_screens(conn, asked.field, facts)))


def _seen(screens: Fact[Screens]) -> dict[str, Fact[object]]:
    """The facts screens, visibility, pages and activations."""
    if isinstance(screens, Unknown):
        return dict.fromkeys(("screens", "visibility", "pages", "activations"), screens)
    pages = screens.value.pages
    return {
        "screens": Known(screens.value),
        "visibility": Known(see(screens.value)),
        "pages": _plain(pages.pages),
        "activations": _plain(pages.activations),
    }


def _plain(fact: Known[T] | Unknown) -> Fact[object]:
    return fact if isinstance(fact, Unknown) else Known(fact.value)


def distrust(facts: dict[str, Fact[object]]) -> dict[str, Fact[object]]:
    """The facts that can be believed: those behind View Setup are Unknown without it."""
    rights = facts["rights"]
    if isinstance(rights, Known) and isinstance(rights.value, Rights) and rights.value.sees_setup:
        return facts
    return facts | {name: _NO_SETUP for name in _NEEDS_SETUP if name in facts}
