"""Who asks, through which API, and where rows without a table come from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from practice_org.objects import Api
from practice_org.org import Org
from practice_org.soql.query import Query


class Deleted(Enum):
    """Whether rows in the recycle bin are part of the answer (queryAll) or not (query)."""

    LEFT_OUT = "query"
    KEPT = "queryAll"


Provider = Callable[[Org, str, Query], Iterable[Mapping[str, object]]]
Detail = Callable[[Org, str], Any]


@dataclass(frozen=True, slots=True)
class Context:
    """What a query runs in.

    `providers` gives the rows of virtual objects by object name, for (org, user id, query);
    `detail` gives a component's Metadata as JSON, for (org, component id).
    """

    org: Org
    user_id: str
    api: Api
    version: float
    providers: Mapping[str, Provider]
    detail: Detail
    deleted: Deleted = Deleted.LEFT_OUT
