"""Many queries in few calls; a refusal is the Unknown of its own query, never an exception."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from typing import Any, TypeVar

from deployer.errors import OptoutError
from deployer.model.checks import Facts
from deployer.model.facts import Fact, Known, Unknown
from deployer.salesforce.answers import bad_answer, flag, mapping, rows, text
from deployer.salesforce.client import Connection
from deployer.salesforce.composite import Answer, query_request

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
    """All rows of each query by its name (letters, digits, underscores), five queries a call."""
    ask = conn.composite if door is Door.REST else conn.tooling_composite
    requests = [query_request(name, soql) for name, soql in queries.items()]
    try:
        answers = ask(requests, purpose=purpose)
    except OptoutError as refused:
        return dict.fromkeys(queries, Unknown(reason_of(refused)))
    return {answer.reference: told(lambda a=answer: _all_rows(conn, a)) for answer in answers}  # type: ignore[misc]


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


def value(facts: Facts, name: str, kind: type[T]) -> T:
    """A fact that the check's `needs` name, so that it is known.

    Errors: TypeError when it is another thing or missing, which is a mistake of this program.
    """
    fact = facts[name]
    if isinstance(fact, Known) and isinstance(fact.value, kind):
        return fact.value
    raise TypeError(f"fact {name} is {fact!r}, not a known {kind.__name__}")


def _all_rows(conn: Connection, answer: Answer) -> Rows:
    if answer.error is not None:
        raise answer.error
    page = mapping(answer.body, "the query's answer")
    found: list[Row] = []
    while True:
        if "records" not in page:
            raise bad_answer("records is missing")
        found += rows(page["records"], "records")
        if flag(page, "done"):
            return tuple(found)
        more = conn.get_json(text(page, "nextRecordsUrl"), purpose="next page")
        page = mapping(more, "the query's answer")
