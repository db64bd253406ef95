"""What a night says of itself: the counts, why something was held, and what to type next."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from deployer.errors import Exit
from deployer.model.reports import Report, Table
from sync.desk import Desk
from sync.night.night import FIRST_RUN, Mode, Outcome, Summary
from sync.schedule import next_due

_SIDES = {
    "salesforce": "to be ticked in the org",
    "people": "to be marked on the people side",
}


def to_report(desk: Desk, summary: Summary, mode: Mode) -> Report:
    """The report of a night; one that did not run has no table."""
    rows = tuple(
        (side, str(summary.planned[side]), str(summary.writes[side]), str(summary.held[side]))
        for side in _SIDES
    )
    table = Table("writes", ("side", "planned", "written", "held"), rows)
    return Report(
        headline=tuple(_lines(desk, summary, mode)),
        tables=(table,) if summary.run_id else (),
        document=to_document(summary),
        exit=Exit.SAID_NO if summary.needs_a_person else Exit.DONE,
        org_id=desk.bound().org_id or None,
    )


def to_document(summary: Summary) -> dict[str, Any]:
    """The night as --json shows it."""
    return {**asdict(summary), "outcome": summary.outcome.value}


def _lines(desk: Desk, summary: Summary, mode: Mode) -> list[str]:
    if summary.outcome is Outcome.DISABLED:
        return ["the nightly sync is off; nothing was done",
                "  next: optout sync enable --by NAME"]  # fmt: skip
    if summary.outcome is Outcome.NOTHING_DUE:
        schedule = desk.sync.schedule
        coming = next_due(schedule, desk.clock.now()).astimezone(schedule.zone)
        return [f"no night is due before {coming:%Y-%m-%d %H:%M %Z}; nothing was done",
                "  --force runs one now"]  # fmt: skip
    dry = "; a dry run writes nothing" if mode is Mode.DRY else ""
    lines = [f"run {summary.run_id}: {summary.outcome.value}{dry}"]
    if not any(summary.planned.values()):
        lines.append("  both sides say the same")
    if mode is Mode.DRY or summary.outcome is Outcome.HELD:
        lines += _shown(desk, summary)
    return lines + _refused(summary) + _others(summary) + _cost(summary) + _next(summary, mode)


def _shown(desk: Desk, summary: Summary) -> list[str]:
    """What a person has to look at."""
    word = "held" if summary.outcome is Outcome.HELD else "would be held"
    lines = [f"  {word}: {why}" for why in summary.why_held]
    lines += [
        f"  {_SIDES[side]}, for example: {', '.join(keys)}"
        for side, keys in summary.sample.items()
        if keys
    ]
    if any(summary.planned.values()):
        lines.append(f"  all of them: {desk.runs / summary.run_id}")
    return lines


def _refused(summary: Summary) -> list[str]:
    if not (summary.newly_quarantined or summary.unknown):
        return []
    told = f"  {summary.newly_quarantined} newly refused, {summary.unknown} of unknown outcome"
    return [told, "  next: optout sync quarantine list; the next night looks at both again"]


def _others(summary: Summary) -> list[str]:
    return [f"  another bulk job was at work, and was left alone: {job}"
            for job in summary.other_jobs]  # fmt: skip


def _cost(summary: Summary) -> list[str]:
    cost = summary.calls
    parts = " + ".join(
        f"{number} {part.replace('_', ' ')}" for part, number in cost.formula.items() if number
    )
    more = [f"{cost.polls} polls", *([f"{cost.refused} refused"] if cost.refused else [])]
    return [f"  {cost.counted} API calls: {parts} + {' + '.join(more)}"]


def _next(summary: Summary, mode: Mode) -> list[str]:
    first = FIRST_RUN in summary.why_held
    if summary.outcome is Outcome.HELD:
        verb = "adopt" if first else "nightly"
        return [f"  next, when that is right: optout sync {verb} --approve {summary.run_id}"]
    if mode is Mode.DRY and any(summary.planned.values()):
        return [f"  next: optout sync {'adopt' if first else 'nightly --force'}"]
    return []
