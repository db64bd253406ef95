"""How Sphinx makes the site of docs/; the pages stay plain Markdown, as a repository shows them.

Source: https://www.sphinx-doc.org/en/master/usage/configuration.html
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "optout"
extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
root_doc = "index"
language = "en"

# Links to headings are those that a repository gives them: small letters, with hyphens.
myst_heading_anchors = 4

# Blocks that name no language are commands and what they print: nothing to colour.
highlight_language = "none"

html_theme = "furo"
html_title = "optout"
html_favicon = "style/icon.svg"
templates_path = ["frame"]
html_static_path = ["style"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_copyright = False

# The order in which most people need them; new ones come last.
_FIRST = ("install", "migrating", "logins", "identities", "readiness",
          "pipelines", "serve", "checks", "nights")  # fmt: skip


def add_contents(app: Sphinx, page: str, text: list[str]) -> None:
    """Add the list of pages at the side, which a repository would show as code."""
    if page == "index":
        # It lies beside docs/, where a repository looks for it: on the site it is a file to fetch.
        text[0] = text[0].replace("](../SECURITY.md)", "](path:../SECURITY.md)")
        found = (Path(app.srcdir) / "operating").glob("*.md")
        names = sorted((path.stem for path in found), key=_place)
        guides = "\n".join(f"operating/{name}" for name in names)
        text[0] += (
            _listed("tutorial", "Begin")
            + _listed(guides, "How to")
            + _listed("reference/index", "To look up")
            + _listed("explanations\ndecisions/*", "Why")
        )
    elif page == "reference/index":
        text[0] += _listed("*", "Pages")


def _place(name: str) -> tuple[int, str]:
    return (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)


def _listed(pages: str, title: str) -> str:
    return f"\n```{{toctree}}\n:hidden:\n:glob:\n:titlesonly:\n:caption: {title}\n\n{pages}\n```\n"


def setup(app: Sphinx) -> None:
    """Sphinx calls this before it reads a page."""
    app.connect("source-read", add_contents)
