"""The zip of a deployment: what package.xml names, what the folders hold, what is to be deleted."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from practice_org.metadata.canonical import Node, NotMetadata, branch, leaf, parse_metadata
from practice_org.metadata.names import decoded, key_of
from practice_org.metadata.problems import Problem, failed

FOLDERS = {
    "layouts": ("Layout", ".layout"),
    "objects": ("CustomObject", ".object"),
    "permissionsets": ("PermissionSet", ".permissionset"),
    "profiles": ("Profile", ".profile"),
    "flexipages": ("FlexiPage", ".flexipage"),
    "applications": ("CustomApplication", ".app"),
    "LeadConvertSettings": ("LeadConvertSettings", ".LeadConvertSetting"),
}
SUFFIXES = {kind: (folder, suffix) for folder, (kind, suffix) in FOLDERS.items()}
CHILDREN = {
    "CustomField": "fields",
    "ListView": "listViews",
    "RecordType": "recordTypes",
    "ValidationRule": "validationRules",
    "WebLink": "webLinks",
    "FieldSet": "fieldSets",
    "CompactLayout": "compactLayouts",
    "BusinessProcess": "businessProcesses",
}
LARGEST_UNZIPPED = 600_000_000
MOST_FILES = 10_000


@dataclass(frozen=True, slots=True)
class File:
    """One file of a package: its path, what it stands for, and its tree."""

    path: str
    type: str
    name: str
    root: Node


@dataclass(frozen=True, slots=True)
class Package:
    """One package: `files` by path inside it, `members` by type, in package.xml's order.

    `asked` are the members' keys by type, `paths` the files' paths by theirs.
    """

    version: float
    members: dict[str, tuple[str, ...]]
    files: dict[str, bytes]
    before: dict[str, tuple[str, ...]]
    after: dict[str, tuple[str, ...]]
    asked: dict[str, frozenset[str]]
    paths: dict[str, str]

    def asks_for(self, component_type: str, name: str) -> bool:
        """Whether the manifest names this component, itself or by a wildcard."""
        named = self.asked.get(component_type, frozenset())
        return key_of(name) in named or "*" in named

    def file_of(self, component_type: str, name: str) -> str | None:
        """The path that holds this top-level component, whatever its escapes and case."""
        folder, suffix = SUFFIXES[component_type]
        return self.paths.get(key_of(f"{folder}/{name}{suffix}"))


class NoPackage(ValueError):
    """The zip holds nothing to deploy; `file_name` and `sentence` are what the org says of it."""

    def __init__(self, file_name: str, sentence: str, line: int = 0, column: int = 0) -> None:
        super().__init__(sentence)
        self.message = failed("", "package.xml", file_name, Problem(sentence, line, column))


def read_packages(data: bytes, *, single: bool) -> list[Package]:
    """The packages in a zip: one at the root, or with `single` False one in each folder.

    Errors: NoPackage when a package.xml is missing or cannot be read.
    """
    files = _unzipped(data)
    if single:
        return [_package(files, "")]
    tops = sorted({path.split("/", 1)[0] for path in files if "/" in path})
    if not tops:
        raise NoPackage("package.xml", "No package.xml found")
    return [_package(_inside(files, top), f"{top}/") for top in tops]


def type_of(path: str) -> tuple[str, str] | None:
    """The type and name a path of the package stands for; None when it is of no known kind."""
    folder, _, file = path.rpartition("/")
    kind, suffix = FOLDERS.get(folder, ("", ""))
    if not kind or not file.endswith(suffix):
        return None
    name = file.removesuffix(suffix)
    # A layout's label may hold what looks like an escape, so its name is decoded only once: later.
    return kind, name if kind == "Layout" else decoded(name)


def manifest(members: Mapping[str, Iterable[str]], version: float) -> Node:
    """A package.xml of these members."""
    types = [
        branch("types", [*(leaf("members", m) for m in sorted(names)), leaf("name", kind)])
        for kind, names in sorted(members.items())
    ]
    return branch("Package", [*types, leaf("version", f"{version:.1f}")])


def to_zip(files: dict[str, bytes]) -> bytes:
    """The files as a zip whose bytes depend on nothing else."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _unzipped(data: bytes) -> dict[str, bytes]:
    # A reader of zip streams finds no entry in what is no zip, and so no package.xml in it: that
    # the org answers so is unverified.
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES or sum(e.file_size for e in entries) > LARGEST_UNZIPPED:
                raise NoPackage("package.xml", "Maximum size of request reached")
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as broken:
        raise NoPackage("package.xml", "No package.xml found") from broken


def _inside(files: dict[str, bytes], top: str) -> dict[str, bytes]:
    prefix = f"{top}/"
    return {p.removeprefix(prefix): body for p, body in files.items() if p.startswith(prefix)}


def _package(files: dict[str, bytes], folder: str) -> Package:
    path = f"{folder}package.xml"
    if "package.xml" not in files:
        raise NoPackage(path, "No package.xml found")
    root = _manifest_root(files["package.xml"], path)
    version = root.value("version")
    if not version.removesuffix(".0").isdigit():
        raise NoPackage(path, f"Invalid version specified: {version or 'null'}")
    both = _deletions(files, "destructiveChanges.xml", folder)
    members = _members(root)
    return Package(
        float(version),
        members,
        files,
        before={**both, **_deletions(files, "destructiveChangesPre.xml", folder)},
        after=_deletions(files, "destructiveChangesPost.xml", folder),
        asked={kind: frozenset(map(key_of, names)) for kind, names in members.items()},
        paths={key_of(path): path for path in reversed(files)},
    )


def _manifest_root(data: bytes, path: str) -> Node:
    try:
        root = parse_metadata(data)
    except NotMetadata as broken:
        raise NoPackage(path, broken.sentence, broken.line, broken.column) from broken
    if root.name != "Package":
        raise NoPackage(path, "Error parsing file: package.xml must have a Package at its root")
    return root


def _deletions(files: dict[str, bytes], name: str, folder: str) -> dict[str, tuple[str, ...]]:
    if name not in files:
        return {}
    return _members(_manifest_root(files[name], folder + name))


def _members(root: Node) -> dict[str, tuple[str, ...]]:
    named: dict[str, tuple[str, ...]] = {}
    for types in root.all("types"):
        kind = types.value("name")
        members = tuple(node.text.strip() for node in types.all("members"))
        named[kind] = named.get(kind, ()) + members
    return named
