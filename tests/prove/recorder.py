"""Everything SQLite tells the disk, in order, while the product's own driver runs unchanged.

A VFS of our own stands in front of the driver's: it passes every call on and notes writes,
truncations, syncs, and what happens to names. Source: SQLite, "The OS Backend (VFS)";
sqlite3.h, sqlite3_vfs and sqlite3_io_methods.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import POINTER, Structure, c_char_p, c_int, c_int64, c_void_p, cast, pointer
from dataclasses import dataclass, field
from pathlib import Path

from sync.database.sqlite import library

_OK = 0
_CREATE = 0x4
_Open = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, POINTER(c_int))
_Delete = ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, c_int)
_Write = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = ctypes.CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = ctypes.CFUNCTYPE(c_int, c_void_p, c_int)
_SetCall = ctypes.CFUNCTYPE(c_int, c_void_p, c_char_p, c_void_p)
_GetCall = ctypes.CFUNCTYPE(c_void_p, c_void_p, c_char_p)
_Directory = ctypes.CFUNCTYPE(c_int, c_char_p, POINTER(c_int))
# A connection that is closed late still calls what it was opened with.
_KEPT: list[object] = []


class _Vfs(Structure):
    _fields_ = [
        ("version", c_int), ("file_size", c_int), ("longest_name", c_int), ("next", c_void_p),
        ("name", c_char_p), ("data", c_void_p), ("open", _Open), ("delete", _Delete),
        ("more", c_void_p * 11), ("set_call", _SetCall), ("get_call", _GetCall),
        ("next_call", c_void_p),
    ]  # fmt: skip


class _Methods(Structure):
    _fields_ = [
        ("version", c_int), ("close", c_void_p), ("read", c_void_p), ("write", _Write),
        ("truncate", _Truncate), ("sync", _Sync), ("more", c_void_p * 13),
    ]  # fmt: skip


class _File(Structure):
    _fields_ = [("methods", POINTER(_Methods))]


@dataclass(frozen=True, slots=True)
class Op:
    """One thing the disk was told, or (`kind` "ack") one thing somebody else was.

    `kind` is create, delete, names (the folder was synced), write, cut, sync or ack. `inode` tells
    two files apart that have had one name; `at` is an offset, for cut a size.
    """

    kind: str
    name: str
    inode: int = -1
    at: int = 0
    data: bytes = b""


@dataclass(slots=True)
class Recording:
    """What was told so far; `inodes` are the files that have a name now."""

    folder: Path
    ops: list[Op] = field(default_factory=list)
    inodes: dict[str, int] = field(default_factory=dict)
    open_files: dict[int, tuple[str, int]] = field(default_factory=dict)
    made: int = 0

    def ack(self, key: str) -> None:
        """Somebody has been told that this is kept."""
        self.ops.append(Op("ack", key))

    def opened(self, address: int, path: str, *, may_create: bool) -> bool:
        """Note an open file; whether it is one of the folder's."""
        name = Path(path).name
        if Path(path).parent != self.folder:
            self.open_files.pop(address, None)
            return False
        if name not in self.inodes and may_create:
            self.inodes[name] = self.made
            self.ops.append(Op("create", name, self.made))
            self.made += 1
        self.open_files[address] = (name, self.inodes[name])
        return True

    def makes(self, path: str) -> bool:
        """Whether this would be a new file of the folder's."""
        return Path(path).parent == self.folder and not Path(path).exists()

    def deleted(self, path: str) -> None:
        """Note that a name is gone."""
        name = Path(path).name
        if Path(path).parent == self.folder and name in self.inodes:
            self.ops.append(Op("delete", name, self.inodes.pop(name)))

    def refuses(self, kind: str, name: str) -> int:
        """SQLite's code of the error that this operation ends with; 0: it is carried out."""
        del kind, name
        return _OK

    def refuses_file(self, kind: str, address: int) -> int:
        """As `refuses`, for an open file."""
        return self.refuses(kind, self.open_files[address][0])

    def told(self, kind: str, address: int, at: int = 0, data: bytes = b"") -> None:
        """Note what became of an open file."""
        name, inode = self.open_files[address]
        self.ops.append(Op(kind, name, inode, at, data))


