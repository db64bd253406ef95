"""The round that tells somebody of what is newly wrong, where the settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sync.desk import Desk
    from sync.serve.loop import Round


def alerting(desk: Desk) -> Round:
    """A round of alerts over a session of its own. Errors: UsageError for a wrong outlet."""
    import requests

    from sync.checks.gathering import read_facts
    from sync.serve.rounds import alert_round
    from sync.serve.sending import read_outlets, run_command, send_alerts

    outlets = read_outlets(desk.settings.file)
    session = desk.opened.enter_context(requests.Session())
    session.trust_env = False
    return alert_round(
        desk,
        lambda: read_facts(desk),
        lambda found: send_alerts(outlets, found, run_command, session),
    )
