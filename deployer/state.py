"""Where this program keeps things: private, durable, and never in the current folder."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import Enum
from pathlib import Path

from deployer.errors import TryLater

PRIVATE_FILE = 0o600
PRIVATE_DIR = 0o700


def home(environ: Mapping[str, str] | None = None) -> Path:
    """The folder of all state: $OPTOUT_HOME, else the platform's user data folder.

    It need not exist yet. `environ` is the process's own unless given.
    """
    configured = (os.environ if environ is None else environ).get("OPTOUT_HOME", "")
    if configured:
        return Path(configured).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("optout")


def make_private_dir(path: Path) -> Path:
    """Make the folder for the owner's eyes only, and so its parents that are missing; return it.

    An existing folder is closed to others, an existing parent left alone. Errors: OSError.
    """
    missing = [folder for folder in path.parents if not folder.exists()]
    for folder in (*reversed(missing), path):
        folder.mkdir(mode=PRIVATE_DIR, exist_ok=True)
    if path.stat().st_mode & 0o777 != PRIVATE_DIR:
        path.chmod(PRIVATE_DIR)
    return path


def write_private(path: Path, content: bytes) -> None:
    """Replace the file's content so that after a crash it is the old or the new, never half.

    The file is readable by its owner only, and so are folders that have to be made for it; content
    and name are on disk when this returns. Errors: OSError naming the file, which is then
    untouched, also when it is no file at all but a device.
    """
    if not path.parent.exists():
        make_private_dir(path.parent)
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        _replace_content(path, content)
    except OSError as refused:
        # The draft's name means nothing to a person, and a full disk names no file at all.
        refused.filename = str(path)
        raise
    sync_dir(path.parent)


def _replace_content(path: Path, content: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "wb") as draft:
            draft.write(content)
            draft.flush()
            os.fsync(draft.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink(missing_ok=True)
        raise


def sync_dir(path: Path) -> None:
    """Make the folder's own entries durable (a rename is not, until its folder is synced)."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def hash_of(content: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold the lock file for the block; the kernel lets go of it when the process dies.

    Errors: TryLater at once when another process (or another block here) holds it.
    """
    make_private_dir(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise TryLater(
                "another optout is at work here",
                where=str(path),
                hint="wait until it has finished and run the same command again",
            ) from held
        yield
    finally:
        os.close(handle)


class Hold(Enum):
    """How `wait_to_hold` holds a file: with others who share, or alone."""

    SHARED = fcntl.LOCK_SH
    ALONE = fcntl.LOCK_EX


@contextmanager
def wait_to_hold(path: Path, how: Hold) -> Iterator[None]:
    """Hold the lock file for the block, waiting as long as others hold it otherwise."""
    make_private_dir(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, PRIVATE_FILE)
    try:
        fcntl.flock(handle, how.value)
        yield
    finally:
        os.close(handle)
