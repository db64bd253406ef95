"""Who wrote a file: the test that brought it, or the product.

An audit hook hears of every file that this process opens for writing. A file is the test's own when
the innermost of our frames that opened it is one of `tests/`; every other file is the product's,
whoever made it: its own code, a library, a child process. What the product writes once more, or a
child process changes, is the test's no longer.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from stat import S_ISREG

import deployer
import practice_org
import sync

_TESTS = f"{Path(__file__).resolve().parent}{os.sep}"
_PRODUCT = tuple(f"{each.__path__[0]}{os.sep}" for each in (deployer, practice_org, sync))
_WRITES = os.O_WRONLY | os.O_RDWR

Stamp = tuple[int, int, int]
"""What changes when a file's content does."""


class Writers:
    """Of one test: the files that it brought, and those that the product wrote in this process.

    `going` is called with a file or folder that is about to be removed.
    """

    def __init__(self, going: Callable[[str], None]) -> None:
        self.written: set[str] = set()
        self.going = going
        self._brought: dict[str, Stamp | None] = {}  # None until a child process could change it

    def opened(self, path: str) -> None:
        self._belongs(path, to_test=_is_by_test())

    def moved(self, source: str, target: str) -> None:
        self._belongs(target, to_test=self.is_brought(source))
        self._brought.pop(source, None)
        self.written.discard(source)

    def child_began(self) -> None:
        self._brought = {path: stamp_of(path) for path in self._brought}

    def is_brought(self, path: str) -> bool:
        then = self._brought.get(path, ())
        return then is None or then == stamp_of(path)

    def _belongs(self, path: str, *, to_test: bool) -> None:
        if to_test:
            self._brought[path] = None
            self.written.discard(path)
        else:
            self._brought.pop(path, None)
            self.written.add(path)


CURRENT: list[Writers] = []
"""The test that runs, if any; the hook speaks to the last."""


def stamp_of(path: str) -> Stamp | None:
    """Nothing for what is no file; a link is none, what it leads to is found by its own name."""
    with suppress(OSError):
        found = os.lstat(path)
        if S_ISREG(found.st_mode):
            return found.st_ino, found.st_mtime_ns, found.st_size
    return None


def files_under(place: str) -> Iterator[str]:
    """Every file there, or the one that it is; links are not followed."""
    if stamp_of(place):
        yield place
    elif not Path(place).is_symlink():
        for folder, _, names in os.walk(place):
            yield from (f"{folder}{os.sep}{name}" for name in names)


def listen() -> None:
    """Hear of files for as long as this process lives: no hook can be taken away again."""
    sys.addaudithook(_hear)


def _hear(event: str, told: tuple) -> None:
    heard = _EVENTS.get(event)
    if heard and CURRENT:
        heard(CURRENT[-1], *told)


def _open(writers: Writers, path: object, _mode: object, flags: object) -> None:
    if isinstance(flags, int) and flags & _WRITES and (name := _absolute(path)):
        writers.opened(name)


def _connect(writers: Writers, path: object) -> None:
    # Who opens a database that is there already may only look at it.
    name = _absolute(path)
    if name and not stamp_of(name):
        writers.opened(name)


def _rename(writers: Writers, source: object, target: object, *_folders: object) -> None:
    names = _absolute(source), _absolute(target)
    if all(names):
        writers.moved(*names)


def _remove(writers: Writers, path: object, folder: object = None) -> None:
    if folder in {None, -1} and (name := _absolute(path)):
        writers.going(name)


def _begin(writers: Writers, *_words: object) -> None:
    writers.child_began()


_EVENTS = {
    "open": _open, "sqlite3.connect": _connect, "os.rename": _rename,
    "os.remove": _remove, "shutil.rmtree": _remove,
    "subprocess.Popen": _begin, "os.fork": _begin, "os.posix_spawn": _begin,
}  # fmt: skip


def _absolute(path: object) -> str | None:
    if isinstance(path, str | bytes | os.PathLike):
        return os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - what is a link stays one
    return None


def _is_by_test() -> bool:
    frame = sys._getframe()
    while frame:
        name = frame.f_code.co_filename
        if name.startswith(_PRODUCT):
            return False
        if name.startswith(_TESTS) and name != __file__:
            return True
        frame = frame.f_back
    return False
