"""Whose certificates are believed: TLS is always checked."""

from __future__ import annotations

import ssl
from functools import cached_property
from pathlib import Path
from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter

from deployer.errors import UsageError


class TrustingAdapter(HTTPAdapter):
    """TLS with the usual authorities and the ones that were added; never without checking."""

    def __init__(self, trust: ssl.SSLContext | None) -> None:
        self._given = trust
        super().__init__()

    @cached_property
    def _trusted(self) -> ssl.SSLContext:
        return self._given or read_trust(None)

    def send(self, *args: Any, **rest: Any) -> requests.Response:
        """As every adapter; the usual authorities take 15 ms to read, so not before they serve."""
        self.poolmanager.connection_pool_kw["ssl_context"] = self._trusted
        return super().send(*args, **rest)

    def close(self) -> None:
        """Close the connections too: urllib3 waits until nothing, no traceback either, has them."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 - iterating the container is refused
                manager.pools[key].close()
        super().close()

    def proxy_manager_for(self, proxy: Any, **rest: Any) -> Any:
        return super().proxy_manager_for(proxy, **rest, ssl_context=self._trusted)


def read_trust(ca_file: Path | None) -> ssl.SSLContext:
    """The usual authorities, and those of the file. Errors: UsageError naming the file."""
    context = ssl.create_default_context(cafile=certifi.where())
    if ca_file is None:
        return context
    try:
        context.load_verify_locations(cafile=ca_file)
    except (OSError, ssl.SSLError) as broken:
        raise UsageError(
            "the CA file cannot be read as PEM certificates",
            where=str(ca_file),
            hint="check ca_file in the settings, or --ca-file",
        ) from broken
    return context
