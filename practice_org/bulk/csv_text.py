"""CSV as Bulk API 2.0 writes it: every value quoted, quotes doubled, booleans in lower case.

Source: Bulk API 2.0 Developer Guide, "Prepare CSV Files"; measured on what clients read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

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
    return quoted([_text(value) for value in values], delimiter, ending)


def quoted(texts: Sequence[str], delimiter: str, ending: str) -> str:
    """One line of CSV from what is text already."""
    if '"' in "".join(texts):
        texts = [text.replace('"', '""') for text in texts]
    between = f'"{delimiter}"'
    return f'"{between.join(texts)}"{ending}'


def _text(value: object) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def lines_in(text: str, delimiter: str) -> Iterator[list[str]]:
    """The lines of CSV in a text, empty ones left out. Errors: csv.Error where it is none."""
    # Only a line feed ends a physical line, so that what was cut is read as it was cut.
    return filter(None, csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter))
