"""The page of figures says what was measured, and gives a reason for each goal that is missed."""

from __future__ import annotations

import json
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import bench
import pytest
from docs_figure_words import alt_text, bars_of, notes_once, number, row_lines
from docs_figures import CLAIMS, FIGURES, figures_facts, read_kept
from docs_plots import draw, draw_plots

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs/reference/figures.md").read_text()
MADE = {"date": "2026-01-02", "commit": "0123456789", "cores": 2, "python": "3.11", "seconds": 9,
        "system": "Linux x86_64", "quick": False}  # fmt: skip


def peer(value, name="sf", version="2.1", note=""):
    return {"name": name, "version": version, "value": value, "note": note}


def row(name="b forty layouts", ours=2.0, peers=(), **more):
    return {"row": name, "ours": ours, "ours_note": "", "peers": list(peers) or [peer(10.0)],
            "ratio": 0.2, "low": 0.1, "high": 0.3, "goal": 0.25, "met": True, "unit": "s",
            "command": f"ci/bench --row {name[0]}", **more}  # fmt: skip


LIMIT = peer(300, "limit", "")
BEST = "at most 0.25 times the best"
NOT_DONE = peer(None, "cci", "4.10", "never ends")


@pytest.mark.parametrize("letter", bench.BENCHES)
def test_each_letter_of_the_benchmark_has_a_heading_and_a_claim(letter):
    assert CLAIMS[letter].keys() == {"heading", "claim"}


def test_the_page_has_each_letter_that_was_measured_and_names_the_others():
    measured = {kept["command"] for kept in read_kept(FIGURES)["rows"]}
    assert {
        line.strip() for line in re.findall(r"^    (ci/bench --row .)$", PAGE, re.MULTILINE)
    } == measured
    absent = [f"ci/bench --row {letter}" for letter in CLAIMS]
    assert re.findall(r"^- .*: `(ci/bench --row .)`$", PAGE, re.MULTILINE) == [
        command for command in absent if command not in measured
    ]


@pytest.mark.parametrize(
    ("measured", "lines"),
    [
        (row(),
         [("forty layouts", "optout", "2 s", "0.2 (0.1 to 0.3)", BEST, "yes"),
          ("", "sf 2.1", "10 s", "", "", "")]),
        (row(peers=[peer(10.0), NOT_DONE], met=False, low=0.2, high=0.2, ours_note="all 40"),
         [("forty layouts", "optout", "2 s (all 40)", "0.2", BEST, "no"),
          ("", "sf 2.1", "10 s", "", "", ""),
          ("", "cci 4.10", "not done (never ends)", "", "", "")]),
        (row("h peak of --json", ours=1234.5, peers=[LIMIT], unit="MB"),
         [("peak of `--json`", "optout", "1,234 MB", "0.2 (0.1 to 0.3)", "at most 300 MB", "yes")]),
        (row(ours=0, peers=[peer(0, "limit", ""), peer(7)], unit="files"),
         [("forty layouts", "optout", "0 files", "none at all", "at most 0 files", "yes"),
          ("", "sf 2.1", "7 files", "", "", "")]),
        (row(goal=1),
         [("forty layouts", "optout", "2 s", "0.2 (0.1 to 0.3)", "no more than the best", "yes"),
          ("", "sf 2.1", "10 s", "", "", "")]),
    ],
)  # fmt: skip
def test_a_row_is_told_a_line_for_each_tool(measured, lines):
    assert list(row_lines(measured)) == lines


def test_what_is_about_a_tool_in_every_row_of_a_table_is_told_in_the_first():
    first, second, other = notes_once(
        [row(ours_note="proved"), row(ours_note="proved"), row(ours_note="not proved")]
    )
    told = [each["ours_note"] for each in (first, second, other)]
    assert told == ["proved", "", "not proved"]
    never, again = notes_once([row(peers=[NOT_DONE]), row(peers=[NOT_DONE])])
    assert (never["peers"][0]["note"], again["peers"][0]["note"]) == ("never ends", "")


@pytest.mark.parametrize(
    ("value", "told"),
    [(0, "0"), (0.0941, "0.0941"), (1.2345, "1.23"), (12, "12"), (12.34, "12.3"),
     (123.4, "123"), (1234567, "1,234,567"), (math.inf, "∞")],
)  # fmt: skip
def test_numbers_have_three_digits_or_are_whole(value, told):
    assert number(value) == told


