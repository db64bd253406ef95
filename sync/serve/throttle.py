"""How often one address may fail to prove itself before it is told to slow down.

Only failures count: who proves itself is never held up, from whatever address it comes.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from deployer.errors import TryLater

BURST = 20.0
A_SECOND = 0.5
MOST_ADDRESSES = 10_000


class TooManyFailures(TryLater):
    """The address has failed too often of late."""

    http_status = 429
    code = "too-many-failures"

    def __init__(self) -> None:
        super().__init__(
            "too many deliveries from this address were not authentic",
            where="headers",
            hint="compare the sender's secret with the one under [sync.senders.NAME]",
        )


@dataclass(slots=True)
class Throttle:
    """A token bucket for each address; the longest unseen are forgotten."""

    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)

    def count_failure(self, address: str, now_s: float) -> None:
        """One failure more. Errors: TooManyFailures when that is too many."""
        tokens, at = self._buckets.pop(address, (BURST, now_s))
        tokens = min(BURST, tokens + (now_s - at) * A_SECOND)
        self._buckets[address] = (max(0.0, tokens - 1), now_s)
        if len(self._buckets) > MOST_ADDRESSES:
            self._buckets.popitem(last=False)
        if tokens < 1:
            raise TooManyFailures
