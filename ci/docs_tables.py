"""Checks, rules, reactions and meters as rows."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from docs_markdown import code

from deployer.model.checks import Check
from deployer.readiness.checks.catalogue import CHECKS as READINESS
from deployer.readiness.checks.package import CHECK_DEPLOY
from deployer.rules import RULES, Rule
from sync import reaction_table
from sync.checks.catalogue import CHECKS as SYNC
from sync.reaction_table import Pace, Reaction, Row
from sync.serve.metrics import Meters, make_meters

_CHECKS = {"readiness": (*READINESS, CHECK_DEPLOY), "sync": SYNC}


def check_rows(which: str) -> list[Check]:
    """The checks of `optout readiness` or of `optout sync status`, by id."""
    return sorted(_CHECKS[which], key=lambda check: check.id)


def rule_groups() -> list[tuple[str, list[tuple[str, str, str, str, str]]]]:
    """For each type of metadata its rules: id, severity, question, fix, source.

    A rule that is asked of several types stands once, under all their names.
    """
    types: dict[str, list[str]] = {}
    for rule in RULES:
        types.setdefault(rule.id, []).append(rule.root)
    groups: dict[str, dict[str, Rule]] = {}
    for rule in RULES:
        groups.setdefault(", ".join(types[rule.id]), {})[rule.id] = rule
    return [
        (names, [(code(r.id), r.severity.value, r.question, r.fix, r.source)
                 for r in rules.values()])
        for names, rules in groups.items()
    ]  # fmt: skip


def reaction_rows() -> dict[str, Any]:
    """`reactions`: each word with what it does; `rows`: each code, in the order they are tried."""
    rows = [_reaction(row) for row in (*reaction_table.ROWS, reaction_table.UNKNOWN)]
    return {"reactions": [(code(each.name), each.value) for each in Reaction], "rows": rows}


def _reaction(row: Row) -> tuple[str, ...]:
    then = row.after(row.pace.attempts) if row.pace.attempts else row.reaction
    ends = f", then {code(then.name)}" if then is not row.reaction else ""
    share = (
        f"; {code(Reaction.STOP.name)} when {row.stop_share:.0%} of a call's rows are refused so"
        if row.stop_share
        else ""
    )
    said = f" that says {code(row.pattern)}" if row.pattern else ""
    level = f" ({row.level.value})" if row.level else ""
    return (
        f"{code(row.code) or 'any other'}{level}{said}",
        f"{code(row.reaction.name)}{_pace(row.pace)}{ends}{share}",
        row.sentence,
        row.hint,
        row.source,
    )


def _pace(pace: Pace) -> str:
    if not pace.longest_s:
        return ""
    times = f"{pace.attempts} times" if pace.attempts else "without end"
    apart = f"{pace.first_s:g} s" if pace.first_s == pace.longest_s else (
        f"{pace.first_s:g} s to {pace.longest_s:g} s"
    )  # fmt: skip
    return f", {times}, {apart} apart"


def meter_rows() -> list[tuple[str, str, str, str]]:
    """Each meter: name as scraped, type, labels, what it is."""
    meters = make_meters()
    single = [getattr(meters, each.name) for each in fields(Meters)]
    found = [each for each in single if hasattr(each, "describe")]
    return [_meter(each) for each in (*found, *meters.gauges.values())]


def _meter(meter: Any) -> tuple[str, str, str, str]:
    told = meter.describe()[0]
    # The library shows the labels of a meter only once something was counted under one.
    labels = ", ".join(code(name) for name in meter._labelnames)  # noqa: SLF001
    name = f"{told.name}_total" if told.type == "counter" else told.name
    return code(name), told.type, labels, told.documentation
