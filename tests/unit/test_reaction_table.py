"""The table of reactions is what its page says of it, row by row; how often, how long apart."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sync.reaction_table import ROWS, SOURCES, UNKNOWN, Level, Pace, Reaction, Row, _known

PAGE = (Path(__file__).resolve().parents[2] / "docs/reference/reactions.md").read_text("utf-8")
CODE = re.compile(
    r"(?:`(?P<code>.*?)`|any other)(?: \((?P<level>.*?)\))?(?: that says `(?P<says>.*)`)?"
)
DONE = re.compile(
    r"`(?P<reaction>\w+)`(?:, (?:(?P<times>\d+) times|without end), (?P<first>\d+) s"
    r"(?: to (?P<longest>\d+) s)? apart)?(?:, then `(?P<then>\w+)`)?"
    r"(?:; `STOP` when (?P<share>\d+)% of a call's rows are refused so)?"
)


def cells(header: str) -> list[list[str]]:
    """The rows of the page's table with this header."""
    lines = PAGE.partition(f"{header}\n")[2].partition("\n\n")[0].splitlines()[1:]
    found = [re.split(r"(?<!\\)\|", line.strip("|")) for line in lines]
    return [[cell.strip().replace(r"\|", "|") for cell in each] for each in found]


def read(code: str, done: str, sentence: str, hint: str, source: str) -> Row:
    """A row of the page as one of the table."""
    who, what = CODE.fullmatch(code), DONE.fullmatch(done)
    assert who
    assert what
    pace = Pace(1, 0.0, 0.0)
    if what["first"]:
        longest = what["longest"] or what["first"]
        pace = Pace(int(what["times"] or 0), float(what["first"]), float(longest))
    return Row(
        who["code"] or "",
        Reaction[what["reaction"]],
        sentence,
        hint,
        source,
        Level(who["level"]) if who["level"] else None,
        who["says"] or "",
        pace,
        Reaction[what["then"] or "QUARANTINE"],
        int(what["share"] or 0) / 100,
    )


def test_the_table_is_what_its_page_says():
    told = [
        read(*row) for row in cells("| code | what is done | what it means | what to do | source |")
    ]
    assert [*ROWS, UNKNOWN] == told


def test_a_reaction_and_a_level_have_the_words_that_people_read():
    assert cells("| reaction | what is done |") == [[f"`{r.name}`", r.value] for r in Reaction]
    assert [each.value for each in Level] == ["call", "row", "bulk row"]


def test_no_row_is_told_in_words_that_the_table_of_faults_does_not_have():
    with pytest.raises(ValueError, match="does not have NOPE"):
        _known("NOPE", Reaction.STOP, "", "ours")


def test_every_source_has_said_something():
    assert {row.source for row in (*ROWS, UNKNOWN)} == set(SOURCES.values())


@pytest.mark.parametrize(
    ("reaction", "times", "expected"),
    [
        (Reaction.RETRY, 3, "RRRSS"),
        (Reaction.RELOGIN, 1, "RSSSS"),
        (Reaction.VERIFY, 2, "RRSSS"),
        (Reaction.RETRY, 0, "RRRRR"),
        (Reaction.THROTTLE, 1, "RRRRR"),
        (Reaction.QUARANTINE, 1, "RRRRR"),
        (Reaction.RESOLVE, 1, "RRRRR"),
    ],
)
def test_what_is_repeated_is_repeated_so_often_and_then_no_more(reaction, times, expected):
    row = Row("", reaction, "", "", "", pace=Pace(times, 1.0, 1.0), then=Reaction.STOP)
    letters = {reaction: "R", Reaction.STOP: "S"}
    assert "".join(letters[row.after(attempts)] for attempts in range(5)) == expected


@pytest.mark.parametrize(
    ("attempt", "draw", "pause_s"),
    [
        (0, 0.0, 1.0),
        (1, 0.0, 1.0),
        (1, 0.5, 1.5),
        (2, 0.0, 2.0),
        (3, 0.0, 4.0),
        (3, 0.5, 6.0),
        (9, 0.0, 150.0),
        (9, 0.5, 225.0),
    ],
)
def test_a_pause_doubles_to_its_longest_and_at_least_half_of_it_is_waited(attempt, draw, pause_s):
    assert Pace(0, 2.0, 300.0).pause_s(attempt, draw) == pause_s


def test_a_pause_after_very_many_attempts_is_a_number_still():
    assert Pace(0, 1.0, 2.0**40).pause_s(10_000, 0.0) == 2.0**29


def test_what_a_person_is_told_is_what_it_means_and_what_to_do():
    assert (
        Row("", Reaction.STOP, "it is off", "switch it on", "").advice == "it is off: switch it on"
    )
