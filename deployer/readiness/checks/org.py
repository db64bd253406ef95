"""C01-C08: the login, the org and its limits."""

from __future__ import annotations

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.readiness.checks.saying import DEVELOPER, HELP, named, passed, said
from deployer.readiness.facts.asked import Asked
from deployer.readiness.facts.org import Budget, OAuthGrants, Organization, Running, Versions
from deployer.readiness.facts.rights import Rights
from deployer.salesforce.identity import OrgIdentity

OLDEST_VERSION = 50.0
# Source: Salesforce release notes: 31.0 to 40.0 are retired in Summer '28, SOAP login() a year
# before. Each release has a version, and there are three a year: Summer '26 has 67.0.
RETIRING_UP_TO = 40.0
SOAP_GOES, SOAP_GONE = "Summer '27", 70.0
API_GOES, API_GONE = "Summer '28", 73.0
EDITIONS = ("Enterprise", "Unlimited", "Performance", "Developer")
_ADD_ON = "Professional"
# A readiness look and a deploy together; a night of the sync has its own check.
ENOUGH_CALLS = 200
FEWEST_CALLS = 60
SOAP = "soap"
# Source: Object Reference, OauthToken: who has it sees all tokens, anybody else their own.
_SEES_GRANTS = "CustomizeApplication"
_WITH_DEPLOYER = "optout readiness --org {org} --identity deployer"
_DEPLOYING = ("ModifyMetadata", "ModifyAllData")


def _login(facts: Facts) -> list[Finding]:
    org = value(facts, "identity", OrgIdentity)
    kind = "sandbox" if org.is_sandbox else "production org"
    return passed(f"logged in to the {kind} {org.org_id} on {org.instance_name}")


def _version(facts: Facts) -> list[Finding]:
    seen = value(facts, "versions", Versions)
    what = f"API {seen.used} is used; the org has up to {seen.newest}"
    if OLDEST_VERSION <= seen.used <= seen.newest:
        return passed(what)
    return [said(Severity.FAIL, what)]


def _rights(facts: Facts) -> list[Finding]:
    rights = value(facts, "rights", Rights)
    if not rights.sees_setup:
        return [said(Severity.UNKNOWN, "this login does not have View Setup and Configuration")]
    if not any(rights.has.get(name) for name in _DEPLOYING):
        return [said(Severity.UNKNOWN, "this login reads; whether the deployer may deploy is asked "
                                       "with the deployer's login",
                     _WITH_DEPLOYER)]  # fmt: skip
    return passed("this login sees setup and may deploy")


def _edition(facts: Facts) -> list[Finding]:
    edition = value(facts, "organization", Organization).edition
    if edition.startswith(EDITIONS):
        return passed(f"{edition} has the Metadata API")
    if edition.startswith(_ADD_ON):
        what = f"{edition} has the Metadata API only when it was bought"
        return [said(Severity.WARN, what)]
    what = f"{edition or 'this edition'} does not have the Metadata API"
    return [said(Severity.FAIL, what)]


def _budget(facts: Facts) -> list[Finding]:
    budget = value(facts, "budget", Budget)
    what = f"{budget.left} of {budget.allowed} API calls of the day are left"
    if budget.left >= ENOUGH_CALLS:
        return passed(what)
    severity = Severity.FAIL if budget.left < FEWEST_CALLS else Severity.WARN
    return [said(severity, what)]


def _busy(facts: Facts) -> list[Finding]:
    running = value(facts, "running", Running)
    if not running.deploys:
        return passed("no deployment is queued or under way")
    return [said(Severity.WARN, f"the org is deploying: {named(running.deploys)}")]


def _retirement(facts: Facts) -> list[Finding]:
    versions = value(facts, "versions", Versions)
    found = []
    if value(facts, "asked", Asked).login == SOAP:
        what = f"login by SOAP is retired in {SOAP_GOES}{_away(versions, SOAP_GONE)}"
        found.append(said(Severity.WARN, what, "optout org login jwt {org}"))
    if versions.used <= RETIRING_UP_TO:
        gone = f"API {versions.used} is retired in {API_GOES}{_away(versions, API_GONE)}"
        found.append(said(Severity.WARN, gone))
    return found or passed(f"no end has been announced for API {versions.used} and this way to "
                           "log in")  # fmt: skip


def _away(versions: Versions, gone: float) -> str:
    """How many of the three releases a year are left until then; a date is not announced."""
    left = int(gone - versions.newest)
    return f", {left} releases from now" if left > 0 else ", which is now"


def _idle(facts: Facts) -> list[Finding]:
    grants = value(facts, "grants_of_apps", OAuthGrants)
    if not grants.listed or not value(facts, "rights", Rights).has.get(_SEES_GRANTS):
        return [said(Severity.UNKNOWN, "this login is shown its own grants alone: it does not have "
                                       "Customize Application", _WITH_DEPLOYER)]  # fmt: skip
    if not grants.idle:
        return passed("no app holds a grant that it has not used for 90 days")
    return [said(Severity.WARN, f"not used for 90 days: {named(grants.idle)}")]


CHECKS = (
    Check("C01", "Login", Severity.FAIL, "Does the login work, and which org is it?",
          ("identity",), _login, "optout org login web {org}",
          HELP + "xcloud.remoteaccess_oauth_jwt_flow.htm&type=5"),
    Check("C02", "API version", Severity.FAIL, "Does the org have the API version that is used?",
          ("versions",), _version, "install the newest salesforce-optout",
          DEVELOPER + "api_rest.meta/api_rest/dome_versions.htm"),
    Check("C03", "Rights of the login", Severity.FAIL, "May this login look, and deploy?",
          ("rights",), _rights, "Setup > Users > Permission Sets > the login's set > System "
          "Permissions: tick View Setup and Configuration",
          HELP + "platform.users_profiles_permissions.htm&type=5"),
    Check("C04", "Edition", Severity.FAIL, "Does the org's edition have the Metadata API?",
          ("organization",), _edition, "ask your Salesforce account executive for API access",
          DEVELOPER + "api_meta.meta/api_meta/meta_intro.htm"),
    Check("C05", "API budget", Severity.FAIL, "Are enough API calls left today?",
          ("budget",), _budget, "Setup > Company Information: see API Requests; run it again "
          "when the day's window has moved on",
          DEVELOPER + "salesforce_app_limits_cheatsheet.meta/salesforce_app_limits_cheatsheet/"
          "salesforce_app_limits_platform_api.htm"),
    Check("C06", "Busy org", Severity.WARN, "Is another deployment queued or under way?",
          ("running",), _busy, "Setup > Deployment Status: wait until it has ended",
          HELP + "platform.deploy_monitoring.htm&type=5"),
    Check("C07", "Retirement", Severity.WARN, "Will the API version or the login go away?",
          ("versions", "asked"), _retirement, "install the newest salesforce-optout",
          DEVELOPER + "api_rest.meta/api_rest/api_rest_eol.htm"),
    Check("C08", "Idle grants", Severity.WARN, "Does an app hold a grant that nobody uses?",
          ("grants_of_apps", "rights"), _idle, "Setup > Connected Apps OAuth Usage: "
          "revoke what is idle",
          HELP + "xcloud.remoteaccess_request_manage.htm&type=5"),
)  # fmt: skip
