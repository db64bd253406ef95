"""Make the pages of docs/reference from the code and from the templates in ci/docs_pages.

What people write is in the templates; the tables come from the code that uses them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
from docs_code import exits, ledger_tables, ledger_words
from docs_commands import command_trees
from docs_figures import figures_facts
from docs_markdown import cell, table
from docs_plots import draw_plots
from docs_proof import proof_facts
from docs_settings import settings_facts
from docs_tables import check_rows, meter_rows, reaction_rows, rule_groups

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "docs/reference"
TEMPLATES = Path(__file__).with_name("docs_pages")
FACTS: Mapping[str, Callable[[], Mapping[str, Any]]] = {
    "index": dict,
    "commands": lambda: {"trees": command_trees("optout")},
    "sync-commands": lambda: {"trees": command_trees("optout sync")},
    "settings": settings_facts,
    "readiness-checks": lambda: {"checks": check_rows("readiness")},
    "sync-checks": lambda: {"checks": check_rows("sync")},
    "rules": lambda: {"groups": rule_groups()},
    "reactions": reaction_rows,
    "exit-codes": exits,
    "ledger": lambda: {"tables": ledger_tables(), "words": ledger_words()},
    "metrics": lambda: {"meters": meter_rows()},
    "proof": proof_facts,
    "figures": figures_facts,
}


def main() -> int:
    """Write the pages, or with --check say which are not as the code is; exits 1 then."""
    parser = argparse.ArgumentParser(prog="ci/docs", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 when stale")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    given = parser.parse_args()
    pages = make_pages()
    if not given.check:
        write_pages(pages, given.folder)
        return 0
    stale = stale_pages(pages, given.folder)
    for name in stale:
        print(f"docs/reference/{name} is not what the code says; type: ci/docs", file=sys.stderr)
    return 1 if stale else 0


def make_pages() -> dict[str, str]:
    """File name -> text, from the code and the figures as they are now; pictures, too."""
    loader = jinja2.FileSystemLoader(TEMPLATES)
    environment = jinja2.Environment(
        loader=loader, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False,  # noqa: S701 - the pages are Markdown
    )  # fmt: skip
    environment.globals["table"] = table
    environment.filters["cell"] = cell
    texts = {
        f"{name}.md": environment.get_template(f"{name}.md.j2").render(facts())
        for name, facts in FACTS.items()
    }
    return {**texts, **draw_plots()}


def write_pages(pages: Mapping[str, str], folder: Path) -> None:
    """Write each page, and take away those that nothing makes any more."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages.items():
        (folder / name).write_text(text)
    for path in _made(folder):
        if path.name not in pages:
            path.unlink()


def stale_pages(pages: Mapping[str, str], folder: Path) -> list[str]:
    """The names of pages that differ, are missing, or that nothing makes any more."""
    there = {path.name: path.read_text() for path in _made(folder)}
    names = sorted(pages.keys() | there.keys())
    return [name for name in names if pages.get(name) != there.get(name)]


def _made(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.suffix in {".md", ".svg"}]


if __name__ == "__main__":
    sys.exit(main())
