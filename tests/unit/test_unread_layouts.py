"""A layout that cannot be read is unknown for itself; what is known of the others still counts."""

import pytest
from placed_layouts import placed

from deployer.model.facts import Known
from deployer.model.org import LayoutAssignment
from deployer.readiness.assessing import assess
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.facts.field import Fields, FieldSeen
from deployer.readiness.facts.grants import Grants
from deployer.readiness.facts.placements import Assigned, Layouts, LayoutSeen
from deployer.readiness.visibility import Visibility

LAYOUTS = (
    LayoutSeen("c", "Contact", "Sales", ""),
    LayoutSeen("l", "Lead", "Sales", ""),
    LayoutSeen("a", "PersonAccount", "Person", ""),
)
LOST = "may not (NO)"
ON = ("Edit",)
WORDS = {"org": "prod", "field_option": "", "production": ""}


def answer(check, **stands):
    field = FieldSeen("IsPersonAccount", "Is Person Account", "Checkbox", tracked=False)
    facts = {
        "fields": Fields({"Account": {"IsPersonAccount": field}}),
        "layouts": Layouts(LAYOUTS),
        "assigned": Assigned(tuple(LayoutAssignment("p", "P", each.id) for each in LAYOUTS)),
        "placements": placed(**stands),
        "grants": Grants({"Contact": 1, "Lead": 1}, frozenset()),
        "visibility": Visibility((), ()),
    }
    checks = [each for each in CHECKS if each.id == check]
    return assess(checks, {name: Known(fact) for name, fact in facts.items()}, WORDS)[0]


@pytest.mark.parametrize(
    ("check", "stands", "outcome", "named"),
    [
        ("C21", {"c": LOST, "l": ON, "a": ON}, "unknown", "Contact Sales"),
        ("C21", {"c": LOST, "l": ("Readonly",), "a": ON}, "unknown", "Contact Sales"),
        ("C21", {"c": LOST, "l": (), "a": ON}, "fail", "Contact Sales"),
        ("C32", {"c": LOST, "l": ON, "a": ON}, "unknown", "Contact Sales"),
        ("C51", {"c": ON, "l": ON, "a": LOST}, "unknown", "PersonAccount Person"),
        ("C51", {"c": LOST, "l": (), "a": ON}, "pass", ""),
        ("C51", {"c": LOST, "l": ON, "a": ()}, "fail", ""),
    ],
)
def test_only_what_it_would_decide_is_unknown(check, stands, outcome, named):
    found = answer(check, **stands)
    assert found.outcome.value == outcome
    assert (f"{named} ({LOST})" in found.evidence) is bool(named)
    assert LOST not in found.evidence or named
