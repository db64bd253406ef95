"""What changes nothing in the org is asked again while that may help; nothing else ever is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import stamina
import structlog
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from deployer.errors import OptoutError, Reaction

ATTEMPTS = 4
T = TypeVar("T")
log = structlog.get_logger()


def _tell_retry(details: RetryDetails) -> None:
    log.warning("asking again", because=str(details.caused_by), in_s=round(details.wait_for, 1))


# In place of stamina's own words, which print the arguments of the call.
set_on_retry_hooks([_tell_retry])


def repeat(send: Callable[[], T], attempts: int) -> T:
    """Send a request that changes nothing, up to `attempts` times while it may help."""
    for attempt in stamina.retry_context(
        on=_worth_repeating, attempts=attempts, wait_initial=0.5, wait_max=8.0, timeout=120.0
    ):
        with attempt:
            return send()
    raise AssertionError  # pragma: no cover - the loop returns or raises


def _worth_repeating(problem: Exception) -> bool:
    return isinstance(problem, OptoutError) and problem.reaction is Reaction.RETRY
