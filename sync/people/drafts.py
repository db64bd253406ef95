"""Files for the owner's eyes that appear whole and durable, or not at all; of any length."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from deployer.state import sync_dir


class Draft:
    """A text file in the making, beside where it will be; bytes that are no UTF-8 pass as read.

    Errors: OSError naming the file it was to become.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
        except OSError as refused:
            refused.filename = str(path)
            raise
        self._name = Path(name)
        self.text: TextIO = os.fdopen(
            handle, "w", encoding="utf-8", errors="surrogateescape", newline=""
        )

    def publish(self) -> None:
        """Put it in its place; on disk when this returns."""
        try:
            self.text.flush()
            os.fsync(self.text.fileno())
            self.text.close()
            self._name.replace(self.path)
        except OSError as refused:
            self.discard()
            refused.filename = str(self.path)
            raise
        sync_dir(self.path.parent)

    def discard(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):
            self.text.close()
        with suppress(OSError):
            self._name.unlink(missing_ok=True)


@contextmanager
def writing(path: Path) -> Iterator[TextIO]:
    """Write the file in the block; it is there, whole and mode 0600, when the block has ended."""
    draft = Draft(path)
    try:
        yield draft.text
    except BaseException:
        draft.discard()
        raise
    draft.publish()
