"""Log in, look where we are, and hand out a client; the one way to get one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

from deployer.clock import Clock
from deployer.errors import LoginRefused, OrgSaidNo
from deployer.model.org import SCHEMA_API_VERSION
from deployer.salesforce.answers import bad_answer, flag, mapping, rows, text, text_or
from deployer.salesforce.client import Connection, Writer
from deployer.salesforce.composite import Answer, GetRequest
from deployer.salesforce.hosts import trusted_origin
from deployer.salesforce.identity import OrgIdentity
from deployer.salesforce.login import Login, Place, Token, TokenLogin, fetch_token
from deployer.salesforce.session import OrgSession

__all__ = [
    "Answer",
    "Connection",
    "Expected",
    "GetRequest",
    "OrgIdentity",
    "Reader",
    "Writer",
    "connect",
    "connect_writer",
    "describe_org",
]

Reader = Connection
_VERSION = re.compile(r"\d{1,3}\.\d")


@dataclass(frozen=True, slots=True)
class Expected:
    """What the settings say of the org: "" and None where they say nothing.

    `org_id` has 18 characters; `production` is what Organization.IsSandbox is not.
    """

    org_id: str = ""
    production: bool | None = None


_ANY = Expected()


def connect(
    login: Login, place: Place, session: OrgSession, clock: Clock, expected: Expected = _ANY
) -> Connection:
    """Log in and look where we are; the client can only read.

    Errors: LoginRefused; OrgSaidNo naming both when it is another org than expected.
    """
    return _opened(Connection, (login, place, session, clock), expected)


def connect_writer(
    login: Login, place: Place, session: OrgSession, clock: Clock, expected: Expected = _ANY
) -> Writer:
    """As `connect`, for a client that may change things."""
    return _opened(Writer, (login, place, session, clock), expected)


C = TypeVar("C", bound=Connection)


def _opened(kind: type[C], means: tuple[Login, Place, OrgSession, Clock], expected: Expected) -> C:
    login, place, session, clock = means

    def renew() -> Token:
        if isinstance(login, TokenLogin):
            raise LoginRefused(
                "the access token is no longer good, and it cannot be renewed",
                where=str(place.instance),
                hint='give a new token, or configure login = "jwt"',
            )
        return trusted_token()

    def trusted_token() -> Token:
        token = fetch_token(login, place, session, clock)
        session.pin(trusted_origin(token.instance_url, place.instance, place.loopback))
        return token

    connection = kind(session, renew, trusted_token())
    connection.version = _fetch_version(connection)
    connection.org = _fetch_identity(connection)
    _check(connection.org, expected)
    return connection


def _check(found: OrgIdentity, expected: Expected) -> None:
    if expected.org_id and found.org_id != expected.org_id:
        raise OrgSaidNo(
            f"this login leads to org {found.org_id}, but the settings say {expected.org_id}",
            where=found.instance_url,
            hint="correct org_id if this is the org you mean, else the identity's login",
        )
    if expected.production is not None and expected.production == found.is_sandbox:
        kind = "sandbox" if found.is_sandbox else "production org"
        said = str(expected.production).lower()
        raise OrgSaidNo(
            f"org {found.org_id} is a {kind}, but the settings say production = {said}",
            where=found.instance_url,
            hint="correct production if this is the org you mean, else instance_url and the login",
        )


def _fetch_version(connection: Connection) -> str:
    """63.0, or the org's newest if that is older. Source: REST API Developer Guide, "Versions"."""
    offered = rows(connection.get_json("/services/data", purpose="versions"), "versions")
    numbers = [text(row, "version") for row in offered]
    if not numbers or not all(map(_VERSION.fullmatch, numbers)):
        raise bad_answer("no API version is offered")
    return min(SCHEMA_API_VERSION, max(numbers, key=float), key=float)


def _fetch_identity(connection: Connection) -> OrgIdentity:
    info = mapping(connection.get_json("/services/oauth2/userinfo", purpose="who am I"), "userinfo")
    found = connection.query(
        "SELECT Id, Name, IsSandbox, InstanceName FROM Organization", purpose="which org"
    )
    if not found:
        raise bad_answer("the org shows no Organization row")
    return OrgIdentity(
        org_id=text(found[0], "Id"),
        name=text_or(found[0], "Name"),
        is_sandbox=flag(found[0], "IsSandbox"),
        instance_name=text_or(found[0], "InstanceName"),
        username=text(info, "preferred_username"),
        user_id=text(info, "user_id"),
        instance_url=connection.org.instance_url,
        api_version=connection.version,
    )


def describe_org(connection: Connection) -> str:
    """The first line of every command that talks to an org; for the screen, never for a log."""
    org = connection.org
    kind = "sandbox" if org.is_sandbox else "PRODUCTION"
    return f"org {org.name} ({kind}, {org.org_id}), user {org.username}, API {org.api_version}"
