"""What a stranger types: the lines of README.md, docs/operating/install.md and docs/tutorial.md."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

README, INSTALL, TUTORIAL = "README.md", "docs/operating/install.md", "docs/tutorial.md"
# A line to type, and how it ends where the page says so: "optout plan    # exit 1: not ready".
LINE = re.compile(r"^ {4}(?P<typed>\w.*?)(?: +# (?:exit (?P<code>\d+))?.*)?$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """Lines of a page that are typed in one terminal: all, or the block after a sentence.

    `folder` is where the terminal is opened, from home; "" goes on where the part before ended.
    """

    page: str
    after: str = ""
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line that is typed, how it ends, and what its output then has in it."""

    page: str
    number: int
    typed: str
    ends_with: int = 0
    says: str = ""


# In the order of a first day.
PARTS = (
    Part(README, "To see all of it", "optout"),
    Part(INSTALL, "", "optout"),
    Part(TUTORIAL, "", "optout"),
    Part(README, "On files, with no org at all"),
)
# Not typed on the first day, and why.
LEFT_OUT = {
    "ci/test": "runs every test for a quarter of an hour; continuous integration begins with it",
    "pipx install '.[all]'": "pipx is not there; ci/package installs with it",
    "uv tool install '.[all]'": "uv is not there; ci/package installs with it",
    "echo 'eval \"$(_OPTOUT_COMPLETE=bash_source optout)\"' >> ~/.bashrc": "it is for pipx and uv",
    "echo 'eval \"$(_OPTOUT_COMPLETE=zsh_source optout)\"' >> ~/.zshrc": "zsh is not there",
    "echo '_OPTOUT_COMPLETE=fish_source optout | source' > ~/.config/fish/completions/optout.fish":
        "fish is not there",
}  # fmt: skip
_READY = "optout readiness --org practice --identity deployer --html page.html"
_ALL_OF_IT = (
    "optout deploy --org practice --assign layout-users --lightning-pages --make-editable --yes"
)
# What a page claims about a line's output: the first time it is typed, the second, ...
SAYS: Mapping[str, tuple[str, ...]] = {
    "ci/demo": ("Done: the second client sees what it saw at the beginning.",),
    "optout --version": ("/.venvs/optout/",),
    "optout readiness --org practice": ("NOT READY: ", "NOT READY: "),
    "optout plan --org practice --assign layout-users --out plan.json": ("put on 12 layouts",),
    "optout deploy --org practice --plan plan.json --yes": (
        "HasOptedOutOfEmail put on 12 layouts; permission set Opt_Out_Field_Access changed",
    ),
    "optout readiness --org practice --identity deployer": (
        "  1. " + _ALL_OF_IT.removesuffix(" --yes"),
    ),
    _ALL_OF_IT: (
        "put on 1 layout and 2 Lightning pages: Succeeded, read back",
        "nothing to do",
    ),
    _READY: ("\nREADY: ",),
    "optout jobs list": ("put  HasOptedOutOfEmail  done",),
    "optout restore --org practice --yes": ("restored on 1 layout and 2 Lightning pages",),
    "optout uninstall --org practice --yes": (
        "taken off 12 layouts; 55 users unassigned; permission set Opt_Out_Field_Access deleted",
    ),
    "optout render --org practice --permission-set none --format source --out force-app": (
        "14 files written to force-app",
    ),
    "optout edit force-app --remove": ("12 layouts: 12 changed.",),
    "optout edit force-app --check": ("12 layouts: 12 would change.", "12 had it already."),
    "optout edit force-app": ("12 layouts: 12 changed.", "12 had it already."),
    "optout validate force-app": ("13 files: nothing found.",),
    "optout render --from force-app --out package": ("2 files written to package",),
    "optout render --identity auditor --out auditor": ("2 files written to auditor",),
}


def lines(text: str) -> Iterator[tuple[int, str, int]]:
    """The lines of a page that are to be typed: number from 1, words, exit code."""
    for found in LINE.finditer(text):
        number = text.count("\n", 0, found.start()) + 1
        yield number, found["typed"], int(found["code"] or 0)


def block(text: str, after: str) -> str:
    """The page with all but the indented lines after the paragraph that has `after` made empty.

    Line numbers stay. Errors: ValueError where the page has no such sentence, or no lines after it.
    """
    before, found, rest = text.partition(after)
    said, gap, rest = rest.partition("\n\n    ")
    shown = rest.partition("\n\n")[0]
    if not (found and gap) or "\n\n" in said:
        raise ValueError(f'no lines to type after "{after}"')
    return "\n" * (f"{before}{found}{said}{gap}".count("\n")) + f"    {shown}"


def steps(root: Path, parts: Iterable[Part] = PARTS) -> list[tuple[Part, list[Step]]]:
    """What is typed of each part, from the pages below `root`; a line may come more than once."""
    met: Counter[str] = Counter()
    walk = []
    for part in parts:
        text = (root / part.page).read_text()
        text = block(text, part.after) if part.after else text
        typed = [line for line in lines(text) if line[1] not in LEFT_OUT]
        walk.append((part, [_step(part, line, met) for line in typed]))
    return walk


def _step(part: Part, line: tuple[int, str, int], met: Counter[str]) -> Step:
    number, typed, ends_with = line
    claims = SAYS.get(typed, ())
    says = claims[met[typed]] if met[typed] < len(claims) else ""
    met[typed] += 1
    return Step(part.page, number, typed, ends_with, says)
