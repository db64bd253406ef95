"""What the templates say and count; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deployer.model.drawings import DrawnSection, LayoutDrawing
from deployer.model.facts import Fact, Known, Unknown
from deployer.model.findings import Severity
from deployer.model.headline import Headline
from deployer.model.layouts import Behavior
from deployer.model.pictures import CheckShown, LayoutChange, LayoutShown, MatrixRow

VERDICTS = {
    "edits": ("can tick it", "good"),
    "sees": ("only see it", "cool"),
    "partly": ("on some pages", "warm"),
    "hidden": ("do not see it", "bad"),
    "unknown": ("cannot be told", "dim"),
}
"""Verdict -> what its users do, and the tone it is drawn in; in the order of a bar."""
OUTCOMES = {
    Severity.FAIL: ("Fails", "bad"),
    Severity.UNKNOWN: ("Could not be answered", "dim"),
    Severity.WARN: ("To look at", "warm"),
    Severity.INFO: ("Good to know", "cool"),
    Severity.PASS: ("Passes", "good"),
}
TONE_OF = {severity: tone for severity, (_, tone) in OUTCOMES.items()}
READY = {
    "ready": ("Ready", "good"),
    "not-ready": ("Not ready", "bad"),
    "unknown": ("Could not tell", "dim"),
}
STATES = {
    "pending": ("What would change", "cool"),
    "done": ("Done and read back", "good"),
    "checked": ("Validated, nothing changed", "cool"),
    "nothing": ("Nothing to do", "good"),
    "failed": ("Not everything can be done", "bad"),
}
LAYOUT_OUTCOMES = {
    "add": ("to get the field", "good"),
    "added": ("got the field", "good"),
    "remove": ("to lose the field", "warm"),
    "removed": ("lost the field", "warm"),
    "restore": ("to be put back", "cool"),
    "restored": ("put back", "cool"),
    "present": ("with the field already", "rest"),
    "absent": ("without the field", "rest"),
    "skipped": ("left alone", "rest"),
    "failed": ("cannot be done", "bad"),
}
_STYLES = {
    "OneColumn": "one column",
    "TwoColumnsTopToBottom": "two columns, tab goes down",
    "TwoColumnsLeftToRight": "two columns, tab goes across",
    "CustomLinks": "custom links",
}
MASTER = "Master"
BEFORE_MARK = "as it is"
MOST_OPEN = 6
"""So many layouts are drawn open; more are folded."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a remedy: a `command` to copy, a click `path` of several steps, or `text`."""

    kind: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Slice:
    """One verdict's part of a bar; `x` and `width` in percent."""

    verdict: str
    count: int
    x: float
    width: float


def when(moment: datetime) -> str:
    """A moment for a person, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M} UTC"


def number(count: int) -> str:
    """A count with its thousands apart."""
    return f"{count:,}"


def counted(count: int, what: str) -> str:
    """As "1 user" or "2,000 users"."""
    return f"{number(count)} {what}{'' if count == 1 else 's'}"


def place_of(row: MatrixRow) -> list[str]:
    """The app and the form factor that a row is about, when it is not about all of them."""
    return [text for text in (row.app, row.form_factor) if text]


def parts_of(remedy: str) -> list[Part]:
    """What to type, what to click, and what to know, in the remedy's own order."""
    return [_part(each) for each in remedy.split("; ") if each]


def _part(text: str) -> Part:
    if text.startswith("optout "):
        return Part("command", (text,))
    if text.startswith("Setup > "):
        return Part("path", tuple(text.split(" > ")))
    return Part("text", (text,))


def link_of(text: str) -> str:
    """The address when it is one to follow, else ""."""
    return text if text.startswith("https://") else ""


def slices(bar: Headline) -> list[Slice]:
    """The bar's parts that have users, left to right."""
    found, x = [], 0.0
    for verdict in VERDICTS:
        count = getattr(bar, verdict)
        if count:
            width = 100 * count / bar.users
            found.append(Slice(verdict, count, round(x, 3), round(width, 3)))
            x += width
    return found


def bar_says(bar: Headline) -> str:
    """The bar for those who cannot see it."""
    told = ", ".join(f"{number(part.count)} {VERDICTS[part.verdict][0]}" for part in slices(bar))
    return f"{bar.object}: {counted(bar.users, 'active user')}: {told or 'nobody'}"


