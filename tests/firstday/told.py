"""What became of a line that was typed: the judgement, a line for people, and the transcript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from firstday.pages import Step

# Colours, and what a bar of progress leaves behind a return of the carriage.
DECORATION = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[^\n]*\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a line ended: `code` is None when it did not end in time, or the terminal was gone."""

    code: int | None
    output: str
    seconds: float


NOT_TYPED = Outcome(None, "", 0.0)


def plain(output: str) -> str:
    """The output without colours and bars, each line ended."""
    return DECORATION.sub("", output).replace("\r\n", "\n").strip("\n")


def wrong(step: Step, outcome: Outcome) -> list[str]:
    """What is not as the page says; empty when all is."""
    return list(_wrong(step, outcome))


def _wrong(step: Step, outcome: Outcome) -> Iterator[str]:
    if outcome is NOT_TYPED:
        yield "not typed: a line before it did not end"
        return
    if outcome.code is None:
        yield "it did not end in time"
    elif outcome.code != step.ends_with:
        yield f"exit {outcome.code}, and the page says {step.ends_with}"
    output = plain(outcome.output)
    if step.says not in f"\n{output}\n":
        yield f'"{step.says.strip()}" is not in its output'
    if "Traceback (most recent call last)" in output:
        yield "a traceback is shown"


def line(step: Step, outcome: Outcome) -> str:
    """One line for people, and under it what is wrong."""
    problems = wrong(step, outcome)
    mark = "FAIL" if problems else "ok  "
    told = f"{mark} {step.page}:{step.number} {step.typed} ({outcome.seconds:.1f} s)"
    return "\n".join([told, *(f"       {problem}" for problem in problems)])


def written(step: Step, outcome: Outcome) -> str:
    """The line in the transcript: page, what was typed, what was answered, how it ended."""
    if outcome is NOT_TYPED:
        ended = wrong(step, outcome)
    else:
        ended = [f"exit {outcome.code}, {outcome.seconds:.1f} s", *wrong(step, outcome)]
    body = [f"## {step.page}, line {step.number}", f"$ {step.typed}", plain(outcome.output)]
    return "\n".join([*(text for text in body if text), *(f"-- {text}" for text in ended)]) + "\n\n"


def summed(outcomes: list[tuple[Step, Outcome]]) -> str:
    """The last line: "12 passed, 0 failed"."""
    failed = sum(bool(wrong(step, outcome)) for step, outcome in outcomes)
    return f"{len(outcomes) - failed} passed, {failed} failed"
