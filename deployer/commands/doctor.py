"""`optout doctor`: this machine, the settings and the logins, one line each."""

from __future__ import annotations

import os
import platform
import tempfile
from collections.abc import Iterator
from datetime import datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import click

from deployer.clock import Clock, SystemClock
from deployer.commands.options import config_option, json_option, org_option
from deployer.errors import OptoutError, UsageError
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Report

if TYPE_CHECKING:
    from deployer.settings.loading import Settings
    from deployer.settings.org_tables import Role

_LIBRARIES = ("simple-salesforce", "lxml", "requests", "pyjwt", "cryptography", "xmlschema")
_OLDEST_PYTHON = (3, 11)


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
    yield _keyring()
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
    try:
        if nearest == home:
            with tempfile.TemporaryFile(dir=home) as probe:
                probe.write(b"x")
                probe.flush()
    except OSError as full:
        said = f"nothing can be kept here: {full.strerror}"
        fix = "make room or repair the disk, or set OPTOUT_HOME to another folder"
        return Finding("state", Severity.FAIL, str(home), said, fix)
    return _passed("state", str(home), "private and writable" if nearest == home else "not yet")


def _keyring() -> Finding:
    from deployer.settings.keyring_door import has_keyring

    said = "one is there" if has_keyring() else "none: secrets are kept in files of mode 600"
    return _passed("keyring", "this machine", said)


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
    """The login, and the clock as soon as the org has answered at all: it may be the cause."""
    from deployer.salesforce.connection import connect, describe_org
    from deployer.salesforce.entrance import find_way
    from deployer.salesforce.session import OrgSession

    where = f"{name} {role.value}"
    try:
        with find_way(settings, name, role, clock) as way:
            session = OrgSession(clock, loopback=way.place.loopback, ca_file=way.ca_file)
            try:
                connection = connect(way.login, way.place, session, clock, way.expected)
                yield _passed("login", where, describe_org(connection))
            except OptoutError as refused:
                yield _failed("login", refused, where)
            finally:
                session.close()
            if session.server_time:
                yield skew(session.server_time, clock.now(), where)
    except OptoutError as wrong:
        yield _failed("login", wrong, where)


def skew(server_time: str, ours: datetime, where: str) -> Finding:
    """How far this machine's clock is from the org's Date header (which has whole seconds)."""
    from deployer.salesforce.clocks import SET_CLOCK, SKEW_FAIL_S, SKEW_WARN_S, say_off, seconds_off

    off = seconds_off(server_time, ours)
    if off is None:
        return Finding("clock", Severity.UNKNOWN, where, "the org sent no time to compare with")
    if abs(off) < SKEW_WARN_S:
        return _passed("clock", where, say_off(off))
    severity = Severity.FAIL if abs(off) > SKEW_FAIL_S else Severity.WARN
    return Finding("clock", severity, where, say_off(off), SET_CLOCK)


def _passed(rule: str, where: str, what: str) -> Finding:
    return Finding(rule, Severity.PASS, where, what)


def _failed(rule: str, error: OptoutError, where: str = "") -> Finding:
    place = " ".join(part for part in (where, error.where) if part)
    return Finding(rule, Severity.FAIL, place, error.message, error.hint)
