"""A fact is Known or Unknown with the reason; "could not look" never reads as an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Known(Generic[T]):
    """The org answered."""

    value: T


@dataclass(frozen=True, slots=True)
class Unknown:
    """The org would or could not answer; `reason` is a sentence for a person."""

    reason: str


Fact = Known[T] | Unknown
