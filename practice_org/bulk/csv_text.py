"""CSV as Bulk API 2.0 writes it: every value quoted, quotes doubled, booleans in lower case.

Source: Bulk API 2.0 Developer Guide, "Prepare CSV Files"; measured on what clients read.
"""

from __future__ import annotations

from collections.abc import Iterable

DELIMITERS = {
    "BACKQUOTE": "`",
    "CARET": "^",
    "COMMA": ",",
    "PIPE": "|",
    "SEMICOLON": ";",
    "TAB": "\t",
}
LINE_ENDINGS = {"LF": "\n", "CRLF": "\r\n"}


def to_line(values: Iterable[object], delimiter: str, ending: str) -> str:
    """One line of CSV, its ending included; None is an empty value."""
    return delimiter.join(_quoted(value) for value in values) + ending


def _quoted(value: object) -> str:
    if value is None:
        return '""'
    text = str(value).lower() if isinstance(value, bool) else str(value)
    doubled = text.replace('"', '""')
    return f'"{doubled}"'
