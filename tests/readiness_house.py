"""An org where all is well, fact by fact, and the answer to one check."""

from dataclasses import replace

from placed_layouts import placed

from deployer.model.facts import Known
from deployer.model.headline import Headline
from deployer.model.org import LayoutAssignment
from deployer.readiness.assessing import assess
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.checks.package import CHECK_DEPLOY
from deployer.readiness.facts.asked import Asked
from deployer.readiness.facts.automation import Acting, ActiveRules, Required
from deployer.readiness.facts.conversion import Mapping
from deployer.readiness.facts.drift import Drift
from deployer.readiness.facts.effective import Effective, OwnLayout
from deployer.readiness.facts.field import Fields, FieldSeen
from deployer.readiness.facts.flows import Flows
from deployer.readiness.facts.grants import Grants
from deployer.readiness.facts.highlights import Highlights
from deployer.readiness.facts.logins import Entrance, Entrances
from deployer.readiness.facts.org import Budget, OAuthGrants, Organization, Running, Versions
from deployer.readiness.facts.package import Rendered
from deployer.readiness.facts.placements import (
    Assigned,
    Layouts,
    LayoutSeen,
    RecordTypes,
)
from deployer.readiness.facts.rights import Rights
from deployer.readiness.facts.runner import Dangers, FieldReach, Shared
from deployer.readiness.facts.sight import Sight
from deployer.readiness.visibility import (
    Activation,
    FormFactor,
    Obstacle,
    Page,
    Panel,
    Row,
    Standing,
    Visibility,
)
from deployer.readiness.visibility import (
    Verdict as Seen,
)
from deployer.salesforce.identity import OrgIdentity

NAME = "HasOptedOutOfEmail"
FIELD = FieldSeen(NAME, "Email Opt Out", "Checkbox", tracked=False)
BOTH = {"Contact": {NAME: FIELD}, "Lead": {NAME: FIELD}}
PAGES = (LayoutSeen("c", "Contact", "Sales", ""), LayoutSeen("l", "Lead", "Sales", ""))
GIVEN = tuple(LayoutAssignment("p", "Sales", each.id) for each in PAGES)

WORDS = {"org": "prod", "field": NAME, "field_option": "", "production": ""}
READY = {
    "identity": OrgIdentity("00D", "Org", True, "CS1", "", "", "", "63.0"),
    "organization": Organization("Enterprise Edition", "", ""),
    "versions": Versions(63.0, 67.0),
    "budget": Budget(1000, 2000),
    "running": Running(()),
    "rights": Rights({"ViewSetup": True, "ModifyMetadata": True, "CustomizeApplication": True}),
    "asked": Asked(NAME),
    "fields": Fields(BOTH),
    "layouts": Layouts(PAGES),
    "assigned": Assigned(GIVEN),
    "record_types": RecordTypes(("Contact.Donor",), ()),
    "placements": placed(c=("Edit",), l=("Edit",)),
    "effective": Effective((OwnLayout("Contact", "", "c", "c", shows=True),)),
    "drift": Drift("2026-11-01T10:00:00+00:00"),
    "flows": Flows((), ()),
    "highlights": Highlights((), ()),
    "grants": Grants({"Contact": 1, "Lead": 1}, frozenset({"Sales"})),
    "rendered": Rendered(()),
    "required": Required(()),
    "grants_of_apps": OAuthGrants(listed=True),
    "pages": {},
    "activations": (),
    "rules": ActiveRules(()),
    "acting": Acting(()),
    "runner_field": FieldReach(("Contact", "Lead"), ("Contact", "Lead")),
    "runner_dangers": Dangers(()),
    "runner_logins": Entrances((Entrance("Remote Access 2.0", "N/A", 0.0, 9),)),
    "sight": Sight(frozenset({"Contact", "Lead"}), {}),
    "runner_records": Shared({"Contact": 3}, {"Contact": 3}),
    "mapping": Mapping(mapped=True),
    "visibility": Visibility((Headline("Contact", 3, edits=3),), ()),
}
BY_ID = {check.id: check for check in (*CHECKS, CHECK_DEPLOY)}


HIDDEN = Row("Contact", "Sales", "", "", "", "Sales", "", Seen.HIDDEN, "", 3)
SHUT = replace(HIDDEN, obstacle=Obstacle.RECORDS_CLOSED, users=1)
LOCKED = replace(HIDDEN, verdict=Seen.SEES, obstacle=Obstacle.RECORDS_READONLY)
OWN = Page("P", "Contact", "A page", Panel.NEVER, frozenset({Standing.ABSENT}))
EDITABLE = frozenset({Standing.EDITABLE})
ACTIVE = (Activation("Contact", "P", FormFactor.LARGE),)


def known(**changed):
    return {name: Known(value) for name, value in (READY | changed).items()}


def answer(check, facts):
    return assess([BY_ID[check]], facts, WORDS)[0]


def on(**kinds):
    fields = {obj: {NAME: replace(FIELD, data_type=kind)} for obj, kind in kinds.items()}
    return Fields(fields | {"Account": {"Id": FIELD}})


def stands(*contact):
    return placed(c=contact, l=("Edit",))


def people(**counts):
    return Visibility((Headline("Contact", 3, **counts),), ())
