"""/metrics: what was taken, what was applied, and how old the oldest unapplied opt-out is."""

from __future__ import annotations

from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from sync.status import Status

_OUTCOMES = ("done", "held", "failed")


@dataclass(frozen=True, slots=True)
class Meters:
    """One process's meters, in a registry of their own."""

    registry: CollectorRegistry
    accepted: Counter
    duplicates: Counter
    refused: Counter
    applied: Counter
    problems: Counter
    drain_seconds: Histogram
    gauges: dict[str, Gauge] = field(repr=False)


def make_meters() -> Meters:
    """New meters, all at zero."""
    registry = CollectorRegistry()

    def counter(name: str, what: str, *labels: str) -> Counter:
        return Counter(f"optout_{name}", what, labels, registry=registry)

    def gauge(name: str, what: str, *labels: str) -> Gauge:
        return Gauge(f"optout_{name}", what, labels, registry=registry)

    return Meters(
        registry=registry,
        accepted=counter("accepted", "Opt-outs taken."),
        duplicates=counter("duplicates", "Deliveries of an opt-out that was taken before."),
        refused=counter("refused", "Deliveries not taken, by HTTP status.", "status"),
        applied=counter("applied", "Targets told what became of them, by side.", "side"),
        problems=counter("problems", "What stopped a side during a drain, by code.", "code"),
        drain_seconds=Histogram(
            "optout_drain_seconds", "How long a drain took.", registry=registry
        ),
        gauges={
            "open": gauge("open", "Opt-outs and targets that are to be applied."),
            "waiting": gauge("waiting", "Targets that wait for a Salesforce Id."),
            "quarantined": gauge("quarantined", "Targets that were refused."),
            "oldest": gauge("oldest_unapplied_seconds", "Age of the oldest unapplied opt-out."),
            "workers": gauge("workers", "Workers heard from in the last 90 seconds."),
            "outcome": gauge("last_run_outcome", "1 for how the last run ended.", "outcome"),
        },
    )


def write_out(meters: Meters, status: Status, workers: int = 0) -> bytes:
    """The text that Prometheus reads, gauges as of this status; `workers` are those alive."""
    gauges = meters.gauges
    gauges["open"].set(status.backlog)
    gauges["waiting"].set(status.waiting)
    gauges["quarantined"].set(status.quarantine)
    gauges["oldest"].set(status.oldest_unapplied_seconds or 0)
    gauges["workers"].set(workers)
    ended = status.last_run.outcome if status.last_run else ""
    for outcome in _OUTCOMES:
        gauges["outcome"].labels(outcome).set(float(outcome == ended))
    return generate_latest(meters.registry)
