"""From a configured org and a role to a logged-in client: where secrets are opened."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path

import structlog

from deployer.clock import Clock
from deployer.errors import UsageError
from deployer.salesforce.connection import Connection, Expected, connect, connect_writer
from deployer.salesforce.hosts import Loopback, Origin, is_loopback, origin_of, trusted_origin
from deployer.salesforce.login import (
    ClientCredentialsLogin,
    JwtLogin,
    Login,
    Place,
    RefreshLogin,
    SoapLogin,
    TokenLogin,
    read_sfdx_url,
)
from deployer.salesforce.practice import practice_org
from deployer.salesforce.rotation import RotatedTokens, rotated_file
from deployer.salesforce.session import OrgSession
from deployer.settings.key_places import Keeper, KeyPlace, key_warning, read_secret
from deployer.settings.loading import Settings
from deployer.settings.org_tables import PRACTICE, Identity, LoginKind, OrgSettings, Role
from deployer.settings.own_orgs import rotated_entry
from deployer.settings.secret import Secret

log = structlog.get_logger()

# Source: Salesforce help, "My Domain URL Formats": lightning pages, Setup.
_PAGES = re.compile(
    r"(?P<org>[a-z0-9-]+(?:\.[a-z]+)?)\.(?:lightning\.force|my\.salesforce-setup)\.com"
)


class Access(Enum):
    """What the client can do by construction."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True)
class Way:
    """Everything a login needs, and what the org is expected to be.

    `stands_in` is true when the deployer's identity was taken for a role that has none.
    """

    login: Login
    place: Place
    ca_file: Path | None
    expected: Expected
    stands_in: bool = False


@contextmanager
def open_org(
    settings: Settings, name: str, role: Role, access: Access, clock: Clock
) -> Iterator[Connection]:
    """Log in to the org by its name; a Writer when `access` is WRITE.

    `practice` is the practice org, started for the block when none runs. Errors: UsageError about
    the settings; LoginRefused; OrgSaidNo when it is another org, or kind of org, than configured.
    """
    with find_way(settings, name, role, clock) as way:
        session = OrgSession(clock, loopback=way.place.loopback, ca_file=way.ca_file)
        opened = connect_writer if access is Access.WRITE else connect
        try:
            yield opened(way.login, way.place, session, clock, way.expected)
        finally:
            session.close()


@contextmanager
def find_way(settings: Settings, name: str, role: Role, clock: Clock) -> Iterator[Way]:
    """How to log in to this org in this role. Errors: UsageError."""
    if name != PRACTICE:
        yield _configured_way(settings, settings.orgs[name], role)
        return
    data = settings.resolve()["practice_data"].value or settings.home / "practice-org"
    with practice_org(data, clock) as org:
        identity = org.identities[role]
        key = read_secret(KeyPlace("key", Keeper.FILE, str(identity.jwt_key_file)), {})
        place = Place(
            instance=trusted_origin(org.https_url, None, Loopback.PRACTICE),
            loopback=Loopback.PRACTICE,
        )
        login = JwtLogin(identity.client_id, identity.username, key)
        yield Way(login, place, org.ca_file, Expected(org.org_id))


def _configured_way(settings: Settings, org: OrgSettings, role: Role) -> Way:
    identity = org.identity(role)
    secrets = {}
    for name, key in identity.secrets.items():
        secrets[name] = read_secret(key, settings.environ)
        if warning := key_warning(key):
            log.warning(warning)
    rotated = partial(rotated_file, settings.home, org.name, identity.role)
    login, url = to_login(identity, secrets, rotated)
    place = to_place(url or org.instance_url, identity.plain.get("login_url", ""))
    ca_file = org.ca_file or settings.resolve()["ca_file"].value
    expected = Expected(org.org_id, org.production)
    return Way(login, place, ca_file, expected, stands_in=identity.role is not role)


def to_origin(url: str) -> Origin | None:
    """The origin of a configured address, trusted as it stands; None for "".

    Errors: OrgSaidNo when it is not a plain https address; UsageError for a page's address.
    """
    if not url:
        return None
    origin = origin_of(url)
    if page := _PAGES.fullmatch(origin.host):
        raise UsageError(
            "that is where the browser shows the org's pages, not the org's own address",
            where=str(origin),
            hint=f"give https://{page['org']}.my.salesforce.com instead",
        )
    return origin


def to_place(instance_url: str, login_url: str) -> Place:
    """Where a configured org is. Whoever configures this machine means a practice org."""
    instance, login = to_origin(instance_url), to_origin(login_url)
    here = [origin for origin in (instance, login) if origin and is_loopback(origin)]
    return Place(instance, login, Loopback.PRACTICE if here else Loopback.REFUSED)


def to_login(
    identity: Identity, secrets: dict[str, Secret], rotated: Callable[[Secret], Path]
) -> tuple[Login, str]:
    """The login of this identity, and the instance URL when the secret itself names it.

    `rotated` says where what becomes of a configured refresh token is kept.
    """
    plain, kind = identity.plain, identity.login
    none = Secret("")
    if kind is LoginKind.SFDX_URL:
        client_id, client_secret, refresh, url = read_sfdx_url(secrets["url"])
        store = RotatedTokens(refresh, rotated(refresh), _rotated_entry(identity, "url"))
        return RefreshLogin(client_id, client_secret, store), url
    makers: dict[LoginKind, Callable[[], Login]] = {
        LoginKind.JWT: lambda: JwtLogin(plain["client_id"], plain["username"], secrets["key"]),
        LoginKind.CLIENT_CREDENTIALS: lambda: ClientCredentialsLogin(
            plain["client_id"], secrets["client_secret"]
        ),
        LoginKind.TOKEN: lambda: TokenLogin(secrets["token"]),
        LoginKind.WEB: lambda: RefreshLogin(
            plain["client_id"],
            secrets.get("client_secret", none),
            RotatedTokens(
                secrets["refresh_token"],
                rotated(secrets["refresh_token"]),
                _rotated_entry(identity, "refresh_token"),
            ),
        ),
        LoginKind.SOAP: lambda: SoapLogin(
            plain["username"], secrets["password"], secrets.get("security_token", none)
        ),
    }
    return makers[kind](), ""


def _rotated_entry(identity: Identity, secret: str) -> str:
    """Where the newest token is kept: a login whose first token is in the keyring stays there."""
    key = identity.secrets[secret]
    return rotated_entry(key.where) if key.keeper is Keeper.KEYRING else ""
