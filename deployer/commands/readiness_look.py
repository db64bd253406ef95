"""One look at an org's readiness: what is asked with which login, and how it is put together."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from deployer.clock import SystemClock
from deployer.commands.options import open_connection
from deployer.commands.readiness_after import WhatIf, fetch_after, read_what_if
from deployer.commands.readiness_deploy import Checked, send_check_only
from deployer.commands.readiness_deployed import last_deploy
from deployer.errors import CouldNotTell
from deployer.model.checks import Check
from deployer.model.facts import Fact, Unknown
from deployer.model.findings import Severity
from deployer.model.layouts import EMAIL_OPT_OUT
from deployer.model.plans import FieldWish, default_field
from deployer.planning.fields import discover_field
from deployer.readiness.assessing import accepted_ids, assess, to_verdict
from deployer.readiness.checks.catalogue import CHECKS
from deployer.readiness.checks.package import CHECK_DEPLOY
from deployer.readiness.facts.asked import Asked
from deployer.readiness.facts.field import Fields, fetch_fields, to_field_facts
from deployer.readiness.facts.gathering import fetch_facts
from deployer.readiness.look import After, Call, Look
from deployer.rollout.journal import Journal
from deployer.salesforce.client import Connection
from deployer.salesforce.practice import practice_org
from deployer.settings.loading import load
from deployer.settings.org_tables import PRACTICE, Role
from deployer.state import home


@dataclass(frozen=True, slots=True)
class Terms:
    """How the answers are weighed, and for whom; `check_run` is the run of C60, "" without it."""

    identity: str
    runner: str
    fail_on: Severity
    accept_unknown: str
    accept_unmapped: str
    tracked: bool = False
    check_run: str = ""
    after: Path | None = None
    assign: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Which org, as typed."""

    org: str | None
    config: Path | None
    as_json: bool


def take_look(place: Place, wish: FieldWish, terms: Terms) -> Look:
    """Ask the org for every fact, answer every check, and weigh the answers.

    Errors: UsageError, before the org is asked, for an id to accept that no check has; whatever
    keeps a login from working.
    """
    what_if = read_what_if(terms.after, terms.assign)
    sync = _sync(place)
    sync_checks: tuple[Check, ...] = tuple(sync.CHECKS) if sync else ()
    checks = (*CHECKS, CHECK_DEPLOY) if terms.check_run else CHECKS
    accepted = accepted_ids(terms.accept_unknown, (*CHECKS, CHECK_DEPLOY, *sync_checks))
    with open_connection(
        place.org, "read", role=terms.identity, config=place.config, as_json=place.as_json
    ) as conn:
        name = _org_name(place)
        field = default_field(wish) or fetch_named(conn)
        runner = terms.runner or _runner(place)
        kind = _login_kind(place, terms.identity)
        deployed = last_deploy(Journal(home(), conn.org.org_id), field)
        asked = Asked(field, runner, terms.accept_unmapped, kind, terms.tracked, deployed)
        at = SystemClock().now()
        facts = fetch_facts(conn, asked)
        after = _after(conn, field, facts["screens"], what_if)
        calls = [Call(call, terms.identity) for call in conn.calls]
        org_id = conn.org.org_id
        words = _words(name, field, terms) | production_word(is_sandbox=conn.org.is_sandbox)
    checked = _check_deploy(place, field, terms.check_run)
    joined = sync.answers(place.org, place.config) if sync else None
    calls += [Call(call, Role.DEPLOYER.value) for call in checked.calls]
    calls += [Call(call, Role.RUNNER.value) for call in (joined.calls if joined else ())]
    assessed = (*assess(checks, facts | {"check_deploy": checked.fact}, words),
                *(joined.assessed if joined else ()))  # fmt: skip
    return Look(
        org=name, org_id=org_id, field=field,
        verdict=to_verdict(assessed, terms.fail_on, accepted), assessed=assessed,
        notes=() if default_field(wish) else (_found(field),),
        facts=facts, fail_on=terms.fail_on, at=at, accepted=accepted,
        unmapped=terms.accept_unmapped, calls=tuple(calls), after=after,
    )  # fmt: skip


def _after(
    conn: Connection, field: str, screens: Fact[object], what_if: WhatIf | None
) -> After | None:  # fmt: skip
    if what_if is None:
        return None
    return After(what_if.words, fetch_after(conn, field, screens, what_if))


def production_word(*, is_sandbox: bool) -> dict[str, str]:
    """What a command that changes a production org needs besides."""
    return {"production": "" if is_sandbox else " --production"}


def _check_deploy(place: Place, field: str, run_id: str) -> Checked:
    """What the org says to a check-only deploy, and the calls that took."""
    if not run_id:
        return Checked(Unknown("a check-only deploy was not asked for: --check-deploy"))
    return send_check_only(place.org, place.config, field, run_id)


def _sync(place: Place) -> Any:
    """The module that answers the sync's own checks; None without a sync.

    It is loaded by name, as the verbs are.
    """
    if "sync" not in load(place.config).file.values:
        return None
    return import_module("sync.checks.joining")


def _words(org: str, field: str, terms: Terms) -> dict[str, str]:
    """What a remedy's placeholders stand for."""
    option = "" if field == EMAIL_OPT_OUT else f" --custom-field {field}"
    again = "optout readiness --org {org} --identity deployer"
    return {
        "ask_again": again if terms.identity == "auditor" else "",
        "org": org,
        "field": field,
        "field_option": option,
    }


def _found(field: str) -> str:
    return f"{field} is meant: no other checkbox reads like the Marketo customizations' own."


def fetch_named(conn: Connection) -> str:
    """The one field that reads like the Marketo customizations' own: one call.

    Errors: OrgSaidNo as `optout plan` has it when there is none, or more than one; CouldNotTell
    when the org does not show its fields.
    """
    fields = fetch_fields(conn)
    if isinstance(fields, Unknown) or not isinstance(fields.value, Fields):
        reason = fields.reason if isinstance(fields, Unknown) else "no fields"
        raise CouldNotTell(
            f"which field the Marketo customizations brought could not be looked up: {reason}",
            where="--field marketo-sales-opt-out",
            hint="name it with --custom-field API_NAME",
        )
    return discover_field(to_field_facts(fields.value))


def _org_name(place: Place) -> str:
    return load(place.config).pick_org(place.org)


def _runner(place: Place) -> str:
    """The username of the runner's own login; "" when none is configured."""
    settings = load(place.config)
    name = settings.pick_org(place.org)
    if name == PRACTICE:
        data = settings.resolve()["practice_data"].value or settings.home / "practice-org"
        with practice_org(data, SystemClock()) as org:
            return org.identities[Role.RUNNER].username
    identity = settings.orgs[name].identities.get(Role.RUNNER)
    return identity.plain.get("username", "") if identity else ""


def _login_kind(place: Place, identity: str) -> str:
    """How the settings log in, as "jwt"; "" for the practice org."""
    settings = load(place.config)
    org = settings.orgs.get(settings.pick_org(place.org))
    return org.identity(Role(identity)).login.value if org else ""
