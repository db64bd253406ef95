"""The one deploy that C23 and C32 name, by what stands between users and the field."""

from dataclasses import replace

import pytest
from readiness_house import HIDDEN, LOCKED, SHUT, answer, known, people

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
