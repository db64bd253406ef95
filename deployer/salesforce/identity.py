"""Which org it is, and as whom it is used."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OrgIdentity:
    """Which org this is and as whom we talk to it; `org_id` and `user_id` have 18 characters."""

    org_id: str
    name: str
    is_sandbox: bool
    instance_name: str
    username: str
    user_id: str
    instance_url: str
    api_version: str