@contextmanager
def recording(folder: Path) -> Iterator[Recording]:
    """Record what every database opened from now on does in this folder."""
    with standing_between(Recording(folder)) as found:
        yield found


@contextmanager
def standing_between(found: Recording) -> Iterator[Recording]:
    """Have every database opened from now on tell this recording what it does, and ask it."""
    library_file = _library()
    find = library_file.sqlite3_vfs_find
    find.restype = POINTER(_Vfs)
    real = find(None)
    vfs, kept = _vfs(real, found)
    stop_watching = _watch_folders(real, found)
    _KEPT.append((vfs, kept))
    library_file.sqlite3_vfs_register(pointer(vfs), 1)
    try:
        yield found
    finally:
        library_file.sqlite3_vfs_register(real, 1)
        library_file.sqlite3_vfs_unregister(pointer(vfs))
        stop_watching()


def _library() -> ctypes.CDLL:
    """The very library that the product's driver has loaded."""
    package = library().__name__.partition(".")[0]
    driver = sys.modules.get(f"{package}._sqlite3") or sys.modules["_sqlite3"]
    return ctypes.CDLL(str(driver.__file__))


def _vfs(real: POINTER(_Vfs), found: Recording) -> tuple[_Vfs, list[object]]:
    """A VFS like the real one whose files are noted; and what must live as long as it does."""
    wrapped: dict[int, _Methods] = {}
    kept: list[object] = [wrapped]

    def open_file(_vfs, name, file, flags, out):
        path = ctypes.string_at(name).decode() if name else ""
        if flags & _CREATE and found.makes(path) and (code := found.refuses("create", path)):
            # No methods: then SQLite does not close what was never opened.
            cast(file, POINTER(_File)).contents.methods = None
            return code
        code = real.contents.open(cast(real, c_void_p), name, file, flags, out)
        if code == _OK and found.opened(file, path, may_create=bool(flags & _CREATE)):
            methods = cast(file, POINTER(_File)).contents.methods
            address = ctypes.addressof(methods.contents)
            if address not in wrapped:
                wrapped[address] = _methods(methods.contents, found)
            cast(file, POINTER(_File)).contents.methods = pointer(wrapped[address])
        return code

    def delete(_vfs, name, sync_folder):
        file = Path(name.decode())
        if file.parent == found.folder and (code := found.refuses("delete", file.name)):
            return code
        # Told first: the folder is synced inside the real call, when it is.
        found.deleted(name.decode())
        return real.contents.delete(cast(real, c_void_p), name, sync_folder)

    vfs = _Vfs.from_buffer_copy(real.contents)
    vfs.name, vfs.open, vfs.delete = b"recorder", _Open(open_file), _Delete(delete)
    return vfs, kept


def _methods(real: _Methods, found: Recording) -> _Methods:
    def write(file, data, size, at):
        if code := found.refuses_file("write", file):
            return code
        found.told("write", file, at, ctypes.string_at(data, size))
        return real.write(file, data, size, at)

    def cut(file, size):
        if code := found.refuses_file("cut", file):
            return code
        found.told("cut", file, size)
        return real.truncate(file, size)

    def sync(file, flags):
        if code := found.refuses_file("sync", file):
            return code
        code = real.sync(file, flags)
        found.told("sync", file)
        return code

    methods = _Methods.from_buffer_copy(real)
    methods.write, methods.truncate, methods.sync = _Write(write), _Truncate(cut), _Sync(sync)
    return methods


def _watch_folders(real: POINTER(_Vfs), found: Recording):
    """Note when a folder is opened, which SQLite does only to sync it; how to stop that."""
    vfs, call = cast(real, c_void_p), b"openDirectory"
    real_open = _Directory(real.contents.get_call(vfs, call))

    def open_folder(path, out):
        found.ops.append(Op("names", ""))
        return real_open(path, out)

    watching = _Directory(open_folder)
    _KEPT.append(watching)
    real.contents.set_call(vfs, call, cast(watching, c_void_p))
    return lambda: real.contents.set_call(vfs, call, None)
