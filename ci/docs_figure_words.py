"""A row of the benchmark in words: cells of a table, and what a bar of its picture says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

LIMIT = "limit"
"""The name under which a row has what was promised, and not another tool."""

Measured = Mapping[str, Any]
"""A row as `ci/bench --json` writes it, or one of its peers."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What one tool took to ours: 3 is three times as much; None has not done it.

    `says` is the bar in words. Where ours is 0, or below it as the exponent of
    what shrinks, the bar is as long as if it were 1.
    """

    says: str
    times: float | None


def letter_of(name: str) -> str:
    return name.partition(" ")[0]


def title_of(name: str) -> str:
    return name.partition(" ")[2]


def row_lines(row: Measured) -> Iterator[tuple[str, ...]]:
    """A row in words, a line for each tool: what, tool, figure, ratio, goal, and whether it is met.

    What is about the row stands in the line of ours, which is the first.
    """
    met = "yes" if row["met"] else "no"
    ours = _figure(row["ours"], row["unit"], row["ours_note"])
    yield (_plain(title_of(row["row"])), "optout", ours, ratio_words(row), goal_words(row), met)
    for peer in row["peers"]:
        if peer["name"] != LIMIT:
            figure = _figure(peer["value"], row["unit"], peer["note"])
            yield ("", _plain(named(peer)), figure, "", "", "")


def notes_once(rows: Sequence[Measured]) -> Iterator[Measured]:
    """The rows of one table: what is about a tool in every row stands in the first of them."""
    said: set[tuple[str, str]] = set()

    def fresh(tool: str, note: str) -> str:
        is_new = (tool, note) not in said
        said.add((tool, note))
        return note if is_new else ""

    for row in rows:
        peers = [{**peer, "note": fresh(peer["name"], peer["note"])} for peer in row["peers"]]
        yield {**row, "ours_note": fresh("", row["ours_note"]), "peers": peers}


def goal_words(row: Measured) -> str:
    """What the row was to be: a limit of its own, or so many times what the best other took."""
    for peer in row["peers"]:
        if peer["name"] == LIMIT:
            return f"at most {amount(peer['value'], row['unit'])}"
    if row["goal"] == 1:
        return "no more than the best"
    return f"at most {number(row['goal'])} times the best"


def amount(value: float | None, unit: str) -> str:
    """A figure for a person; a side that has none has not done it."""
    return "not done" if value is None else f"{number(value)} {unit}"


def number(value: float) -> str:
    """Three digits, or all of a whole number."""
    if value == float("inf"):
        return "∞"
    if value == int(value) or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def named(peer: Measured) -> str:
    return f"{peer['name']} {peer['version']}".strip()


def bars_of(row: Measured) -> Iterator[Bar]:
    """A bar for each other tool, and for a limit where there is one."""
    for peer in row["peers"]:
        name = "the limit" if peer["name"] == LIMIT else named(peer)
        value, ours = peer["value"], row["ours"]
        if value is None:
            yield Bar(f"{name}: not done", None)
        elif ours <= 0:
            told = f"{name}: {amount(value, row['unit'])}, ours {number(ours) if ours else 'none'}"
            yield Bar(told, value or 1.0)
        else:
            times = value / ours
            told = f"{name}: {number(times)} times ours, {amount(value, row['unit'])}"
            yield Bar(f"{told} to {number(ours)}", times)


def alt_text(rows: Sequence[Measured]) -> str:
    """The picture in words, for who does not see it: every number that it shows."""
    told = (
        f"{title_of(row['row'])}: {'; '.join(bar.says for bar in bars_of(row))}" for row in rows
    )
    return f"Bars, each the figure of another tool to ours. {'. '.join(told)}."


def ratio_words(row: Measured) -> str:
    """How many times as much ours took, with the least and the most of a round."""
    if not row["ours"] and row["met"]:
        return "none at all"
    least, most = number(row["low"]), number(row["high"])
    return number(row["ratio"]) + (f" ({least} to {most})" if least != most else "")


def _figure(value: float | None, unit: str, note: str) -> str:
    return amount(value, unit) + (f" ({_plain(note)})" if note else "")


def _plain(text: str) -> str:
    """Options as code: two hyphens would become one dash."""
    return re.sub(r"(?<!\S)--[\w-]+", r"`\g<0>`", text)
