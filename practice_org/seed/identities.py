"""The seed's logins: the users that programs log in as, each through an app of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from practice_org.login.apps import App, approve_app, digest, register_app, set_password
from practice_org.login.sessions import random_word
from practice_org.org import Org
from practice_org.seed.people import ADMIN_USERNAME

ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class Identity:
    """One login: who, and with which permission sets."""

    name: str
    username: str
    permission_sets: tuple[str, ...] = ()


IDENTITIES = (
    Identity(ADMIN, ADMIN_USERNAME),
    Identity("deployer", "deployer@practice.example.com", ("Deployment",)),
    Identity("auditor", "auditor@practice.example.com", ("Readiness_Audit",)),
    Identity("runner", "runner@practice.example.com", ("Opt_Out_Runner",)),
)


def add_identities(org: Org, users: Mapping[str, str], public_keys: Mapping[str, str]) -> None:
    """Register an app for each identity, open to its own user only; the admin gets a password.

    `public_keys` holds PEM by identity name; without one an app takes no JWT. Client ids and
    secrets are org settings, to be printed again at each start.
    """
    for identity in IDENTITIES:
        user_id = users[identity.username]
        client_id = f"3MVG9practice.{identity.name}.{random_word(org, 40)}"
        secret = random_word(org, 64).replace("_", "0").replace(".", "1")
        org.set_setting(f"client_id:{identity.name}", client_id)
        org.set_setting(f"client_secret:{identity.name}", secret)
        app = App(
            client_id,
            f"Practice {identity.name}",
            digest(secret),
            public_keys.get(identity.name, ""),
            user_id,
        )
        register_app(org, app)
        approve_app(org, client_id, [user_id])
    password = random_word(org, 20)
    set_password(org, users[ADMIN_USERNAME], password)
    org.set_setting("admin_password", password)
    org.set_setting("admin_username", ADMIN_USERNAME)
