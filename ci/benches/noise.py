"""Noise: lines that change in a layout's diff beside the item that is put into it.

Everybody puts the item where `optout edit` has put it, so that what differs is how a file is read
and written, and not the place.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from benches.depth import Depth
from benches.row import Row, Side, row_beside
from benches.stage.layouts import CORPUS, Layout, made_up_layouts, real_layouts
from benches.start_up import OPTOUT
from lxml import etree
from strangers_install import CUMULUSCI, PRETTIER, Clients, cache_folder, install_clients

PEERS = Path(__file__).resolve().parent / "peers"
QUICK_LAYOUTS = 60
ITEM_LINES = 4
# Where the column is one empty tag, that one goes, and an opening and a closing one come.
OPENED_LINES = 3
_NAMESPACE = "{http://soap.sforce.com/2006/04/metadata}"

Change = Callable[[Path], None]
"""Put the field on every layout of this folder."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the item goes in a file: section, column, and how many nodes come before it.

    `lines` is what must change for it, lines added and lines removed.
    """

    name: str
    field: str
    section: int
    column: int
    index: int
    lines: int


@dataclass(frozen=True, slots=True)
class Noise:
    """Of each layout the lines beyond the item's, and how many hold the item and nothing new."""

    lines: tuple[int, ...]
    right: int

    @property
    def files(self) -> int:
        return sum(count > 0 for count in self.lines)

    @property
    def note(self) -> str:
        return "" if self.right == len(self.lines) else f"{self.right} ended right"


def rows(depth: Depth) -> Iterator[Row]:
    """Files with noise, and lines of it: none, with every peer's beside it."""
    layouts = real_layouts(QUICK_LAYOUTS if depth is Depth.QUICK else None)
    kind = "real"
    if not layouts:
        print(f"c noise: there is no corpus at {CORPUS}: layouts are made-up ones")
        layouts, kind = made_up_layouts(QUICK_LAYOUTS), "made-up"
    clients = install_clients(cache_folder(), ["prettier"])
    with tempfile.TemporaryDirectory() as folder:
        found = dict(_sides(Path(folder), layouts, clients))
    what = f"of {len(layouts)} {kind} layouts"
    yield _row(f"files with noise, {what}", found, lambda noise: noise.files, "files")
    yield _row(f"lines of noise, {what}", found, lambda noise: sum(noise.lines), "lines")


def read_numstat(told: str) -> dict[str, int]:
    """File name -> lines added and removed, of `git diff --numstat`."""
    counts = {}
    for line in told.splitlines():
        added, removed, path = line.split("\t")
        counts[path.rpartition("/")[2].rstrip("}")] = int(added) + int(removed)
    return counts


def find_place(name: str, field: str, before: bytes, after: bytes) -> Place:
    """Where the field was put into this layout."""
    section, number, index = _position(etree.fromstring(after), field)
    column = _columns(etree.fromstring(before), section)[number]
    is_empty_tag = not len(column) and column.text is None
    lines = ITEM_LINES + (OPENED_LINES if is_empty_tag else 0)
    return Place(name, field, section, number, index, lines)


def _row(
    name: str,
    found: Mapping[tuple[str, str], Noise],
    figure: Callable[[Noise], float],
    unit: str,
) -> Row:
    ours, *peers = (
        Side(*named, (figure(noise),), noise.note) for named, noise in found.items()
    )  # fmt: skip
    # None at all is the best there is, so the ratio is about the promise and not about a peer.
    return row_beside(("c", name), ours, [Side("limit", "", (0,)), *peers], 1.0, unit)


def _sides(
    folder: Path, layouts: Sequence[Layout], clients: Clients
) -> Iterator[tuple[tuple[str, str], Noise]]:
    """Name and version of each tool, and what it has left; ours first."""
    before, ours = folder / "before", folder / "ours"
    fields = _write(before, layouts)
    shutil.copytree(before, ours)
    _edit(ours)
    places = [
        find_place(name, field, (before / name).read_bytes(), (ours / name).read_bytes())
        for name, field in fields.items()
    ]
    yield ("optout", version("salesforce-optout")), _noise(before, ours, places)
    formatted = folder / "formatted"
    shutil.copytree(before, formatted)
    _prettier(formatted, clients)
    for named, start, change in _peers(before, formatted, places, clients):
        after = folder / "after"
        shutil.copytree(start, after)
        change(after)
        yield named, _noise(start, after, places)
        shutil.rmtree(after)


