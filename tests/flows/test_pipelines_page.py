"""docs/operating/pipelines.md, typed as it stands there: both ways from beginning to end."""

from __future__ import annotations

import json
import re
import shlex
import tomllib
from pathlib import Path

import pytest
from metadata_org import package_xml
from pipeline_team import LAYOUT, found_team
from pipelines import JOBS, read_yaml

from deployer.settings.org_tables import read_orgs
from deployer.settings.toml_file import SettingsFile
from practice_org.metadata.components import find_component, list_components

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "operating" / "pipelines.md"
PERSONS = ("Contact-", "Lead-", "PersonAccount-")
# What the look finds wrong with layouts; and who holds access, and Lightning pages.
LAYOUTS = {"C21", "C51"}
NOT_IN_GIT = {"C23", "C42"}


def section(title):
    return PAGE.read_text().partition(f"## {title}\n")[2].partition("\n## ")[0]


def commands(title):
    """The optout commands of a section, in order, without what is said beside them."""
    lines = re.findall(r"^    (optout .*)$", section(title), re.MULTILINE)
    return [shlex.split(line.partition("  #")[0])[1:] for line in lines]


@pytest.fixture
def repo(tmp_path, org_now, org_files, monkeypatch):
    """A team's repository that holds the org's own layouts, and nobody's key but the deployer's."""
    team = found_team(tmp_path, org_now, org_files)
    monkeypatch.chdir(team.repo)
    monkeypatch.setenv("OPTOUT_KEY", team.secrets["OPTOUT_KEY"])
    (team.repo / LAYOUT).unlink()
    for component in list_components(org_now.org, "Layout"):
        if component.full_name.startswith(PERSONS):
            name = f"{component.full_name}.layout-meta.xml"
            (team.repo / LAYOUT).with_name(name).write_bytes(component.body)
    return team.repo


def test_where_git_is_the_truth_files_are_edited_and_the_teams_own_tool_deploys(
    run, repo, admin, org_now
):
    edit, render, check, look = commands("Git is the truth")
    assert run(*check)[0] == 10
    assert [run(*words)[0] for words in (edit, check, render)] == [0, 0, 0]
    assert unwell(run, look) == LAYOUTS | NOT_IN_GIT
    assert deploy_project(admin, repo) == []
    assert unwell(run, look) == NOT_IN_GIT
    body = find_component(org_now.org, "Layout", "Contact-Contact Layout").body
    assert b"HasOptedOutOfEmail" in body


def unwell(run, look):
    """The checks that fail."""
    document = json.loads(run(*look, "--json")[1])
    return {row["id"] for row in document["checks"] if row["outcome"] == "fail"}


def deploy_project(admin, repo):
    """The team's own tool: all its layouts, and the rendered package; the org's refusals."""
    sources = sorted((repo / LAYOUT).parent.iterdir())
    names = [path.name.removesuffix(".layout-meta.xml") for path in sources]
    layouts = {f"layouts/{n}.layout": p.read_text() for n, p in zip(names, sources, strict=True)}
    members = {"Layout": names}
    package = {
        path.relative_to(repo / "package").as_posix(): path.read_text()
        for path in (repo / "package").rglob("*.*")
    }
    jobs = [admin.start({**layouts, "package.xml": package_xml(members)}), admin.start(package)]
    done = [admin.status(job)["details"]["componentFailures"] for job in jobs]
    return [row["problem"] for rows in done for row in rows]


def test_where_the_org_is_the_truth_what_was_reviewed_is_deployed(run, repo, org_now):
    plan, check, deploy_it = commands("The org is the truth")
    assert [run(*words)[0] for words in (plan, check, deploy_it, deploy_it)] == [0, 0, 0, 0]
    assert run("plan", "--org", "prod", "--exit-code")[0] == 0


def test_where_the_org_is_the_truth_and_moved_nothing_is_sent(run, repo, org_now):
    plan, check, deploy_it = commands("The org is the truth")
    assert run(*plan)[0] == 0
    one = ("--layout", "Contact-Contact Layout", "--permission-set", "none")
    assert run("deploy", "--org", "prod", "--yes", "--production", *one)[0] == 0
    for words in (check, deploy_it):
        code, _, err = run(*words)
        assert (code, "no longer needs a change" in err) == (1, True)


def test_the_settings_it_shows_are_settings():
    text = re.search(r"((?:^    .*\n|^\n)+)", section("The pipelines").partition("no secret:\n")[2],
                     re.MULTILINE)[1]  # fmt: skip
    shown = tomllib.loads(text.replace("    ", "").replace("00D...", "00D5e0000000001EAA"))
    (org,) = read_orgs(SettingsFile(None, shown)).values()
    kept = {i.secrets["key"].where for i in org.identities.values()}
    assert kept == {"OPTOUT_KEY", "OPTOUT_RUNNER_KEY"}


def test_it_describes_every_job_and_names_every_file():
    page = PAGE.read_text()
    assert [job for job in JOBS if f"| `{job}` |" not in page] == []
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", page)
    assert [name for name in linked if not (PAGE.parent / name).resolve().is_file()] == []
    names = {
        job["environment"] for job in read_yaml("github")["jobs"].values() if "environment" in job
    }
    assert [name for name in names if f"`{name}`" not in page] == []
