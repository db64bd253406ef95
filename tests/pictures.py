"""Pictures with one text wherever a text can come from an org, and a reader of the page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser

from deployer.model.drawings import DrawnItem, DrawnSection, ItemKind, LayoutDrawing
from deployer.model.facts import Known, Unknown
from deployer.model.findings import Finding, Severity
from deployer.model.headline import Headline
from deployer.model.pictures import (
    AfterShown,
    CallShown,
    ChangePicture,
    CheckShown,
    FileChange,
    GivenTo,
    LayoutChange,
    LayoutShown,
    MatrixRow,
    ReadinessPicture,
    StepShown,
)

AT = datetime(2026, 11, 30, 17, 45, tzinfo=UTC)
NAME = "HasOptedOutOfEmail"


def a_drawing(text: str = "Details", *behaviors: str) -> LayoutDrawing:
    """A layout of two columns; the field stands on it as often as there are behaviours."""
    held = tuple(DrawnItem(ItemKind.FIELD, NAME, each, marked=True) for each in behaviors)
    others = (DrawnItem(ItemKind.FIELD, text, "Required"), DrawnItem(ItemKind.SPACE))
    columns = ((*others, *held), (DrawnItem(ItemKind.LINK, text), DrawnItem(ItemKind.COMPONENT)))
    return LayoutDrawing(text, text, (DrawnSection(text, "TwoColumnsTopToBottom", columns),))


def a_readiness(text: str) -> ReadinessPicture:
    """A look in which every text is this one."""
    row = MatrixRow(text, text, (text, ""), text, text, text, text, "hidden", text, 3)
    shown = (
        LayoutShown(text, text, Known(a_drawing(text, "Readonly")), (GivenTo(text, (text,)),)),
        LayoutShown(text, text, Unknown(text)),
    )
    return ReadinessPicture(
        org=text, org_id=text, field=text, at=AT, verdict="not-ready", says=text, notes=(text,),
        steps=(StepShown(text, ("C21",)),), bars=(Headline(text, 3, hidden=3),), rows=(row,),
        checks=tuple(
            CheckShown(f"C{n}", text, text, outcome, text, text, text)
            for n, outcome in enumerate(Severity)
        ),
        layouts=Known(shown), labels={text: {text.casefold(): text}}, unmapped=text,
        calls=(CallShown(text, text, text, 200, text),),
        after=AfterShown(text, (Headline(text, 3, edits=3),), (row,), text),
    )  # fmt: skip


def a_change(text: str) -> ChangePicture:
    """A plan in which every text is this one."""
    diff = "+" + "".join(text.splitlines())
    changed = LayoutChange(
        text, text, "add", text, text, 1, a_drawing(text), a_drawing(text, "Edit"), diff
    )
    return ChangePicture(
        org=text, org_id=text, field=text, at=AT, state="pending", says=(text,),
        findings=(Finding(text, Severity.WARN, text, text, text),),
        layouts=(changed, LayoutChange(text, text, "present", text)),
        others=(FileChange(text, text, diff, text),), permission_set=text, assigned=(text,),
        unassigned=(text,), before=(Headline(text, 3, hidden=3),),
        after=(Headline(text, 3, edits=3),),
        api_version=text,
    )  # fmt: skip


@dataclass
class Seen(HTMLParser):
    """What a browser would make of a page: its tags with their attributes, and its texts."""

    tags: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_data(self, data):
        if self.tags[-1:] != [("style", {})]:
            self.texts.append(data)

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Tags and the names of their attributes, in order."""
        return [(tag, tuple(attributes)) for tag, attributes in self.tags]

    @property
    def said(self) -> str:
        """Everything a person reads, runs of space as one."""
        return " ".join("".join(self.texts).split())


def seen(page: str) -> Seen:
    """Read a page."""
    reader = Seen()
    reader.feed(page)
    reader.close()
    return reader
