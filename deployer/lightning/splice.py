"""Put a field item in after another, take one out: byte spans, nothing else is touched."""

from __future__ import annotations

import re

from deployer.layouts.splice import Change, lead_of, space_before
from deployer.lightning.parts import EDITABLE, READONLY, FieldItem, PageMap
from deployer.templates import render_flexipage_field

_UNIT = b"    "
_READONLY = re.compile(rb"<name>uiBehavior</name>\s*<value>(" + READONLY.encode() + rb")</value>")


def insertion(page: PageMap, after: FieldItem, field: str, identifier: str) -> Change:
    """Put the field right after this item, written with that item's white space."""
    lead, inner = lead_of(page.data, after.start), lead_of(page.data, after.inner)
    return Change(after.end, after.end, _written(field, identifier, lead, inner))


def removal(page: PageMap, item: FieldItem) -> Change:
    """Take the item out with the white space before it."""
    return Change(item.start - len(space_before(page.data, item.start)), item.end, b"")


def flip(page: PageMap, item: FieldItem) -> Change | None:
    """Turn a read-only field editable: only the behavior's text changes.

    None when that text is not written plainly, which Salesforce never does.
    """
    text = _READONLY.search(page.data, item.start, item.end)
    return Change(*text.span(1), EDITABLE.encode()) if text else None


def free_identifier(page: PageMap, field: str) -> str:
    """A name for the item that nothing on the page has, as Lightning App Builder writes it.

    Source: 812 of 871 items of real pages: RecordEmailField, RecordCode_cField for Code__c, and a
    number from 2 on where the name is taken.
    """
    plain = f"Record{field.replace('__', '_')}Field"
    number, name = 1, plain
    while name.casefold() in page.identifiers:
        number += 1
        name = f"{plain}{number}"
    return name


def _written(field: str, identifier: str, lead: bytes, inner: bytes) -> bytes:
    """The rendered item; its depths are told by its indents, its white space by `lead`, `inner`."""
    unit = inner.removeprefix(lead) if _breaks(lead) and inner.startswith(lead) else _UNIT
    written = b""
    for line in render_flexipage_field(field, identifier).splitlines():
        text = line.lstrip()
        depth = (len(line) - len(text)) // len(_UNIT)
        space = lead if depth == 0 else inner
        if _breaks(inner) and depth > 1:
            space += unit * (depth - 1)
        written += space + text.encode()
    return written


def _breaks(space: bytes) -> bool:
    """Whether there is a line break, so that what follows is indented."""
    return bool(space.strip(b" \t"))
