"""Which hosts may ever see a token: checked before each request, whatever an answer says."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from deployer.errors import OrgSaidNo

LOGIN_HOST = "login.salesforce.com"
TEST_HOST = "test.salesforce.com"
# Domains only Salesforce can give names in. Source: Salesforce help, "My Domain URL formats".
# The bare salesforce.com family also serves content, so only these two forms are an org's.
_ORG_HOST = re.compile(
    r"(?:[a-z0-9-]+\.)+my\.salesforce\.(?:com|mil)|(?:login|test)\.salesforce\.com"
)
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
# Anything a URL parser and an HTTP library could read differently is refused outright.
_PLAIN_URL = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(?:[/?][!-~]*)?")
_SANDBOX_HOST = re.compile(r".*--.*\.my\.salesforce\.(?:com|mil)|.*\.(?:sandbox|scratch)\.my\..*")


class Loopback(Enum):
    """Whether this machine itself may be the org: only the practice org is."""

    REFUSED = "refused"
    PRACTICE = "practice"


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """Scheme https, a host in lower case, a port."""

    host: str
    port: int = 443

    def __str__(self) -> str:
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return f"https://{shown}" + ("" if self.port == 443 else f":{self.port}")


def origin_of(url: str) -> Origin:
    """The origin of an https URL written plainly.

    Errors: OrgSaidNo for anything else: another scheme, user info, a backslash, a space, a
    control or non-ASCII character, an encoded host, a broken port.
    """
    if not _PLAIN_URL.fullmatch(url) or "\\" in url:
        raise _refusal("that is not a plain https address")
    try:
        parts = urlsplit(url)
        port, host = parts.port, (parts.hostname or "").lower()
    except ValueError as broken:
        raise _refusal("that is not a plain https address") from broken
    if parts.scheme != "https":
        raise _refusal("only https is spoken")
    if not _is_host(host) or port == 0:
        raise _refusal("that is not a host's name")
    return Origin(host, port or 443)


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.split(".")
        # A number at the end is read as an IPv4 address by some libraries (127.1, 0x7f.1).
        last_is_name = not re.fullmatch(r"\d+|0x[0-9a-f]*", labels[-1])
        return len(host) <= 253 and last_is_name and all(map(_LABEL.fullmatch, labels))
    return True


def is_loopback(origin: Origin) -> bool:
    """Whether the origin is this machine, by name or by address."""
    if origin.host == "localhost" or origin.host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(origin.host).is_loopback
    except ValueError:
        return False


def trusted_origin(
    url: str, configured: Origin | None, loopback: Loopback = Loopback.REFUSED
) -> Origin:
    """The origin of a URL that an org's answer or the settings named, if a token may go there.

    The configured one itself is trusted, and Salesforce's own domains on port 443. Errors:
    OrgSaidNo for any other.
    """
    origin = origin_of(url)
    if is_loopback(origin) != (loopback is Loopback.PRACTICE):
        raise _refusal("this machine is no Salesforce org", origin)
    if origin == configured or loopback is Loopback.PRACTICE:
        return origin
    if origin.port == 443 and _ORG_HOST.fullmatch(origin.host):
        return origin
    raise _refusal("that is not a Salesforce host, and not the configured one", origin)


def check_pinned(url: str, pinned: frozenset[Origin]) -> Origin:
    """Errors: OrgSaidNo unless the URL's origin is one this session was opened for."""
    origin = origin_of(url)
    if origin in pinned:
        return origin
    raise _refusal("this session was not opened for that host", origin)


def login_origin(instance: Origin | None) -> Origin:
    """Where logins for this org go: test.salesforce.com for a sandbox's My Domain, else login.

    Source: Salesforce help, "OAuth 2.0 JWT Bearer Flow", aud.
    """
    sandbox = instance is not None and (
        instance.host == TEST_HOST or _SANDBOX_HOST.fullmatch(instance.host)
    )
    return Origin(TEST_HOST if sandbox else LOGIN_HOST)


def _refusal(why: str, origin: Origin | None = None) -> OrgSaidNo:
    return OrgSaidNo(
        f"a request was not sent: {why}",
        where=str(origin) if origin else "",
        hint='check instance_url and login_url: "https://MYDOMAIN.my.salesforce.com" is expected',
    )
