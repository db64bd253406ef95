"""Where long work stands, on one line of a terminal that keeps moving; nowhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str], None]


@contextmanager
def watching(*, as_json: bool) -> Iterator[Tell]:
    """What is told shows on stderr until the next is, and is gone at the end of the block.

    Only on a terminal, and not with --json.
    """
    if as_json or not sys.stderr.isatty():
        yield lambda _line: None
        return
    from rich.console import Console

    with Console(stderr=True).status("beginning", spinner="dots") as status:
        yield status.update
