"""The one check that asks the org to do something: a check-only deploy of the real package."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from deployer.commands.rollouts import (
    DEFAULT_WAIT_MIN,
    DeployWords,
    Place,
    at_desk,
    fresh_from,
    to_options,
)
from deployer.errors import Exit, LoginRefused, OptoutError, OrgSaidNo
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.plans import FieldWish, Wish
from deployer.planning.from_org import fetch_plan
from deployer.readiness.facts.package import CheckedDeploy
from deployer.rollout.walk import Wanted, roll_out
from deployer.salesforce.session import OrgCall

_SENT_NOTHING = "there is nothing to send"


@dataclass(frozen=True, slots=True)
class Checked:
    """What the org said to a check-only deploy, and the calls that took, the deployer's."""

    fact: Fact[object]
    calls: tuple[OrgCall, ...] = ()


def send_check_only(org: str | None, config: Path | None, field: str, run_id: str) -> Checked:
    """Let the org validate what a deploy would send, with the deployer's login.

    What the org says no to is an answer; that it could not be asked is Unknown.
    """
    calls: list[OrgCall] = []
    fact = _send(Place(org, config, as_json=True), field, run_id, calls)
    return Checked(fact, tuple(calls))


def _send(place: Place, field: str, run_id: str, calls: list[OrgCall]) -> Fact[object]:
    """`calls` takes every call that was made, whatever came of them."""
    words = DeployWords(run_id, yes=True, production=False, check_only=True,
                        wait_min=DEFAULT_WAIT_MIN)  # fmt: skip
    wish = Wish(field=FieldWish(custom_field=field))
    try:
        with at_desk(place, words) as (desk, agree):
            try:
                fresh = fresh_from(desk, lambda asker: fetch_plan(asker, wish))
                wanted = Wanted(fresh=fresh, agree=agree, run_id=run_id)
                report = roll_out(wanted, desk, to_options(words, desk.clock))
            finally:
                calls += desk.conn.calls
    except LoginRefused as away:
        return Unknown(away.message)
    except OrgSaidNo as refused:
        return Known(CheckedDeploy(ok=False, said=refused.message))
    except OptoutError as away:
        return Unknown(away.message)
    said = report.headline[0] if report.headline else _SENT_NOTHING
    if report.exit not in {Exit.DONE, Exit.SAID_NO}:
        return Unknown(said)
    return Known(CheckedDeploy(report.exit == Exit.DONE, said))
