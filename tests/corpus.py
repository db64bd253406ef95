"""Real metadata files from public repositories, kept beside the checkout; absent elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"


def corpus_files(kind: str) -> list[Path]:
    """The files of `layouts`, `fields`, `flexipages` or `profiles`; skips if absent."""
    folder = FOLDER / kind
    if not folder.is_dir():
        pytest.skip(f"the corpus of real metadata is not there: {folder}")
    return sorted(folder.iterdir())


def real_name(file: Path) -> str:
    """The file's own name, without the prefix that keeps the collection's names apart."""
    return file.name.partition("--")[2]


def copied_layouts(target: Path) -> Iterator[tuple[Path, bytes]]:
    """Copy every layout under its own name into a folder of its own; yield copy and bytes."""
    for file in corpus_files("layouts"):
        folder = target / file.name.partition("--")[0]
        folder.mkdir(parents=True)
        copy = folder / real_name(file)
        copy.write_bytes(file.read_bytes())
        yield copy, copy.read_bytes()