@pytest.mark.parametrize(
    ("measured", "bars"),
    [
        (row(), [("sf 2.1: 5 times ours, 10 s to 2", 5.0)]),
        (row(peers=[peer(1.0)]), [("sf 2.1: 0.5 times ours, 1 s to 2", 0.5)]),
        (row(peers=[NOT_DONE, LIMIT]),
         [("cci 4.10: not done", None), ("the limit: 150 times ours, 300 s to 2", 150.0)]),
        # Nothing can be divided by none, or less: then the bar is the other's figure itself.
        (row(ours=-0.5, peers=[peer(1.05, "limit", "")]), [("the limit: 1.05 s, ours -0.5", 1.05)]),
        (row(ours=0, peers=[peer(7), peer(0)]),
         [("sf 2.1: 7 s, ours none", 7), ("sf 2.1: 0 s, ours none", 1.0)]),
    ],
)  # fmt: skip
def test_a_bar_is_what_another_takes_to_ours(measured, bars):
    assert [(bar.says, bar.times) for bar in bars_of(measured)] == bars
    assert all(says in alt_text([measured]) for says, _ in bars)


def keep(folder: Path, *rows, reasons=""):
    (folder / "bench.json").write_text(json.dumps({"made": MADE, "rows": rows}))
    (folder / "missed.toml").write_text(reasons)
    return folder


MISSED = row(met=False)


@pytest.mark.parametrize(
    ("rows", "reasons", "said"),
    [
        ([MISSED], "", 'missed.toml has no reason for "b forty layouts", which is missed'),
        ([row()], '"b forty layouts" = "slow"', 'a reason for "b forty layouts", which is not'),
        ([row()], '"b * layouts" = "slow"', 'a reason for "b * layouts", which is not'),
        # A row by that name is gone, or never was.
        ([row()], '"b four layouts" = "slow"', 'a reason for "b four layouts", which is not'),
        ([row("z what")], "", "figures.toml has no claim for the row 'z what'"),
    ],
)
def test_a_miss_without_a_reason_and_a_reason_without_a_miss_end_the_making(
    tmp_path, rows, reasons, said
):
    with pytest.raises(SystemExit, match=re.escape(said)):
        figures_facts(keep(tmp_path, *rows, reasons=reasons))


def test_the_page_can_be_made_of_some_letters_and_of_none(tmp_path):
    assert (figures_facts(tmp_path)["parts"], draw_plots(tmp_path)) == ([], {})
    reasons = '"b forty *" = "the server waits"\n"h other" = "was not measured"'
    facts = figures_facts(keep(tmp_path, MISSED, row("b one layout"), reasons=reasons))
    assert [part["picture"] for part in facts["parts"]] == ["figures-b.svg"]
    assert [(part["met"], part["count"]) for part in facts["parts"]] == [(1, 2)]
    assert facts["parts"][0]["missed"] == {"the server waits": ["forty layouts"]}
    assert {letter for letter, _ in facts["absent"]} == CLAIMS.keys() - {"b"}


DRAWN = [
    row(peers=[peer(10.0), peer(0.5), NOT_DONE]), row(ours=0, peers=[peer(7)]),
    row(peers=[peer(0), peer(-1)]), row(ours=-1), row(ours=3, peers=[LIMIT], goal=1.0),
    row(ratio=math.inf, goal=0.0),
]  # fmt: skip


def test_a_picture_is_the_same_bytes_each_time_and_holds_every_text_as_text():
    drawn = draw(DRAWN)
    assert draw(DRAWN) == drawn
    texts = [each.text for each in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    said = [bar.says for each in DRAWN for bar in bars_of(each)]
    assert [each for each in said if each not in texts] == []


def test_a_picture_fetches_nothing_and_leaves_colours_and_letters_to_the_reader():
    drawn = draw(DRAWN)
    assert re.findall(r"(?:href|src)=\"(?!#)", drawn) == []
    assert "prefers-color-scheme:dark" in drawn
    assert set(re.findall(r"(?:fill|stroke): ([^;\"]+)", drawn)) <= {
        "none", "var(--ground)", "var(--ink)", "var(--faint)", "var(--more)", "var(--less)",
    }  # fmt: skip
    assert "DejaVu" not in drawn
