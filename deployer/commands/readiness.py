"""`optout readiness`: whether people would see the field, from a client that can only read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.commands.options import open_connection, org_options
from deployer.commands.wishes import field_options
from deployer.errors import UsageError
from deployer.model.facts import Unknown
from deployer.model.findings import Finding, Report, Severity
from deployer.model.plans import FieldWish, default_field

if TYPE_CHECKING:
    from deployer.model.checks import Check
    from deployer.model.facts import Fact
    from deployer.readiness.assessing import Assessed
    from deployer.readiness.report import Look


@dataclass(frozen=True, slots=True)
class Terms:
    """How the answers are weighed, and for whom; `check_run` is the run of C60, "" without it."""

    identity: str
    runner: str
    fail_on: Severity
    accept_unknown: str
    accept_unmapped: str
    check_run: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Which org, as typed."""

    org: str | None
    config: Path | None
    as_json: bool


@click.command("readiness")
@field_options
@click.option(
    "--identity",
    type=click.Choice(["auditor", "deployer"]),
    default="auditor",
    show_default=True,
    help="Whose login looks; neither can change anything.",
)
@click.option(
    "--runner",
    metavar="USERNAME",
    default="",
    help="The integration user (default: the runner of the settings).",
)
@click.option(
    "--fail-on",
    type=click.Choice(["warn", "fail"]),
    default="fail",
    show_default=True,
    help="What makes the org not ready.",
)
@click.option(
    "--accept-unknown",
    metavar="IDS",
    default="",
    help="Checks that need not be answered, as C34,C41.",
)
@click.option(
    "--accept-unmapped",
    metavar="REASON",
    default="",
    help="Why a custom field need not be mapped for lead conversion.",
)
@click.option(
    "--check-deploy",
    is_flag=True,
    help="Also let the org validate the deploy, with the deployer's login (C60).",
)
@click.option("--explain", metavar="ID", default="", help="Say what one check asks, and stop.")
@org_options
def command(  # noqa: PLR0913 - one parameter an option
    *,
    field: FieldWish,
    identity: str,
    runner: str,
    fail_on: str,
    accept_unknown: str,
    accept_unmapped: str,
    check_deploy: bool,
    explain: str,
    org: str | None,
    config: Path | None,
    as_json: bool,
) -> int:  # fmt: skip
    """Say whether the org is ready and who would see the field; nothing is changed.

    Exits with 0 when it is ready, 1 when something fails, 4 when it could not be told.
    """
    from deployer.reporting.console import finish, write_report

    if explain:
        return finish(_explained(explain), as_json=as_json)
    run = click.get_current_context().obj.run_id if check_deploy else ""
    terms = Terms(identity, runner, Severity(fail_on), accept_unknown, accept_unmapped, run)
    look = _look(Place(org, config, as_json), _named(field), terms)

    from deployer.readiness.report import for_people, to_report

    report = to_report(look)
    if as_json:
        return finish(report, as_json=True)
    for part in for_people(report, look):
        write_report(part)
    return report.exit


def _look(place: Place, field: str, terms: Terms) -> Look:
    from deployer.readiness.assessing import accepted_ids, assess, to_verdict
    from deployer.readiness.checks.catalogue import CHECKS
    from deployer.readiness.checks.package import CHECK_DEPLOY
    from deployer.readiness.facts.gathering import Asked, fetch_facts
    from deployer.readiness.report import Look

    with open_connection(
        place.org, "read", role=terms.identity, config=place.config, as_json=place.as_json
    ) as conn:
        name = _org_name(place)
        runner = terms.runner or _runner(place)
        asked = Asked(field, runner, terms.accept_unmapped, _login_kind(place, terms.identity))
        facts = fetch_facts(conn, asked)
        calls = tuple(conn.calls)
        org_id = conn.org.org_id
        words = _words(name, field, terms) | production_word(is_sandbox=conn.org.is_sandbox)
    facts["check_deploy"] = _check_deploy(place, field, terms.check_run)
    checks = (*CHECKS, CHECK_DEPLOY) if terms.check_run else CHECKS
    assessed = (*assess(checks, facts, words), *_sync(place))
    accepted = accepted_ids(terms.accept_unknown, (each.check for each in assessed))
    return Look(
        org=name, org_id=org_id, field=field,
        verdict=to_verdict(assessed, terms.fail_on, accepted), assessed=assessed,
        visibility=facts["visibility"], fail_on=terms.fail_on, accepted=accepted,
        unmapped=terms.accept_unmapped, calls=calls,
    )  # fmt: skip


