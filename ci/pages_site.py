"""Pages of the site of docs/, as a server would answer them."""

from __future__ import annotations

import mimetypes
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# One of each kind: the start, one with pictures, one with wide tables, one with a long list, one
# with bars.
LOOKED_AT = ("index", "tutorial", "operating/readiness", "reference/commands",
             "reference/figures")  # fmt: skip
Answers = dict[str, tuple[dict[str, str], bytes]]


def site_pages(folder: Path) -> Iterator[tuple[str, Answers]]:
    """Name, and answers by path: the page first, then all of the site."""
    answers = _answers(_built(folder / "site"))
    for name in LOOKED_AT:
        path = f"/{name}.html"
        yield f"site-{name.replace('/', '-')}", {path: answers[path], **answers}


def _built(out: Path) -> Path:
    """The site as ci/docs makes it, but for the pages of the reference, which stay as they are."""
    command = [sys.executable, "-m", "sphinx", "--builder", "html", "--conf-dir", "ci/docs_site",
               "--doctree-dir", str(out.with_name("doctrees")), "--fail-on-warning", "--nitpicky",
               "--quiet", "docs", str(out)]  # fmt: skip
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"pages: the site could not be made: {done.stderr}")
    return out


def _answers(site: Path) -> Answers:
    found: Answers = {}
    for path in site.rglob("*"):
        if path.is_file():
            kind, _ = mimetypes.guess_type(path.name)
            headers = {"content-type": kind or "application/octet-stream"}
            found[f"/{path.relative_to(site).as_posix()}"] = (headers, path.read_bytes())
    return found
