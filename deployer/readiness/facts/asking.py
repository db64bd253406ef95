"""Many queries in few calls; a refusal is the Unknown of its own query, never an exception."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

from deployer.errors import OptoutError
from deployer.model.facts import Fact, Known, Unknown
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import query_request

T = TypeVar("T")
U = TypeVar("U")
Row = Mapping[str, Any]
Rows = tuple[Row, ...]


class Door(Enum):
    """Which of the org's two query interfaces holds an object."""

    REST = "rest"
    TOOLING = "tooling"


def fetch_rows(
    conn: Connection, door: Door, queries: Mapping[str, str], purpose: str
) -> dict[str, Fact[Rows]]:
    """All rows of each query by its name (letters, digits, underscores), five queries a call.

    What is asked under several names, as of Contacts and person accounts, is asked once.
    """
    ask = conn.composite if door is Door.REST else conn.tooling_composite
    asked: dict[str, str] = {}
    for name, soql in queries.items():
        asked.setdefault(soql, name)
    requests = [query_request(name, soql) for soql, name in asked.items()]
    try:
        answers = ask(requests, purpose=purpose)
    except OptoutError as refused:
        return dict.fromkeys(queries, Unknown(reason_of(refused)))
    facts: dict[str, Fact[Rows]] = {
        answer.reference: told(lambda a=answer: tuple(conn.rows_of(a)))  # type: ignore[misc]
        for answer in answers
    }
    return {name: facts[asked[soql]] for name, soql in queries.items()}


def told(look: Callable[[], T]) -> Fact[T]:
    """What a look gives, or why the org would not say."""
    try:
        return Known(look())
    except OptoutError as refused:
        return Unknown(reason_of(refused))


def reason_of(refused: OptoutError) -> str:
    """Why, in our words and the org's code: its own sentence repeats the query, names included."""
    code = f" ({refused.org_code})" if refused.org_code else ""
    return f"{refused.message.partition(': ')[0]}{code}"


def then(fact: Fact[T], make: Callable[[T], U]) -> Fact[U]:
    """The fact made from another; an Unknown stays one, for its reason."""
    return Known(make(fact.value)) if isinstance(fact, Known) else fact