def rows_of(rows: Iterable[MatrixRow], object_name: str) -> list[MatrixRow]:
    """One object's rows, those who do not see the field first."""
    rank = {name: place for place, name in enumerate(reversed(VERDICTS))}
    order = {**rank, "hidden": -1}
    own = [row for row in rows if row.object == object_name]
    return sorted(own, key=lambda row: (order[row.verdict], -row.users, row.profile))


def objects_of(rows: Iterable[MatrixRow]) -> list[str]:
    """Every object that has rows."""
    return sorted({row.object for row in rows})


def types_of(record_types: Sequence[str]) -> list[str]:
    """Record types as a person reads them, the master one first."""
    return [name or MASTER for name in sorted(record_types)]


def with_outcome(checks: Iterable[CheckShown], outcome: Severity) -> list[CheckShown]:
    """The checks that came to this."""
    return [check for check in checks if check.outcome is outcome]


def title_of(checks: Iterable[CheckShown], wanted: str) -> str:
    """The title of the check with this id."""
    return next((check.title for check in checks if check.id == wanted), "")


def style_of(section: DrawnSection) -> str:
    """How the section is laid out."""
    return _STYLES.get(section.style, section.style)


def label_of(labels: Mapping[str, Mapping[str, str]], object_name: str, name: str) -> str:
    """What people read for a field; its API name where that is not known."""
    owner = "Account" if object_name == "PersonAccount" else object_name
    return labels.get(owner, {}).get(name.casefold(), name)


def standing(drawing: Fact[LayoutDrawing]) -> tuple[str, str]:
    """How the field stands on a layout, in words and in a tone."""
    if isinstance(drawing, Unknown):
        return "could not be read", "dim"
    behaviors = drawing.value.behaviors
    if not behaviors:
        return "not on the layout", "bad"
    if len(behaviors) > 1:
        return f"on it {len(behaviors)} times", "bad"
    if behaviors[0] == Behavior.READONLY.value:
        return "read-only", "warm"
    return "on the layout", "good"


def by_need(layouts: Iterable[LayoutShown]) -> list[LayoutShown]:
    """Those that need something done first, those that nobody is given last."""
    order = ("bad", "dim", "warm", "good")
    return sorted(
        layouts, key=lambda each: (not each.given, order.index(standing(each.drawing)[1]))
    )


def opens(among: int) -> bool:
    """Whether layouts are drawn open: when there are few."""
    return among <= MOST_OPEN


def counts_of(layouts: Iterable[LayoutShown]) -> list[tuple[str, str, int]]:
    """How many layouts stand how: words, tone, number; the most first."""
    found: dict[tuple[str, str], int] = {}
    for layout in layouts:
        key = standing(layout.drawing)
        found[key] = found.get(key, 0) + 1
    return [(said, tone, n) for (said, tone), n in sorted(found.items(), key=lambda kv: -kv[1])]


def tally(layouts: Iterable[LayoutChange]) -> list[tuple[str, str, int]]:
    """How many layouts of a plan come to what: words, tone, number; what is sent comes first."""
    found = Counter(layout.outcome for layout in layouts)
    return [(*said, found[outcome]) for outcome, said in LAYOUT_OUTCOMES.items() if found[outcome]]


def after_mark(layout: LayoutChange) -> str:
    """What stands on the marked field of the layout as it will be."""
    held = layout.before is not None and layout.before.behaviors
    return "as it will be" if held else "new"


def is_known(fact: Any) -> bool:
    """Whether the org answered."""
    return isinstance(fact, Known)


def changed(layouts: Iterable[LayoutChange]) -> list[LayoutChange]:
    """Those that are sent."""
    return [layout for layout in layouts if layout.diff]


def unchanged(layouts: Iterable[LayoutChange]) -> list[LayoutChange]:
    """Those that are left as they are."""
    return [layout for layout in layouts if not layout.diff]


def diff_lines(diff: str) -> list[tuple[str, str]]:
    """Each line of a unified diff and its kind: head, plus, minus, same."""
    return [(_line_kind(line), line) for line in diff.splitlines()]


def _line_kind(line: str) -> str:
    if line.startswith(("--- ", "+++ ", "@@", "\\")):
        return "head"
    return {"+": "plus", "-": "minus"}.get(line[:1], "same")
