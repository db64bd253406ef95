"""The files of a package against its manifest, and each one into the org in the right order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from practice_org.metadata.authors import feature_problem
from practice_org.metadata.canonical import NotMetadata, parse_metadata
from practice_org.metadata.names import key_of
from practice_org.metadata.object_file import fields_in, install_object
from practice_org.metadata.options import DeployOptions
from practice_org.metadata.package import CHILDREN, SUFFIXES, File, Package, type_of
from practice_org.metadata.permission_set_file import install_permission_set
from practice_org.metadata.problems import Message, Problem, Severity, at, failed
from practice_org.metadata.profile_file import install_profile
from practice_org.metadata.shapes import shape_problems
from practice_org.metadata.whole_file import install_whole
from practice_org.org import LATEST, Org

_MANIFESTS = frozenset(
    {
        *("package.xml", "destructiveChanges.xml"),
        *("destructiveChangesPre.xml", "destructiveChangesPost.xml"),
    }
)
# In the order in which one may need another.
_INSTALL: dict[str, Callable[[Org, File, Package], list[Message]]] = {
    "CustomObject": install_object,
    "Layout": lambda org, file, _: [install_whole(org, file)],
    "FlexiPage": lambda org, file, _: [install_whole(org, file)],
    "CustomApplication": lambda org, file, _: [install_whole(org, file)],
    "LeadConvertSettings": lambda org, file, _: [install_whole(org, file)],
    "PermissionSet": lambda org, file, _: [install_permission_set(org, file)],
    "Profile": lambda org, file, _: [install_profile(org, file)],
}


def install_files(org: Org, package: Package, options: DeployOptions) -> list[Message]:
    """Put every file into the org; one message for each component and one for package.xml."""
    if package.version > float(LATEST):
        problem = Problem(f"Invalid version specified: {package.version:.1f}")
        return [failed("", "package.xml", "package.xml", problem)]
    messages = [*_not_emulated(package)]
    if not options.allow_missing_files:
        messages += _absent(package)
    files, unread = _files(package, options)
    messages += unread
    messages += _clashes(files)
    for file in sorted(files, key=lambda file: list(_INSTALL).index(file.type)):
        messages += _install(org, file, package)
    return [*messages, Message("", "package.xml", "package.xml")]


def _install(org: Org, file: File, package: Package) -> list[Message]:
    if file.root.name != file.type:
        # The sentence for a wrong root is unverified.
        name = f"Element {file.root.name} invalid at this location in type {file.type}"
        return _refused(file, package, at(file.root, f"Error parsing file: {name}"))
    broken = shape_problems(file.root, file.type, package.version)
    if broken:
        # The reader stops at the first element it does not understand.
        return _refused(file, package, broken[0])
    if barred := feature_problem(org, file.type):
        return _refused(file, package, barred)
    return _INSTALL[file.type](org, file, package)


def _refused(file: File, package: Package, problem: Problem) -> list[Message]:
    """The file's own failure, and that of everything that should have come out of it."""
    rows = [failed(file.type, file.name, file.path, problem)]
    return rows + _orphans(file.name, file.path, package)


def _orphans(name: str, path: str, package: Package) -> list[Message]:
    if not path.startswith("objects/"):
        return []
    prefix = f"{name}.".casefold()
    lost = Problem("Parent entity failed to deploy")
    return [
        failed(kind, member, path, lost)
        for kind in CHILDREN
        for member in package.members.get(kind, ())
        if member.casefold().startswith(prefix)
    ]


def _not_emulated(package: Package) -> Iterator[Message]:
    for kind, names in package.members.items():
        if kind in SUFFIXES or kind in {"CustomField", "RecordType"}:
            continue
        for name in names:
            sentence = f"This practice org does not emulate {kind}; leave it out of the package"
            yield failed(kind, name, "package.xml", Problem(sentence))


def _absent(package: Package) -> Iterator[Message]:
    for kind, names in package.members.items():
        for name in names:
            if name != "*" and not _is_there(package, kind, name):
                sentence = (
                    f"An object '{name}' of type {kind} was named in package.xml, "
                    "but was not found in zipped directory"
                )
                yield failed("", name, "package.xml", Problem(sentence))


def _is_there(package: Package, kind: str, name: str) -> bool:
    if kind in SUFFIXES:
        return package.file_of(kind, name) is not None
    if kind not in CHILDREN:
        return True
    path = package.file_of("CustomObject", name.partition(".")[0])
    if path is None:
        return False
    try:
        root = parse_metadata(package.files[path])
    except NotMetadata:
        return True
    return name.partition(".")[2] in fields_in(root, CHILDREN[kind])


def _files(package: Package, options: DeployOptions) -> tuple[list[File], list[Message]]:
    files: list[File] = []
    messages: list[Message] = []
    for path, body in package.files.items():
        if path in _MANIFESTS:
            continue
        known = type_of(path)
        if known is None or not (options.auto_update_package or _is_asked(package, *known)):
            messages += _stray(path, known)
            continue
        try:
            files.append(File(path, *known, parse_metadata(body)))
        except NotMetadata as broken:
            problem = Problem(broken.sentence, broken.line, broken.column)
            messages.append(failed(*known, path, problem))
            messages += _orphans(known[1], path, package)
    return files, messages


def _clashes(files: list[File]) -> Iterator[Message]:
    """Two files of one name, spelled with other escapes or in another case."""
    seen: set[tuple[str, str]] = set()
    for file in files:
        key = (file.type, key_of(file.name))
        if key in seen:
            sentence = "duplicate value found: <unknown> duplicates value on record with id: "
            yield failed(file.type, file.name, file.path, Problem(f"{sentence}<unknown>"))
        seen.add(key)


def _is_asked(package: Package, kind: str, name: str) -> bool:
    if package.asks_for(kind, name):
        return True
    named: Iterable[str] = (m for child in CHILDREN for m in package.members.get(child, ()))
    prefix = f"{name}.".casefold()
    return kind == "CustomObject" and any(m.casefold().startswith(prefix) for m in named)


def _stray(path: str, known: tuple[str, str] | None) -> list[Message]:
    # "Not in package.xml" is the sentence; that it is an error by itself is unverified.
    kind, name = known or ("", path.rpartition("/")[2])
    return [failed(kind, name, path, Problem("Not in package.xml", severity=Severity.ERROR))]
