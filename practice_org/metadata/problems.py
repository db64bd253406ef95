"""What a deployment says about its components: problems found, and the rows of the result."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from practice_org.metadata.canonical import Node
from practice_org.metadata.names import decoded


class Severity(Enum):
    """Salesforce's DeployProblemType."""

    ERROR = "Error"
    WARNING = "Warning"
    INFO = "Info"


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about a file, and where in it (1-based; 0 when about the whole)."""

    sentence: str
    line: int = 0
    column: int = 0
    severity: Severity = Severity.ERROR


def at(node: Node, sentence: str) -> Problem:
    """An error at this element.

    Clients append "(line:column)" to the sentence themselves, from the numbers.
    """
    return Problem(sentence, node.line, node.column)


class Effect(Enum):
    """What became of a component."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Message:
    """One row of componentSuccesses or componentFailures (WSDL DeployMessage)."""

    type: str
    full_name: str
    file_name: str
    effect: Effect = Effect.UNCHANGED
    id: str = ""
    problem: Problem | None = None

    @property
    def is_error(self) -> bool:
        """Whether the component failed."""
        return self.problem is not None and self.problem.severity is Severity.ERROR

    def as_json(self, at: str) -> dict[str, Any]:
        """The row in the order and spelling of the WSDL; clients read some keys unasked."""
        row: dict[str, Any] = {
            "changed": self.effect in {Effect.CREATED, Effect.CHANGED, Effect.DELETED},
            "componentType": self.type,
            "created": self.effect is Effect.CREATED,
            "createdDate": at,
            "deleted": self.effect is Effect.DELETED,
            "fileName": self.file_name,
            "fullName": self.full_name,
        }
        if self.id:
            row["id"] = self.id
        if self.problem is not None:
            row["columnNumber"] = self.problem.column or 1
            row["lineNumber"] = self.problem.line or 1
            row["problem"] = self.problem.sentence
            row["problemType"] = self.problem.severity.value
        row["success"] = not self.is_error
        return dict(sorted(row.items()))


def failed(component_type: str, full_name: str, file_name: str, problem: Problem) -> Message:
    """The row of a component that could not be deployed."""
    name = decoded(full_name) if component_type == "Layout" else full_name
    return Message(component_type, name, file_name, problem=problem)
