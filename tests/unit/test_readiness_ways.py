"""The one deploy that C23 and C32 name, by what stands between users and the field."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from readiness_house import (
    ACTIVE,
    HIDDEN,
    LOCKED,
    NAME,
    OWN,
    SHUT,
    WORDS,
    answer,
    known,
    people,
    stands,
)

from deployer.model.findings import Severity
from deployer.readiness import assessing
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.look import Look, next_steps
from deployer.readiness.visibility import Obstacle, Verdict, Visibility

PUT = "optout deploy --org prod --assign layout-users"
NO_ACCESS = replace(HIDDEN, obstacle=Obstacle.FIELD_CLOSED)
NOT_ON_LAYOUT = replace(HIDDEN, obstacle=Obstacle.PAGE)
NOT_ON_PAGE = replace(NOT_ON_LAYOUT, page="Sales_Page")
READ_ONLY = replace(NOT_ON_LAYOUT, verdict=Verdict.SEES)


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        ([NO_ACCESS], ""),
        ([NOT_ON_LAYOUT], ""),
        ([NOT_ON_LAYOUT, NOT_ON_PAGE], " --lightning-pages"),
        ([READ_ONLY], " --make-editable"),
        ([replace(READ_ONLY, page="Sales_Page")], " --make-editable"),
        ([NOT_ON_PAGE, READ_ONLY], " --lightning-pages --make-editable"),
        ([replace(SHUT, page="Sales_Page"), replace(LOCKED, page="Sales_Page")], ""),
    ],
)
def test_one_deploy_is_named_for_all_that_stands_in_the_way(rows, options):
    seen = Visibility(people(edits=1, hidden=2).headline, tuple(rows))
    assert answer("C23", known(visibility=seen)).remedy == PUT + options


def test_a_command_that_another_one_does_along_is_named_as_that_one():
    facts = known(
        visibility=Visibility(people(edits=1, hidden=2).headline, (NOT_ON_PAGE,)),
        placements=stands(),
        pages={"P": replace(OWN, carries=True)},
        activations=ACTIVE,
    )
    look = Look("prod", "00D", NAME, assessing.Verdict.NOT_READY,
                assessing.assess(CHECKS, facts, WORDS), facts, Severity.FAIL,
                datetime(2026, 11, 24, tzinfo=UTC))  # fmt: skip
    assert next_steps(look)[0] == (f"{PUT} --lightning-pages", ("C21", "C23", "C32", "C42"))
