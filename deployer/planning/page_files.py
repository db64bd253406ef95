"""A project's Lightning record pages, from its files in either format; no org is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deployer.errors import UsageError
from deployer.lightning import read_page
from deployer.metadata_files import read_file
from deployer.model.layouts import PAGE_OBJECTS
from deployer.model.org import PageFact

_SUFFIXES = (".flexipage-meta.xml", ".flexipage")


@dataclass(frozen=True, slots=True)
class PageFiles:
    """The record pages of people's objects, and the bytes of each by its name."""

    facts: tuple[PageFact, ...] = ()
    bodies: dict[str, bytes] = field(default_factory=dict)


def find_pages(project: Path) -> PageFiles:
    """Read every record page of a project.

    Errors: BadInput for a file that is no page; UsageError when two files hold one page.
    """
    paths = (path for suffix in _SUFFIXES for path in sorted(project.rglob(f"*{suffix}")))
    return _read(list(paths))


def _read(paths: Sequence[Path]) -> PageFiles:
    found: dict[str, Path] = {}
    facts, bodies = [], {}
    for path in paths:
        name = path.name.partition(".")[0]
        data = read_file(path)
        page = read_page(data, where=str(path))
        if page.kind != "RecordPage" or page.object not in PAGE_OBJECTS:
            continue
        if name in found:
            raise UsageError(
                f"two files hold the Lightning page {name}",
                where=f"{found[name]} and {path}",
                hint="name the one folder whose pages are meant with --from",
            )
        namespace, managed, _ = name.partition("__")
        facts.append(PageFact(name, page.object, namespace if managed else "", ""))
        found[name], bodies[name] = path, data
    return PageFiles(tuple(facts), bodies)
