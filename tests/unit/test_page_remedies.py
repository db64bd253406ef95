"""What readiness says to do about a page in force that lacks the field: type it, or click it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from readiness_house import ACTIVE, OWN, answer, known

from deployer.readiness.visibility import Activation, FormFactor

TYPED = "optout deploy --org prod --lightning-pages"
CARRYING = replace(OWN, carries=True)
MANAGED = (Activation("Contact", "acme__P", FormFactor.LARGE),)
REMEDIES = {
    "fields of its own": (CARRYING, ACTIVE, TYPED),
    "no section of its own": (OWN, ACTIVE, "> A page > Edit: drag HasOptedOutOfEmail beside Email"),
    "a package's": (
        replace(CARRYING, name="acme__P"), MANAGED, "> A page > Clone: drag HasOptedOutOfEmail"),
}  # fmt: skip


@pytest.mark.parametrize(("page", "active", "words"), REMEDIES.values(), ids=REMEDIES.keys())
def test_a_page_without_the_field_is_mended(page, active, words):
    found = answer("C42", known(pages={page.name: page}, activations=active))
    assert found.outcome.value == "fail"
    assert words in found.remedy
