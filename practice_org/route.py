"""How an endpoint says which requests are its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from practice_org.org import Org
from practice_org.wire import Request, Response


@dataclass(frozen=True, slots=True)
class Call:
    """One request on its way to an endpoint.

    `user_id` is the caller ("" where no session is needed); `parts` holds the named groups of the
    route's pattern.
    """

    org: Org
    request: Request
    user_id: str
    parts: dict[str, str]


Endpoint = Callable[[Call], Response]


@dataclass(frozen=True, slots=True)
class Route:
    """Requests of this method whose path matches `pattern` whole go to `endpoint`.

    With `session` the caller must hold a live session; the SOAP endpoints look for theirs in the
    envelope and say False.
    """

    method: str
    pattern: re.Pattern[str]
    endpoint: Endpoint
    session: bool = True


def route(method: str, pattern: str, endpoint: Endpoint, *, session: bool = True) -> Route:
    """A route; `{v}` in the pattern stands for an API version such as v63.0."""
    return Route(method, re.compile(pattern.replace("{v}", r"v(?P<v>\d+\.0)")), endpoint, session)
