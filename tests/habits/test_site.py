"""The site of docs/ is whole: no broken link, and nothing that has to come from elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FETCHED = re.compile(
    r"<(?:script|img|link|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//", re.IGNORECASE
)
ROLES = ("administer", "release", "operate", "connect")


def build(docs, out):
    command = [sys.executable, "-m", "sphinx", "--builder", "html", "--conf-dir",
               str(ROOT / "ci/docs_site"), "--doctree-dir", str(out / "trees"), "--fail-on-warning",
               "--nitpicky", "--quiet", str(docs), str(out / "site")]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("out")
    assert build(ROOT / "docs", out) == (0, "")
    return out / "site"


def test_every_page_of_docs_is_on_the_site_and_in_its_list(site):
    start = (site / "index.html").read_text()
    for path in (ROOT / "docs").rglob("*.md"):
        page = path.relative_to(ROOT / "docs").with_suffix(".html").as_posix()
        assert (site / page).is_file()
        assert page == "index.html" or page.startswith("reference/") or f'href="{page}"' in start


def test_the_site_fetches_nothing_from_elsewhere(site):
    assert [path.name for path in site.rglob("*.html") if FETCHED.search(path.read_text())] == []


def test_the_start_page_has_a_way_for_each_role(site):
    titles = re.findall(r"<h3>(.*?)<", (site / "index.html").read_text())
    assert all(any(role in title for title in titles) for role in ROLES)


def test_the_list_of_pages_names_each_page_once(site):
    links = re.findall(r'toctree-l1"><a class="reference internal" href="([^"]*)"',
                       (site / "index.html").read_text())  # fmt: skip
    assert links
    assert [link for link in links if "#" in link] == []


def small_docs(folder, links):
    """The least docs/ that the site can be made of; its start page has these links."""
    docs = folder / "docs"
    pages = ("tutorial.md", "explanations.md", "operating/serve.md", "reference/index.md",
             "reference/rules.md", "decisions/one.md")  # fmt: skip
    for page in pages:
        (docs / page).parent.mkdir(parents=True, exist_ok=True)
        (docs / page).write_text(f"# {page}\n\n## A part\n")
    (docs / "index.md").write_text("# Start\n\n" + "\n".join(f"[to]({link})" for link in links))
    (folder / "there.yml").write_text("a: 1\n")
    return docs


def test_links_to_a_page_a_heading_and_a_file_beside_docs_are_good(tmp_path):
    docs = small_docs(tmp_path, ["operating/serve.md", "operating/serve.md#a-part", "../there.yml"])
    assert build(docs, tmp_path) == (0, "")


def test_each_link_that_leads_nowhere_is_named_and_ends_the_build(tmp_path):
    broken = ["operating/gone-page.md", "operating/serve.md#gone-part", "../gone.yml", "#gone-here"]
    code, said = build(small_docs(tmp_path, broken), tmp_path)
    named = [link for link in broken if re.search(rf"'{link.rpartition('#')[2]}'", said)]
    assert (code, named) == (1, broken), said
