"""A layout's change as a person reads it."""

from __future__ import annotations

from difflib import unified_diff

from deployer.model.reports import Diff


def draw_diff(name: str, before: bytes, after: bytes) -> Diff:
    """Draw a unified diff, three lines of context; empty when the bytes are equal.

    Line ends are not shown, a missing one at the end of the file is.
    """
    lines = unified_diff(_lines(before), _lines(after), f"a/{name}", f"b/{name}", lineterm="")
    return Diff(name, "".join(f"{line}\n" for line in lines))


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-8", errors="replace").replace("\r\n", "\n")
    lines = text.split("\n")
    if lines[-1]:
        return [*lines[:-1], f"{lines[-1]}\n\\ No newline at end of file"]
    return lines[:-1]
