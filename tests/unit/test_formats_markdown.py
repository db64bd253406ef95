"""A report as a job summary: what it shows, what it leaves out, and that every text stays text."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hostile import ANYTHING, NAMES
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from deployer.errors import LoginRefused
from deployer.model.findings import Finding, Severity
from deployer.model.reports import Diff, Report, Table
from deployer.reporting.formats import on_one_line, stopped_by
from deployer.reporting.markdown import MOST_BYTES, MOST_ROWS, to_markdown

OURS = {"h3", "p", "strong", "ol", "li", "ul", "table", "thead", "tbody", "tr", "th", "td",
        "details", "summary", "pre", "code"}  # fmt: skip


class Page(HTMLParser):
    """What a page shows: the tags met, and the texts of each tag."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, _attrs):
        self.tags.add(tag)
        self._open.append(tag)
        self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag):
        self._open.remove(tag)

    def handle_data(self, data):
        for tag in self._open:
            self.texts[tag][-1] += data


def page(report: Report) -> Page:
    rendered = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    return Page(rendered.render(to_markdown(report, "optout plan")))


def cells(report: Report) -> list[str]:
    return [" ".join(text.split()) for text in page(report).texts.get("td", [])]


def one(name: str) -> Report:
    """A report in which everything is called this."""
    return Report(
        verdict=name, steps=(name,), headline=(name,), findings=(),
        tables=(Table("T", ("thing",), ((name,),)),), diffs=(Diff(name, f"+{name}\n"),),
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_whatever_a_name_holds_is_shown_as_it_is(name):
    shown = on_one_line(name)
    found = page(one(name))
    assert found.tags <= OURS
    assert found.texts["td"] == [shown]
    assert found.texts["li"][0].strip() == shown
    assert found.texts["summary"] == [shown]


@given(ANYTHING)
@example("1. a")
@example("a\\")
@example("<!-- --> b")
def test_any_text_is_text(name):
    found = page(one(name))
    assert found.tags <= OURS
    assert found.texts["td"] == [on_one_line(name)]
    assert found.texts.get("strong", [""])[0] in {on_one_line(name), "T"}


@given(st.text(st.sampled_from("`~\n -+<>"), max_size=40))
@example("```\n+<b>\n")
@example("`````\n+a")
def test_a_diff_stays_between_its_fences(text):
    found = page(Report(diffs=(Diff("a", text if text.endswith("\n") else f"{text}\n"),)))
    assert found.tags <= OURS
    assert len(found.texts["pre"]) == 1
    assert found.texts["pre"][0].rstrip() == text.rstrip()


@pytest.mark.parametrize("name", ["@everybody", "a@b", "@@a"])
def test_nobody_is_mentioned(name):
    written = to_markdown(one(name), "optout plan").replace(f"+{name}", "")
    assert "@" in written
    assert "@" not in written.replace("@<!-- -->", "")


@pytest.mark.parametrize("name", ["https://evil.example", "www.evil.example", "WWW.evil.example"])
def test_nothing_becomes_a_link_where_bare_addresses_do(name):
    rows = [line for line in to_markdown(one(name), "o").splitlines() if line.startswith("| ")]
    assert "evil.example" in rows[-1]
    assert name not in rows[-1]


def test_verdict_steps_findings_tables_and_all_cases_in_this_order():
    found = Finding("C1", Severity.WARN, "Thing", "so it is", "do it")
    worse = Finding("C2", Severity.FAIL, "Thing", "so it is", "do it")
    written = to_markdown(
        Report(
            verdict="NOT READY", steps=("do it",), headline=("33 calls",), findings=(found, worse),
            tables=(Table("Users", ("object",), (("Contact",),)),),
            diffs=(Diff("Contact-A", "+a\n"),), cases=(found, worse), exit=1,
        ),
        "optout readiness",
    )  # fmt: skip
    parts = ("### optout readiness", "**NOT READY**", "1. do it", "- 33 calls", "| fail | C2 |",
             "| warn | C1 |", "**Users**", "```diff", "All 2 looked at")  # fmt: skip
    places = [written.index(part) for part in parts]
    assert places == sorted(places)


def test_without_a_verdict_the_failures_are_counted():
    bad = Finding("C1", Severity.FAIL, "Thing", "so it is")
    assert "**1 failed**" in to_markdown(Report(cases=(bad,), exit=1), "o")
    assert "**" not in to_markdown(Report(headline=("nothing to do",)), "o")


def test_a_command_that_an_error_ended_says_what_to_do():
    told = stopped_by(LoginRefused("no", hint="log in again", where="prod"))
    assert to_markdown(told, "optout plan") == (
        "### optout plan\n\n**prod: no**\n\nWhat to do next:\n\n1. log in again\n\n"
    )


def test_a_long_table_ends_with_a_count():
    rows = tuple((str(n),) for n in range(MOST_ROWS + 7))
    found = cells(Report(tables=(Table("T", ("n",), rows),)))
    assert len(found) == MOST_ROWS
    assert "\nand 7 more\n" in to_markdown(Report(tables=(Table("T", ("n",), rows),)), "o")


def test_what_has_no_room_is_left_out_and_named():
    diffs = tuple(Diff(f"Contact-{n}", "+\N{SNOWMAN}" * 30_000 + "\n") for n in range(9))
    written = to_markdown(Report(headline=("12 layouts",), diffs=diffs), "o")
    assert len(written.encode()) <= MOST_BYTES + 2000
    assert "- 12 layouts" in written
    assert "Left out for want of room: the diff of Contact-4, the diff of Contact-5" in written
