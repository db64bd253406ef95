"""Texts of the code as Markdown: cells in which every character is only read, and tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"(`[^`]+`)")
_MEANT = str.maketrans({"\\": "\\\\", "*": "\\*", "<": "&lt;", "[": "\\[", "]": "\\]"})


def cell(text: object) -> str:
    """One line for a table; what stands between backticks stays code."""
    line = " ".join(str(text).split())
    parts = [part if _CODE.fullmatch(part) else part.translate(_MEANT) for part in
             _CODE.split(line)]  # fmt: skip
    return "".join(parts).replace("|", "\\|")


def code(text: object) -> str:
    """The text as code, or nothing for no text."""
    line = " ".join(str(text).split())
    return f"`{line}`" if line else ""


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table; a column in which no row says anything is left out."""
    lines = [[cell(each) for each in row] for row in rows]
    said = [i for i in range(len(heads)) if any(line[i] for line in lines)]
    kept = [[line[i] for i in said] for line in lines]
    drawn = [[heads[i] for i in said], ["---"] * len(said), *kept]
    return "\n".join(f"| {' | '.join(line)} |" for line in drawn)
