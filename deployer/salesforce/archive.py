"""A zip from the org is read in memory, by an allow-list of names, and never written out."""

from __future__ import annotations

import io
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass

from deployer.errors import BadInput

# Folder -> ending of the files in it. Source: Metadata API Developer Guide, "Metadata Types".
FOLDERS = {
    "LeadConvertSettings": ".LeadConvertSetting",
    "applications": ".app",
    "flexipages": ".flexipage",
    "layouts": ".layout",
    "objects": ".object",
    "permissionsets": ".permissionset",
    "profiles": ".profile",
    "settings": ".settings",
}
_ROOT = "unpackaged/"
_ENTRY = re.compile(r"([A-Za-z]+)/([^/\\\0]+)")
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much is too much. Source: Metadata API Developer Guide, "Deploy and Retrieve Limits"."""

    entries: int = 10_000
    unpacked_bytes: int = 600_000_000
    ratio: int = 200
    free_bytes: int = 1_000_000  # a small entry may be packed as well as it likes


def read_archive(data: bytes, bounds: Bounds | None = None) -> dict[str, bytes]:
    """The files of a retrieved zip by path, without the leading "unpackaged/"; folders left out.

    Errors: BadInput for a broken zip and for everything that Salesforce never sends: another
    folder, a path that climbs, a link, a name twice, encryption, a bomb. Nothing is used of such.
    """
    bounds = bounds or Bounds()
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_sizes(entries, bounds)
            return _read_entries(archive, entries)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError,
            ValueError, OSError) as broken:  # fmt: skip
        raise _refusal(f"the zip cannot be read ({type(broken).__name__})") from broken


def _check_sizes(entries: list[zipfile.ZipInfo], bounds: Bounds) -> None:
    if len(entries) > bounds.entries:
        raise _refusal(f"{len(entries)} entries, more than {bounds.entries}")
    if sum(entry.file_size for entry in entries) > bounds.unpacked_bytes:
        raise _refusal(f"it unpacks to more than {bounds.unpacked_bytes} bytes")
    for entry in entries:
        packed = max(entry.compress_size, 1)
        if entry.file_size > bounds.free_bytes and entry.file_size / packed > bounds.ratio:
            raise _refusal("an entry unpacks to more than any real file", entry.filename)


def _read_entries(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for entry in entries:
        path = _allowed_path(entry)
        if path is None:
            continue
        if path in files:
            raise _refusal("the same name twice", path)
        with archive.open(entry) as packed:  # stops at the CRC and at the declared size
            files[path] = packed.read(entry.file_size + 1)
        if len(files[path]) != entry.file_size:
            raise _refusal("an entry is not as long as it says", path)
    return files


def _allowed_path(entry: zipfile.ZipInfo) -> str | None:
    """The path without its root; None for a folder's own entry. Errors: BadInput."""
    name = entry.filename.removeprefix(_ROOT)
    if entry.flag_bits & _ENCRYPTED:
        raise _refusal("an encrypted entry", entry.filename)
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refusal("a link", entry.filename)
    folder = entry.filename.endswith("/") and not entry.file_size
    if folder and (not name or name.rstrip("/") in FOLDERS):
        return None
    if name == "package.xml":
        return name
    found = _ENTRY.fullmatch(name)
    ending = FOLDERS.get(found[1]) if found else None
    if ending and name.endswith(ending) and name.isprintable() and f"/{ending}" not in name:
        return name
    raise _refusal("a name that Salesforce does not send", entry.filename)


def _refusal(what: str, name: str = "") -> BadInput:
    shown = "".join(c if c.isprintable() else "?" for c in name)[:120]
    return BadInput(
        f"the org's archive was refused: {what}",
        where=shown,
        hint="check instance_url; nothing of the archive was used",
    )