def _peers(
    before: Path, formatted: Path, places: Sequence[Place], clients: Clients
) -> Iterator[tuple[tuple[str, str], Path, Change]]:
    """Name and version, the folder that each starts from, and how it changes a copy of it."""
    cci = [clients.cci.with_name("python"), PEERS / "noise_cci.py"]
    plain = [sys.executable, PEERS / "noise_lxml.py"]
    numbers = [word.rpartition("@")[2] for word in PRETTIER.split()]
    pretty = "{} with plugin-xml {}".format(*numbers)

    def by_script(*words: str | Path) -> Change:
        return lambda after: _by_script(words, places, after)

    def and_format(after: Path) -> None:
        _edit(after)
        _prettier(after, clients)

    lxml = etree.__version__
    yield ("CumulusCI's metadata_tree", CUMULUSCI.rpartition("=")[2]), before, by_script(*cci)
    yield ("lxml (indented)", lxml), before, by_script(*plain, "indent")
    yield ("lxml (with care)", lxml), before, by_script(*plain, "splice")
    yield ("prettier", pretty), before, and_format
    yield ("prettier (on files it had formatted)", pretty), formatted, and_format


def _write(folder: Path, layouts: Sequence[Layout]) -> dict[str, str]:
    """Write the layouts under names that tell their object; each name's field."""
    folder.mkdir()
    fields = {}
    for number, layout in enumerate(layouts):
        kind = "PersonAccount" if layout.field.startswith("Person") else "Contact"
        name = f"{kind}-Bench {number}.layout-meta.xml"
        (folder / name).write_bytes(layout.data)
        fields[name] = layout.field
    return fields


def _edit(folder: Path) -> None:
    done = subprocess.run([OPTOUT, "edit", folder], capture_output=True, check=False)
    if done.returncode not in {0, 10}:
        raise SystemExit(f"bench: optout edit exits {done.returncode}: {done.stdout[-500:]!r}")


def _by_script(words: Sequence[str | Path], places: Sequence[Place], after: Path) -> None:
    """Run `words` in the folder `after`, with the file of places behind the first two of them."""
    listed = after.with_name("places.json")
    listed.write_text(json.dumps([asdict(place) for place in places]))
    subprocess.run([*words[:2], listed, *words[2:]], cwd=after, check=True)


def _prettier(folder: Path, clients: Clients) -> None:
    """Format all files as a project does that `sf project generate` has made: with its defaults."""
    program = clients.prettier / "prettier/bin/prettier.cjs"
    plugin = clients.prettier / "@prettier/plugin-xml/src/plugin.js"
    words = [f"--plugin={plugin}", "--no-config", "--no-editorconfig", "--log-level=error"]
    subprocess.run(
        [clients.node, program, "--write", *words, "*.xml"], cwd=folder, check=True
    )  # fmt: skip


def _noise(before: Path, after: Path, places: Sequence[Place]) -> Noise:
    plain = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    words = ["git", "diff", "--no-index", "--numstat", "--minimal", "--no-renames"]
    told = subprocess.run(
        [*words, before.name, after.name],
        cwd=after.parent, env=plain, capture_output=True, text=True, check=False,
    )  # fmt: skip
    changed = read_numstat(told.stdout)
    # Fewer than must is noise, too: a file in one line changes in two.
    lines = tuple(abs(changed.get(place.name, 0) - place.lines) for place in places)
    return Noise(
        lines,
        sum(
            is_right(
                (before / place.name).read_bytes(), (after / place.name).read_bytes(), place.field
            )
            for place in places
        ),
    )


def is_right(before: bytes, after: bytes, field: str) -> bool:
    """One item with the field, and nothing else that means anything is new or gone."""
    try:
        root = etree.fromstring(after)
    except etree.XMLSyntaxError:
        return False
    items = _items(root, field)
    if len(items) != 1:
        return False
    column = items[0].getparent()
    if column is None:
        return False
    column.remove(items[0])
    return _meaning(root) == _meaning(etree.fromstring(before))


def _meaning(root: etree._Element) -> list[tuple[object, str]]:
    return [(each.tag, (each.text or "").strip()) for each in root.iter(etree.Element)]


def _items(root: etree._Element, field: str) -> list[etree._Element]:
    return [
        item
        for item in root.iter(f"{_NAMESPACE}layoutItems")
        if item.findtext(f"{_NAMESPACE}field") == field
    ]


def _position(root: etree._Element, field: str) -> tuple[int, int, int]:
    for section in range(len(root.findall(f"{_NAMESPACE}layoutSections"))):
        for number, column in enumerate(_columns(root, section)):
            for item in _items(column, field):
                return section, number, column.index(item)
    raise SystemExit(f"bench: {field} is nowhere")


def _columns(root: etree._Element, section: int) -> list[etree._Element]:
    sections = root.findall(f"{_NAMESPACE}layoutSections")
    return sections[section].findall(f"{_NAMESPACE}layoutColumns")
