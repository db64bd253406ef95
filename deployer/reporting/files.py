"""Files for other programs to read: written whole or not at all, with the mode of the umask."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from deployer.errors import UsageError
from deployer.metadata_files import shown

_ANYBODY = 0o666  # what the umask takes away from


def refuse_unwritable(path: Path, option: str) -> None:
    """Errors: UsageError for a path that could not be written to, before any work is done."""
    real = path.resolve()
    folder = real.parent
    if real.is_dir():
        said = "this is a folder"
    elif not folder.is_dir():
        said = "its folder does not exist"
    elif not os.access(real if real.exists() else folder, os.W_OK):
        said = "it cannot be written"
    elif real.is_file() and not os.access(folder, os.W_OK):
        said = "its folder cannot be written"
    else:
        return
    raise UsageError(
        said,
        where=f"{option} {shown(path)}",
        hint="name a file in a folder that is there and may be written",
    )


def write_whole(path: Path, content: bytes) -> None:
    """Put the content in place of the file's, or of nothing; a link stays a link.

    What is no file but a pipe or a device is written as it is. Errors: OSError naming the file,
    which is then untouched.
    """
    real = path.resolve()
    try:
        if real.exists() and not real.is_file():
            real.write_bytes(content)
        else:
            _swap(real, content)
    except OSError as refused:
        refused.filename = shown(path)
        raise


def read_if_there(path: Path) -> bytes:
    """What the file holds; nothing when it is not there or is no file. Errors: OSError."""
    return path.read_bytes() if path.is_file() else b""


def _swap(real: Path, content: bytes) -> None:
    draft = real.with_name(f".optout-{secrets.token_hex(6)}")
    try:
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _ANYBODY)
        with os.fdopen(handle, "wb") as out:
            if real.exists():
                os.fchmod(out.fileno(), real.stat().st_mode & 0o7777)
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(real)
    except BaseException:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise
