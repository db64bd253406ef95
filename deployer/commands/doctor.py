"""`optout doctor`: this machine, the settings and the logins, one line each."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.clock import Clock, SystemClock
from deployer.commands.options import config_option, json_option, org_option
from deployer.errors import OptoutError, UsageError
from deployer.model.findings import Finding, Report, Severity

if TYPE_CHECKING:
    from deployer.settings.loading import Settings
    from deployer.settings.org_tables import Role

_LIBRARIES = ("simple-salesforce", "lxml", "requests", "pyjwt", "cryptography", "xmlschema")
_OLDEST_PYTHON = (3, 11)
# A signed login lives three minutes, and Salesforce allows little for clocks that differ.
SKEW_FAIL_S = 120
SKEW_WARN_S = 30


@click.command("doctor")
@org_option
@config_option
@json_option
def command(org: str | None, config: Path | None, as_json: bool) -> int:  # noqa: FBT001 - click's signature
    """Check this machine, the settings and every login (of one org with --org)."""
    from deployer.reporting.console import finish

    findings = list(examine(org, config, SystemClock()))
    broken = [finding for finding in findings if finding.severity is Severity.FAIL]
    headline = f"{len(broken)} of {len(findings)} checks failed" if broken else "all is well"
    lines = [
        {"check": f.rule, "severity": f.severity.value, "where": f.where, "what": f.what,
         "fix": f.fix}
        for f in findings
    ]  # fmt: skip
    report = Report(
        headline=(headline,),
        findings=tuple(findings),
        document={"checks": lines},
        exit=1 if broken else 0,
    )
    return finish(report, as_json=as_json)


def examine(org: str | None, config: Path | None, clock: Clock) -> Iterator[Finding]:
    """All checks in order; one that cannot go on says why and the others follow."""
    from deployer import state
    from deployer.settings.loading import load

    yield from _machine()
    yield _home(state.home())
    try:
        settings = load(config)
        names = [settings.pick_org(org)] if org else list(settings.orgs)
    except UsageError as wrong:
        yield _failed("settings", wrong)
        return
    yield _passed("settings", str(settings.file.path or "no file"), f"{len(names)} orgs to check")
    for name in names:
        yield from _logins(settings, name, clock)


def _machine() -> Iterator[Finding]:
    version = platform.python_version()
    if tuple(int(part) for part in platform.python_version_tuple()[:2]) < _OLDEST_PYTHON:
        yield Finding("python", Severity.FAIL, version, "this Python is too old", "use 3.11 or up")
    else:
        yield _passed("python", version, f"{platform.system()} {platform.machine()}")
    for name in _LIBRARIES:
        try:
            yield _passed("library", name, metadata.version(name))
        except metadata.PackageNotFoundError:
            yield Finding("library", Severity.FAIL, name, "not installed",
                          "install salesforce-optout again")  # fmt: skip


def _home(home: Path) -> Finding:
    """The state folder: ours alone and writable. One that is not there yet is fine."""
    nearest = next(folder for folder in (home, *home.parents) if folder.exists())
    if not os.access(nearest, os.W_OK | os.X_OK):
        return Finding("state", Severity.FAIL, str(home), "the state folder cannot be written",
                       "make it writable, or set OPTOUT_HOME to another")  # fmt: skip
    if nearest == home and home.stat().st_mode & 0o077:
        return Finding("state", Severity.FAIL, str(home), "others can look into the state folder",
                       f"chmod 700 {home}")  # fmt: skip
    if nearest == home:
        with tempfile.TemporaryFile(dir=home) as probe:
            probe.write(b"x")
    return _passed("state", str(home), "private and writable" if nearest == home else "not yet")


def _logins(settings: Settings, name: str, clock: Clock) -> Iterator[Finding]:
    from deployer.settings.org_tables import PRACTICE, Role

    roles = list(Role) if name == PRACTICE else list(settings.orgs[name].identities)
    if name != PRACTICE:
        for role in (role for role in Role if role not in roles):
            yield _stand_in(settings, name, role)
    for role in roles:
        yield from _login(settings, name, role, clock)


def _stand_in(settings: Settings, name: str, role: Role) -> Finding:
    where = f"{name} {role.value}"
    try:
        used = settings.orgs[name].identity(role).role.value
    except UsageError as absent:
        return _failed("login", absent)
    return Finding("login", Severity.INFO, where, f"not configured: the {used}'s login is used")


def _login(settings: Settings, name: str, role: Role, clock: Clock) -> Iterator[Finding]:
    from deployer.salesforce.connection import describe_org
    from deployer.salesforce.entrance import Access, open_org

    where = f"{name} {role.value}"
    try:
        with open_org(settings, name, role, Access.READ, clock) as connection:
            yield _passed("login", where, describe_org(connection))
            yield skew(connection.server_time, clock.now(), where)
    except OptoutError as refused:
        yield _failed("login", refused, where)


def skew(server_time: str, ours: datetime, where: str) -> Finding:
    """How far this machine's clock is from the org's Date header (which has whole seconds)."""
    try:
        theirs = parsedate_to_datetime(server_time)
    except ValueError:
        return Finding("clock", Severity.UNKNOWN, where, "the org sent no time to compare with")
    off = (ours - theirs).total_seconds()
    said = f"{abs(off):.0f} s {'ahead of' if off > 0 else 'behind'} the org"
    if abs(off) < SKEW_WARN_S:
        return _passed("clock", where, said)
    severity = Severity.FAIL if abs(off) > SKEW_FAIL_S else Severity.WARN
    return Finding("clock", severity, where, said, "set this machine's clock (timedatectl)")


def _passed(rule: str, where: str, what: str) -> Finding:
    return Finding(rule, Severity.PASS, where, what)


def _failed(rule: str, error: OptoutError, where: str = "") -> Finding:
    place = " ".join(part for part in (where, error.where) if part)
    return Finding(rule, Severity.FAIL, place, error.message, error.hint)
