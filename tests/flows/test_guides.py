"""The guides that lead in and out, typed as they stand there, by a team with a production org."""

from __future__ import annotations

import re
import shlex
from itertools import takewhile
from pathlib import Path

import pytest
from firstday import pages
from metadata_org import package_xml
from pipeline_team import LAYOUT, found_team

from practice_org.metadata.components import find_component, list_components

DOCS = Path(__file__).resolve().parents[2] / "docs"
MIGRATING, TROUBLE, WHY = (
    DOCS / name
    for name in ("operating/migrating.md", "operating/troubleshooting.md", "explanations.md")
)
PAGES = (MIGRATING, TROUBLE, WHY)
PERSONS = ("Contact-", "Lead-", "PersonAccount-")
# Not typed here, and why.
NOT_OURS = {
    "sf": "needs node and the Salesforce CLI; the practice org is sent the same files at its door",
    "cci": "needs CumulusCI; the practice org is sent the same package at its door",
}


def section(page, title):
    return page.read_text().partition(f"## {title}\n")[2].partition("\n## ")[0]


def lines(text):
    """The program, its words and how it ends, of each line that is shown to be typed."""
    typed = [(shlex.split(words), ends_with) for _, words, ends_with in pages.lines(text)]
    return [(tool, words, ends_with) for (tool, *words), ends_with in typed]


@pytest.fixture
def repo(tmp_path, org_now, org_files, monkeypatch):
    """A team's repository with the org's own layouts as files."""
    team = found_team(tmp_path, org_now, org_files)
    monkeypatch.chdir(team.repo)
    monkeypatch.setenv("OPTOUT_KEY", team.secrets["OPTOUT_KEY"])
    monkeypatch.setenv("OPTOUT_RUNNER_KEY", team.secrets["OPTOUT_RUNNER_KEY"])
    (team.repo / LAYOUT).unlink()
    for name, body in bodies(org_now).items():
        (team.repo / LAYOUT).with_name(f"{name}.layout-meta.xml").write_bytes(body)
    return team.repo


def bodies(org_now):
    found = list_components(org_now.org, "Layout")
    return {c.full_name: c.body for c in found if c.full_name.startswith(PERSONS)}


@pytest.fixture
def send(admin, repo):
    """What another tool sends: the layouts of the project, or a package; all is taken."""

    def send_it(words):
        folder = repo / next(w for w in words if (repo / w).is_dir())
        files = {
            path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*.*")
        }
        if "package.xml" not in files:
            texts = {Path(n).name.removesuffix(".layout-meta.xml"): t for n, t in files.items()}
            files = {f"layouts/{n}.layout": t for n, t in texts.items()}
            files["package.xml"] = package_xml({"Layout": list(texts)})
        job = admin.start(files, checkOnly="true" if "--dry-run" in words else "false")
        assert admin.status(job)["details"]["componentFailures"] == []

    return send_it


@pytest.fixture
def type_in(run, send):
    """Type all lines of a text; each ends as it says."""

    def type_them(text):
        typed = lines(text)
        for tool, words, ends_with in typed:
            if tool in NOT_OURS:
                send(words)
                continue
            code, out, err = run(*words)
            assert code == ends_with, (words, out, err)
        return typed

    return type_them


def has_field(org_now, name):
    return b"HasOptedOutOfEmail" in find_component(org_now.org, "Layout", name).body


def test_the_first_steps_deploy_what_was_planned_and_leave_a_way_back(type_in, org_now, run):
    before = bodies(org_now)
    assert len(type_in(section(MIGRATING, "First, whichever way you come"))) == 6
    assert has_field(org_now, "Contact-Contact Layout")
    assert run("restore", "--org", "prod", "--yes", "--production")[0] == 0
    assert bodies(org_now) == before


def test_a_layout_on_which_the_field_was_dragged_by_hand_is_not_sent(type_in, send, org_now, run):
    one = next(iter(sorted(bodies(org_now))))
    file = Path(LAYOUT).with_name(f"{one}.layout-meta.xml")
    assert run("edit", str(file), "--place", "after:Phone")[0] == 0
    send([str(file.parent)])
    by_hand = find_component(org_now.org, "Layout", one)
    type_in(section(MIGRATING, "From dragging by hand"))
    type_in(section(MIGRATING, "First, whichever way you come"))
    assert find_component(org_now.org, "Layout", one) == by_hand


def test_what_cumulusci_would_deploy_of_ours_is_taken(type_in, org_now, run):
    typed = type_in(section(MIGRATING, "From CumulusCI's add_page_layout_fields"))
    assert [tool for tool, *_ in typed] == ["optout", "optout", "optout", "cci"]
    assert run("plan", "--org", "prod", "--exit-code")[0] == 0


def test_files_that_were_edited_are_deployed_by_the_tool_of_before(type_in, org_now):
    type_in(section(MIGRATING, "From sf project deploy of layout files"))
    assert has_field(org_now, "Contact-Contact Layout")


def test_what_is_looked_at_first_changes_nothing(type_in, org_now, private_home):
    (private_home / "optout").chmod(0o700)
    before = bodies(org_now)
    assert len(type_in(TROUBLE.read_text())) == 7
    assert bodies(org_now) == before


def test_what_a_check_asks_is_said_without_an_org(type_in):
    assert len(type_in(WHY.read_text())) == 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_and_option_that_is_named_in_a_sentence_is_one(run, page):
    spans = [shlex.split(span) for span in re.findall(r"`optout ([a-z][^`]*)`", page.read_text())]
    assert spans
    for words in spans:
        names = takewhile(re.compile("[a-z][a-z-]*").fullmatch, words)
        code, out, err = run(*names, "--help")
        assert code == 0, (words, err)
        options = [word for word in words if word.startswith("--")]
        assert [option for option in options if option not in out] == [], words
