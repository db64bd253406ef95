"""A Report as GitHub-flavoured Markdown that fits a job summary.

Source: GitHub, "Adding a job summary": a step's summary holds at most 1 MiB, else none of it is
shown. CommonMark, 2.4: any ASCII punctuation may stand behind a backslash.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape

from deployer.model.findings import Finding, Severity
from deployer.model.reports import Diff, Report
from deployer.reporting.formats import cases_of, on_one_line, safe

# Half of what a step may hold, so that a plan and a look at readiness fit into one.
MOST_BYTES = 512 * 1024
MOST_ROWS = 500
_MOST_CELL = 2000
# What is markup anywhere, and what is only where a text begins.
_ACTIVE = re.compile(r"[\\`*_\[\]<>#|~&!$]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_FIRST = re.compile(r"\A(\d*)([-+=:.)])")
_AT = "@<!-- -->"
_ORDER = {severity: place for place, severity in enumerate(Severity)}
_FENCE = re.compile("`+")
_COLUMNS = ("outcome", "check", "where", "what was found", "next")


@dataclass(frozen=True, slots=True)
class _Block:
    """A part of the page; `name` is what is said where there is no room for it."""

    name: str
    text: str


def to_markdown(report: Report, name: str) -> str:
    """The verdict, what to do next, findings, tables, diffs, and all that was looked at.

    What has no room is left out, least important first, and named at the end. No text of an org's
    making is markup, links anywhere, mentions anybody or turns the order of the page round.
    """
    kept, left = [], []
    room = MOST_BYTES
    for block in _blocks(report, name):
        size = len(block.text.encode())
        if size > room:
            left.append(block.name)
        else:
            kept.append(block.text)
            room -= size
    if left:
        shown = ", ".join(left[:20]) + (f" and {len(left) - 20} more" if left[20:] else "")
        kept.append(f"Left out for want of room: {shown}\n")
    return "\n".join(kept) + "\n"


def _blocks(report: Report, name: str) -> Iterator[_Block]:
    yield _Block("the verdict", f"### {_text(name)}\n{_verdict(report)}")
    if report.steps:
        steps = (f"{n}. {_text(step)}\n" for n, step in enumerate(report.steps, 1))
        yield _Block("what to do next", f"What to do next:\n\n{''.join(steps)}")
    if report.headline:
        yield _Block("the summary", "".join(f"- {_text(line)}\n" for line in report.headline))
    if report.findings:
        worst_first = sorted(report.findings, key=lambda each: _ORDER[each.severity])
        yield _Block("the findings", _table("Findings", _COLUMNS, map(_row, worst_first)))
    for table in report.tables:
        if table.rows:
            yield _Block(_text(table.title), _table(table.title, table.columns, table.rows))
    for diff in report.diffs:
        yield _Block(f"the diff of {_text(diff.name)}", _fenced(diff))
    if report.cases:
        cases = cases_of(report)
        rows = _table("", _COLUMNS, map(_row, cases))
        yield _Block("all that was looked at", _folded(f"All {len(cases)} looked at", rows))


def _verdict(report: Report) -> str:
    """The command's own words; where it has none, how many failed, if any did."""
    if report.verdict:
        return f"\n**{_text(report.verdict)}**\n"
    failed = sum(case.severity in report.fails_on for case in cases_of(report))
    return f"\n**{failed} failed**\n" if failed else ""


def _row(case: Finding) -> tuple[str, ...]:
    return (case.severity.value, case.rule, case.where, case.what, case.fix)


def _table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    given = list(rows)
    shown = [tuple(map(_text, row)) for row in (columns, *given[:MOST_ROWS])]
    lines = [shown[0], ("---",) * len(columns), *shown[1:]]
    head = f"**{_text(title)}**\n\n" if title else ""
    more = f"\nand {len(given) - MOST_ROWS} more\n" if given[MOST_ROWS:] else ""
    return head + "".join(f"| {' | '.join(line)} |\n" for line in lines) + more


def _fenced(diff: Diff) -> str:
    """A diff as it is, between fences longer than any in it."""
    body = safe(diff.text)
    fence = "`" * max(3, 1 + max(map(len, _FENCE.findall(body)), default=0))
    return _folded(diff.name, f"{fence}diff\n{body}{fence}\n")


def _folded(title: str, body: str) -> str:
    """Folded away; the title is in HTML, where a backslash would be shown."""
    shown = escape(on_one_line(title)).replace("@", _AT)
    return f"<details>\n<summary>{shown}</summary>\n\n{body}\n</details>\n"


def _text(text: str) -> str:
    """The text on one line, all of it text; an empty comment keeps a name from being mentioned."""
    line = on_one_line(text)
    cut = line if len(line) <= _MOST_CELL else f"{line[:_MOST_CELL]}..."
    return _FIRST.sub(r"\1\\\2", _ACTIVE.sub(r"\\\g<0>", cut)).replace("@", _AT)
