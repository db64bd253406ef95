"""The Lightning pages of a plan as a Report's parts: rows, table and drawn changes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deployer.layouts import draw_diff
from deployer.model.layouts import Outcome
from deployer.model.plans import PagePlan
from deployer.model.reports import Diff, Table

Told = Iterable[tuple[PagePlan, Outcome]]
"""Pages with what became of them."""


def page_rows(told: Told) -> list[dict[str, Any]]:
    """The machine's rows, one a page."""
    return [_row(page, outcome) for page, outcome in told]


def page_tables(told: Told) -> list[Table]:
    """One table, none where no page was looked at."""
    rows = [
        (page.name, page.object, outcome.value, page.section, page.reason)
        for page, outcome in told
    ]  # fmt: skip
    columns = ("page", "object", "outcome", "section", "why")
    return [Table("Lightning pages", columns, tuple(rows))] if rows else []


def page_diffs(pages: Iterable[PagePlan]) -> list[Diff]:
    """The change of each page that is sent."""
    return [_diff(page) for page in pages if page.changes]


def _row(page: PagePlan, outcome: Outcome) -> dict[str, Any]:
    row: dict[str, Any] = {
        "name": page.name,
        "object": page.object,
        "outcome": outcome.value,
        "reason": page.reason,
        "section": page.section,
    }
    return {**row, "diff": _diff(page).text} if page.changes else row


def _diff(page: PagePlan) -> Diff:
    return draw_diff(f"Lightning page {page.name}", page.before, page.after)
