"""What one flow's Metadata writes to the field, as Tooling tells it."""

import pytest

from deployer.readiness.facts.flows import names_of, values_in

NAMES = names_of("HasOptedOutOfEmail")


def updates(field, value, sobject="Contact"):
    given = [{"field": field, "value": value}]
    return {"recordUpdates": [{"object": sobject, "inputAssignments": given}]}


def assigns(target, value):
    return {"assignments": [{"assignmentItems": [{"assignToReference": target, "value": value}]}]}


NO, YES, SOMETHING = {"booleanValue": False}, {"booleanValue": True}, {"elementReference": "x"}
CASES = {
    "an update unticks it": (updates("HasOptedOutOfEmail", NO), [False]),
    "an update ticks it": (updates("HasOptedOutOfEmail", YES), [True]),
    "an update copies it": (updates("HasOptedOutOfEmail", SOMETHING), [None]),
    "a person account's own name": (updates("PersonHasOptedOutOfEmail", NO, "Account"), [False]),
    "a record variable's update": (updates("hasoptedoutofemail", NO, None), [False]),
    "another object's field": (updates("HasOptedOutOfEmail", NO, "Other__c"), []),
    "a field of that name on another kind of account": (
        updates("HasOptedOutOfEmail", NO, "Account"),
        [],
    ),
    "another field": (updates("Email", SOMETHING), []),
    "an assignment before saving": (assigns("$Record.HasOptedOutOfEmail", NO), [False]),
    "an assignment of a variable": (assigns("HasOptedOut", NO), []),
    "an update without a value": (updates("HasOptedOutOfEmail", None), [None]),
    "nothing": ({"recordUpdates": None}, []),
}


@pytest.mark.parametrize(("metadata", "values"), CASES.values(), ids=CASES)
def test_a_flow_writes(metadata, values):
    assert list(values_in(metadata, NAMES)) == values
