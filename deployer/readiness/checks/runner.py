"""C31 and C34-C36: the integration user, who writes the field."""

from __future__ import annotations

from deployer.model.checks import Check, Facts, value
from deployer.model.findings import Finding, Severity
from deployer.readiness.checks.org import API_GOES, RETIRING_UP_TO, SOAP_GOES
from deployer.readiness.checks.saying import DEVELOPER, HELP, named, passed, said
from deployer.readiness.facts.logins import DAYS, Entrance, Entrances
from deployer.readiness.facts.runner import OBJECTS, Dangers, FieldReach, Shared

_FLS = HELP + "platform.users_fields_fls.htm&type=5"
_SETS = HELP + "platform.perm_sets_overview.htm&type=5"


def _runner(facts: Facts) -> list[Finding]:
    reach = value(facts, "runner_field", FieldReach)
    blind = [obj for obj in OBJECTS if obj not in reach.edits]
    if blind:
        what = f"the integration user cannot edit the field of {' and '.join(blind)}"
        return [said(Severity.FAIL, what)]
    return passed("the integration user reads and edits the field of Contact and Lead")


def _shared(facts: Facts) -> list[Finding]:
    shared = value(facts, "runner_records", Shared)
    told = [f"{shared.editable[obj]} of {n} {obj} records" for obj, n in shared.looked.items()]
    what = f"of the newest, the integration user may edit {' and '.join(told)}"
    if shared.looked == shared.editable:
        return passed(what)
    return [said(Severity.FAIL, what)]


def _dangers(facts: Facts) -> list[Finding]:
    names = value(facts, "runner_dangers", Dangers).names
    if not names:
        return passed("the integration user has no right that it does not need")
    return [said(Severity.WARN, f"the integration user does not need {named(names)}")]


def _logins(facts: Facts) -> list[Finding]:
    seen = value(facts, "runner_logins", Entrances)
    if not seen.shown:
        # Manage Users is too much to ask of a login for a warning.
        told = "only who has Manage Users is shown others' logins: see Setup > Login History"
        return [said(Severity.INFO, told)]
    ways = seen.all
    soap = [way for way in ways if way.is_soap_login]
    old = [way for way in ways if 0 < way.version <= RETIRING_UP_TO]
    found = []
    if soap:
        found.append(said(Severity.WARN, f"it logs in by SOAP, which is retired in {SOAP_GOES}: "
                                         f"{named([_way(way) for way in soap])}"))  # fmt: skip
    if old:
        found.append(said(Severity.WARN, f"it uses an API version that is retired in {API_GOES}: "
                                         f"{named([_way(way) for way in old])}"))  # fmt: skip
    if not ways:
        return [said(Severity.INFO, f"the integration user has not logged in for {DAYS} days")]
    return found or passed(f"no end has been announced for how it logged in these {DAYS} days")


def _way(way: Entrance) -> str:
    return f"{way.api_type} {way.version:.1f} (logins: {way.logins})"


CHECKS = (
    Check("C31", "Integration user", Severity.FAIL, "May the integration user edit the field?",
          ("runner_field",), _runner, "Setup > Permission Sets > the integration user's set > "
          "Object Settings > Contact, then Lead: tick Edit Access for the field; "
          "--runner USERNAME names the user", _FLS),
    Check("C34", "Sharing", Severity.FAIL, "May the integration user edit the records themselves?",
          ("runner_records",), _shared, "Setup > Permission Sets > the integration user's set > "
          "Object Settings > Contact, then Lead: tick Modify All Records, or share the records",
          HELP + "platform.managing_the_sharing_model.htm&type=5"),
    Check("C35", "Too many rights", Severity.WARN, "Has the integration user rights it does not "
          "need?", ("runner_dangers",), _dangers, "Setup > Permission Sets > the integration "
          "user's set > System Permissions: untick them", _SETS),
    Check("C36", "Integration user's logins", Severity.WARN, "Does the integration user log in by "
          "a way that goes away?", ("runner_logins",), _logins, "optout org login jwt {org}",
          DEVELOPER + "object_reference.meta/object_reference/sforce_api_objects_loginhistory.htm"),
)  # fmt: skip