def _check_deploy(place: Place, field: str, run_id: str) -> Fact[object]:
    """What the org says to a check-only deploy; its calls are not this look's own."""
    if not run_id:
        return Unknown("a check-only deploy was not asked for: --check-deploy")
    from deployer.commands.readiness_deploy import send_check_only

    return send_check_only(place.org, place.config, field, run_id)


def _sync(place: Place) -> tuple[Assessed, ...]:
    """What the sync's own checks say, when there is a sync; loaded by name, as the verbs are."""
    from importlib import import_module

    from deployer.settings.loading import load

    if "sync" not in load(place.config).file.values:
        return ()
    answers = import_module("sync.checks.joining").answers(place.org, place.config)
    return tuple(answers)


def _words(org: str, field: str, terms: Terms) -> dict[str, str]:
    """What a remedy's placeholders stand for."""
    from deployer.model.layouts import EMAIL_OPT_OUT

    option = "" if field == EMAIL_OPT_OUT else f" --custom-field {field}"
    again = "optout readiness --org {org} --identity deployer"
    return {
        "ask_again": again if terms.identity == "auditor" else "",
        "org": org,
        "field": field,
        "field_option": option,
    }


def production_word(*, is_sandbox: bool) -> dict[str, str]:
    """What a command that changes a production org needs besides."""
    return {"production": "" if is_sandbox else " --production"}


def _named(wish: FieldWish) -> str:
    if name := default_field(wish):
        return name
    raise UsageError(
        "which field the Marketo customizations brought has to be named",
        where="--field",
        hint="give --custom-field API_NAME; optout plan lists what it could be",
    )


def _org_name(place: Place) -> str:
    from deployer.settings.loading import load

    return load(place.config).pick_org(place.org)


def _runner(place: Place) -> str:
    """The username of the runner's own login; "" when none is configured."""
    from deployer.clock import SystemClock
    from deployer.salesforce.practice import practice_org
    from deployer.settings.loading import load
    from deployer.settings.org_tables import PRACTICE, Role

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
    from deployer.settings.loading import load
    from deployer.settings.org_tables import Role

    settings = load(place.config)
    org = settings.orgs.get(settings.pick_org(place.org))
    return org.identity(Role(identity)).login.value if org else ""


def _explained(word: str) -> Report:
    """What a check asks, why it matters and what to do. Errors: UsageError for an unknown id."""
    from deployer.readiness.assessing import filled
    from deployer.readiness.checks.catalogue import CHECKS
    from deployer.readiness.checks.package import CHECK_DEPLOY

    known: dict[str, Check] = {check.id.casefold(): check for check in (*CHECKS, CHECK_DEPLOY)}
    check = known.get(word.casefold())
    if check is None:
        raise UsageError(
            f"no check has the id {word!r}",
            where="--explain",
            hint=f"the ids are {' '.join(each.id for each in known.values())}",
        )
    words = {"org": "NAME", "field": "the field", "field_option": "", "production": ""}
    remedy = filled(check.remedy, words)
    asks = Finding(check.id, Severity.INFO, check.title, check.question, remedy, check.link)
    document = {
        "id": check.id, "title": check.title, "severity": check.severity.value,
        "question": check.question, "needs": list(check.needs), "remedy": remedy,
        "link": check.link,
    }  # fmt: skip
    lines = (f"needs: {', '.join(check.needs)}", f"see {check.link}")
    return Report(headline=lines, findings=(asks,), document=document)
