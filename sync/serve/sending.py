"""Where alerts go: a command of the operator's, or an https address; never through a shell."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from deployer.errors import TryLater, UsageError
from deployer.settings.toml_file import SettingsFile
from sync.serve.alerts import Alert

COMMAND_S = 30.0
TIMEOUT_S = (5.0, 10.0)
Run = Callable[[Sequence[str], bytes], int]


@dataclass(frozen=True, slots=True)
class Outlets:
    """`command` is an argv, empty when there is none; `webhook` an https address, or ""."""

    command: tuple[str, ...] = ()
    webhook: str = ""


def read_outlets(file: SettingsFile) -> Outlets:
    """`alert_command` and `alert_webhook` of [sync].

    Errors: UsageError naming file and line.
    """
    table = file.values.get("sync", {})
    command, webhook = table.get("alert_command", []), table.get("alert_webhook", "")
    if not isinstance(command, list) or not all(isinstance(w, str) and w for w in command):
        raise UsageError(
            "alert_command must be a list of texts",
            where=file.place("sync", "alert_command"),
            hint='write alert_command = ["/usr/local/bin/page-me", "optout"]',
        )
    if webhook and not _is_https(webhook):
        raise UsageError(
            "alert_webhook must be an https address without a user",
            where=file.place("sync", "alert_webhook"),
            hint='write alert_webhook = "https://alerts.example.com/optout"',
        )
    return Outlets(tuple(command), webhook)


def _is_https(address: object) -> bool:
    try:
        parts = urlsplit(address) if isinstance(address, str) else urlsplit("")
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc


def send_alerts(
    outlets: Outlets, found: Sequence[Alert], run: Run, session: requests.Session
) -> None:
    """Send each alert everywhere. Errors: TryLater when one did not get through."""
    for alert in found:
        body = json.dumps(alert.document).encode()
        if outlets.command and run(outlets.command, body):
            raise _lost("alert_command")
        if outlets.webhook:
            _post(session, outlets.webhook, body)


def _post(session: requests.Session, address: str, body: bytes) -> None:
    try:
        answer = session.post(
            address, data=body, headers={"Content-Type": "application/json"},
            timeout=TIMEOUT_S, allow_redirects=False,
        )  # fmt: skip
    except requests.RequestException:
        raise _lost("alert_webhook") from None  # the cause holds the address, maybe a secret
    if not 200 <= answer.status_code < 300:
        raise _lost("alert_webhook")


def run_command(argv: Sequence[str], stdin: bytes) -> int:
    """Run the operator's command with the alert on its standard input; its exit code."""
    try:
        done = subprocess.run(  # noqa: S603 - the operator's own argv, no shell
            argv, input=stdin, timeout=COMMAND_S, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return 1
    return done.returncode


def _lost(what: str) -> TryLater:
    return TryLater(
        "an alert could not be sent",
        where=f"[sync] {what}",
        hint="try it by hand; it is sent again within a minute",
    )
