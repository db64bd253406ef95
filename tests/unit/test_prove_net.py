"""The suite of harms of the wire itself: each is done, and a wrong end of a command is seen."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from prove.net import CALLS, draw_cases, opened, try_case
from prove.net_sites import Site, every_site, push
from prove.outcome import Size
from prove.toxic_proxy import Toxic

from deployer.errors import OrgSaidNo

SITES = {site.name: site for site in every_site()}
NAMED = [
    SITES[name] for name in ("push (drain)", "deploy.start 1 (deploy)", "limits 0 (readiness)")
]


@pytest.fixture(scope="module")
def kit():
    with opened() as made:
        yield made


def test_a_short_run_shows_each_harm_so_often_and_every_call():
    cases = draw_cases(Random(1), Size.SHORT)  # noqa: S311 - repeatable on purpose
    assert Counter(toxic for _, toxic in cases) == dict.fromkeys(Toxic, CALLS)
    assert {number for number, _ in cases} == set(range(len(SITES)))
    assert cases == draw_cases(Random(1), Size.SHORT)  # noqa: S311 - repeatable on purpose


def test_a_long_run_shows_every_harm_at_every_call():
    cases = draw_cases(Random(1), Size.LONG)  # noqa: S311 - repeatable on purpose
    assert len(set(cases)) == len(cases) == len(Toxic) * len(SITES)


@pytest.mark.parametrize("site", NAMED, ids=lambda site: site.name)
@pytest.mark.parametrize("toxic", [None, Toxic.COMMIT_THEN_DROP], ids=["unharmed", "lost"])
def test_a_command_goes_well_and_a_lost_reply_changes_nothing_of_that(kit, site, toxic):
    assert list(try_case(kit, site, toxic)) == []


def refuses(_kit, _site, _toxic):
    """A command that takes a broken wire for the org's no, and lets it through."""
    yield from ()
    raise OrgSaidNo("no", hint="-")


def breaks(_kit, _site, _toxic):
    """A bug."""
    yield from ()
    raise ZeroDivisionError


@pytest.mark.parametrize(
    ("work", "said"),
    [(refuses, "OrgSaidNo: no"), (breaks, "ZeroDivisionError")],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_a_command_that_ends_otherwise_than_it_may_is_seen(kit, work, said):
    site = Site("spoilt", "collections.update", 0, work)
    assert [each for each in try_case(kit, site, Toxic.LATENCY) if said in each]


def test_a_harm_that_is_never_done_is_seen(kit):
    site = Site("nowhere", "metadata.cancelDeploy", 0, push)
    assert "it never came to that call" in " ".join(try_case(kit, site, Toxic.RESET))
