"""What the facts are about."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Deployed:
    """The last deploy of the field that this machine made: the job, when, which layouts.

    `asked_at` is the org's own time just before (ISO 8601, UTC); `layouts` are Object-Name.
    """

    deploy_id: str
    asked_at: str
    layouts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What the facts are about: the field's API name, and the integration user ("" unknown).

    `unmapped` says why a custom field need not be mapped for lead conversion; "" for no reason.
    `login` is how this look logged in, as the settings spell it; `tracked`: whether the field
    history is to keep who ticked it; `deployed`: what this machine deployed, None for nothing.
    """

    field: str
    runner: str = ""
    unmapped: str = ""
    login: str = ""
    tracked: bool = False
    deployed: Deployed | None = None
