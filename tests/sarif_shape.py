"""What SARIF 2.1.0 says of the objects a report uses; anything else in one of them is refused.

Source: OASIS, sarif-schema-2.1.0.json: types, required properties, allowed values, minimums; no
object allows further properties. And GitHub's own demands, marked so.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LEVELS = {"none", "note", "warning", "error"}
URI_REFERENCE = re.compile(r"(?:[\w\-.~!$&'()*+,;=:@/?#]|%[0-9A-F]{2})+", re.ASCII)
Holds = Callable[[Any], bool]


@dataclass(frozen=True)
class Shape:
    """An object: the shape or test of each property it may have, and those it must have."""

    may: dict[str, Shape | list[Shape] | Holds]
    must: frozenset[str] = frozenset()


def text(value: Any) -> bool:
    return isinstance(value, str)


def whole(least: int) -> Holds:
    return lambda value: type(value) is int and value >= least


MESSAGE = Shape({"text": lambda value: text(value) and value != ""}, frozenset({"text"}))
REGION = Shape(
    {"startLine": whole(1), "startColumn": whole(1)},
    frozenset({"startLine"}),  # GitHub
)
PLACE = Shape(
    {
        "artifactLocation": Shape(
            {"uri": lambda value: bool(URI_REFERENCE.fullmatch(value))}, frozenset({"uri"})
        ),
        "region": REGION,
    },
    frozenset({"artifactLocation", "region"}),
)
RESULT = Shape(
    {
        "ruleId": text,
        "ruleIndex": whole(-1),
        "level": LEVELS.__contains__,
        "message": MESSAGE,
        "locations": [Shape({"physicalLocation": PLACE})],
    },
    frozenset({"message", "ruleId"}),
)
RULE = Shape(
    {
        "id": text,
        "shortDescription": MESSAGE,
        "fullDescription": MESSAGE,
        "help": MESSAGE,
        "defaultConfiguration": Shape({"level": LEVELS.__contains__}),
    },
    frozenset({"id", "shortDescription", "fullDescription", "help"}),  # GitHub
)
NOTIFICATION = Shape({"level": LEVELS.__contains__, "message": MESSAGE}, frozenset({"message"}))
INVOCATION = Shape(
    {
        "executionSuccessful": lambda value: isinstance(value, bool),
        "exitCode": whole(0),
        "toolExecutionNotifications": [NOTIFICATION],
    },
    frozenset({"executionSuccessful"}),
)
RUN = Shape(
    {
        "tool": Shape(
            {"driver": Shape({"name": text, "rules": [RULE]}, frozenset({"name"}))},
            frozenset({"driver"}),
        ),
        "invocations": [INVOCATION],
        "columnKind": {"utf16CodeUnits", "unicodeCodePoints"}.__contains__,
        "results": [RESULT],
    },
    frozenset({"tool", "results"}),
)
LOG = Shape(
    {
        "$schema": lambda value: value.startswith("https://docs.oasis-open.org/sarif/"),
        "version": lambda value: value == "2.1.0",
        "runs": [RUN],
    },
    frozenset({"version", "runs"}),
)


def misshapen(value: Any, shape: Shape = LOG, where: str = "$") -> list[str]:
    """The paths at which the document is not what the schema says; empty when it is."""
    if not isinstance(value, dict):
        return [where]
    wrong = [f"{where}.{name} is missing" for name in sorted(shape.must - value.keys())]
    wrong += [f"{where}.{name} is unknown" for name in sorted(value.keys() - shape.may.keys())]
    for name in value.keys() & shape.may.keys():
        wrong += _wrong(value[name], shape.may[name], f"{where}.{name}")
    return wrong


def _wrong(value: Any, wanted: Shape | list[Shape] | Holds, where: str) -> list[str]:
    if isinstance(wanted, Shape):
        return misshapen(value, wanted, where)
    if isinstance(wanted, list):
        if not isinstance(value, list):
            return [where]
        found = (misshapen(each, wanted[0], f"{where}[{n}]") for n, each in enumerate(value))
        return [line for lines in found for line in lines]
    return [] if wanted(value) else [where]
