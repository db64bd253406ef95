"""The pictures of the page of figures: how many times as much as ours the others take.

Made by matplotlib without a date or a random name, so that the same figures give the same bytes.
Colours are the reader's: a style in the picture gives them by day and by night.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from docs_figure_words import LIMIT, Bar, Measured, bars_of, number, title_of
from docs_figures import FIGURES, by_letter, read_kept

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH = 5.6  # inches; a phone shows it at two thirds
TITLE, TEXT, BAR, GAP, FOOT = 0.22, 0.19, 0.16, 0.12, 0.55
TITLE_LETTERS, TEXT_LETTERS = 62, 76  # in one line
# What matplotlib writes -> a name of the style, by day and by night.
COLOURS = {
    "#010101": ("ground", "#ffffff", "#131416"),
    "#020202": ("ink", "#1b1f24", "#e6e6e6"),
    "#030303": ("faint", "#8b949e", "#6e7681"),
    "#040404": ("more", "#2f6fb3", "#5b9bd5"),
    "#050505": ("less", "#b5571b", "#e08e45"),
}
GROUND, INK, FAINT, MORE, LESS = COLOURS
FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif"


def draw_plots(folder: Path = FIGURES) -> dict[str, str]:
    """File name -> SVG, one for each letter that was measured."""
    letters = by_letter(read_kept(folder)["rows"])
    return {f"figures-{letter}.svg": draw(rows) for letter, rows in letters.items()}


def draw(rows: Sequence[Measured]) -> str:
    """One picture of these rows: under each name a bar for each other tool, from 1 (ours)."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    written = io.StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": "figures", "font.size": 9}):
        height = sum(map(_height, rows)) + FOOT
        figure = Figure(figsize=(WIDTH, height), facecolor=GROUND)
        # Units of y are inches from the top.
        axes = figure.add_axes((0.04, FOOT / height, 0.92, 1 - FOOT / height))
        axes.set_ylim(height - FOOT, 0)
        _draw_axis(axes, *_span(rows))
        top = 0.0
        for row in rows:
            _draw_row(axes, row, top)
            top += _height(row)
        figure.savefig(written, format="svg", metadata={"Date": None, "Creator": None})
    return _styled(written.getvalue())


def _height(row: Measured) -> float:
    texts = sum(len(_text(bar)) * TEXT + BAR for bar in bars_of(row))
    return GAP + len(_title(row)) * TITLE + texts


def _title(row: Measured) -> list[str]:
    return textwrap.wrap(title_of(row["row"]), TITLE_LETTERS)


def _text(bar: Bar) -> list[str]:
    return textwrap.wrap(bar.says, TEXT_LETTERS)


def _goal(row: Measured) -> float | None:
    """How many times as much the best other tool was to take, at least; a limit is its own bar."""
    limited = any(peer["name"] == LIMIT for peer in row["peers"])
    return None if limited or not row["goal"] else 1 / row["goal"]


def _span(rows: Sequence[Measured]) -> tuple[float, float]:
    """The least and the greatest of what is drawn, with room beside it."""
    drawn = [bar.times for row in rows for bar in bars_of(row)] + [_goal(row) for row in rows]
    shown = [times for times in drawn if times and 0 < times < math.inf]
    return min([0.7, *shown]) / 1.4, max([1.5, *shown]) * 1.4


def _draw_axis(axes: Axes, least: float, most: float) -> None:
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    axes.set_facecolor(GROUND)
    axes.set_xscale("log")
    axes.set_xlim(least, most)
    axes.xaxis.set_major_locator(FixedLocator(_ticks(least, most)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda times, _: _tick(times)))
    axes.tick_params(axis="x", colors=INK, labelcolor=INK)
    axes.set_yticks([])
    axes.set_xlabel("times what ours takes (1 is ours); dashed: the goal", color=INK)
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(FAINT)


def _ticks(least: float, most: float) -> list[float]:
    steps = (1, 2, 5) if most / least < 100 else (1,)
    powers = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    ticks = [step * 10.0**power for power in powers for step in steps]
    return [tick for tick in ticks if least <= tick <= most]


def _tick(times: float) -> str:
    return number(times) if times >= 1 else f"1/{number(1 / times)}"


def _draw_row(axes: Axes, row: Measured, top: float) -> None:
    y = top + GAP
    for line in _title(row):
        _write(axes, y, line, weight="bold")
        y += TITLE
    for bar in bars_of(row):
        for line in _text(bar):
            _write(axes, y, line)
            y += TEXT
        _draw_bar(axes, bar, y)
        _draw_marks(axes, row, (y - 0.005, y + BAR - 0.02))
        y += BAR


def _write(axes: Axes, y: float, text: str, weight: str = "normal") -> None:
    place = axes.get_yaxis_transform()  # x as a share of the width, y in inches
    axes.text(0, y + 0.15, text, transform=place, color=INK, weight=weight)


def _draw_bar(axes: Axes, bar: Bar, y: float) -> None:
    if bar.times is None:
        return
    least, most = axes.get_xlim()
    end = min(max(bar.times, least), most)
    axes.barh(y, end - 1, left=1, height=0.1, align="edge", color=MORE if end >= 1 else LESS)
    axes.set_xlim(least, most)


def _draw_marks(axes: Axes, row: Measured, ends: tuple[float, float]) -> None:
    axes.plot([1, 1], ends, color=INK, linewidth=1)
    goal = _goal(row)
    if goal is not None:
        axes.plot([goal, goal], ends, color=INK, linewidth=1, linestyle=(0, (2, 1)))


def _styled(svg: str) -> str:
    """Colours by name, with their values by day and by night, and the reader's own font."""
    day = "".join(f"--{name}:{light};" for name, light, _ in COLOURS.values())
    night = "".join(f"--{name}:{dark};" for name, _, dark in COLOURS.values())
    style = f":root{{{day}}}@media(prefers-color-scheme:dark){{:root{{{night}}}}}"
    for written, (name, _, _) in COLOURS.items():
        svg = svg.replace(written, f"var(--{name})")
    svg = re.sub(r"'DejaVu Sans'[^;\"]*", FONT, svg)
    return svg.replace("</style>", f"{style}</style>", 1)
