"""--lightning-pages as it is typed: plan and its review, deploy, remove, and render's folders."""

from __future__ import annotations

import json
import shutil

import pytest

from practice_org.metadata.components import find_component, list_components, load_component

pytestmark = pytest.mark.slow

A_PAGE, LEAD_PAGE = "Contact_Sales_Page", "Lead_Marketing_Page"
ORG = ("--org", "practice")
FIELD = "Record.HasOptedOutOfEmail"


def test_a_reviewed_plan_deploys_its_pages_and_refuses_when_one_moved(run, org_now, tmp_path):
    plan = tmp_path / "plan.json"
    code, out, _ = run("plan", *ORG, "--lightning-pages", "--out", str(plan))
    assert (code, "Lightning pages" in out, "2 Lightning pages" in out) == (0, True, True)
    body = find_component(org_now.org, "FlexiPage", A_PAGE).body
    moved = body.replace(b"<value>Details</value>", b"<value>Basics</value>")
    load_component(org_now.org, "FlexiPage", A_PAGE, moved)
    code, _, err = run("deploy", *ORG, "--plan", str(plan), "--yes")
    assert (code, A_PAGE in err) == (1, True)
    load_component(org_now.org, "FlexiPage", A_PAGE, body)
    code, _, err = run("deploy", *ORG, "--plan", str(plan), "--yes")
    assert (code, err.count("Traceback")) == (0, 0)
    assert FIELD.encode() in find_component(org_now.org, "FlexiPage", A_PAGE).body


def test_the_words_typed_go_there_and_back(run, org_now):
    before = find_component(org_now.org, "FlexiPage", A_PAGE).body
    assert run("deploy", *ORG, "--lightning-pages", "--yes")[0] == 0
    code, out, _ = run("remove", *ORG, "--lightning-pages", "--yes", "--json")
    rows = {row["name"]: row["outcome"] for row in json.loads(out)["lightning_pages"]}
    assert (code, rows[A_PAGE]) == (0, "removed")
    assert find_component(org_now.org, "FlexiPage", A_PAGE).body == before


def a_project(org, root, suffix: str):
    """The org's Contact layouts and all its pages as a project's files."""
    kinds = (("Layout", "layouts", ".layout"), ("FlexiPage", "flexipages", ".flexipage"))
    for kind, folder, ending in kinds:
        (root / folder).mkdir(parents=True)
        for held in list_components(org, kind):
            if held.full_name.startswith(("Contact", "Lead")):
                (root / folder / f"{held.full_name}{ending}{suffix}").write_bytes(held.body)


@pytest.mark.parametrize("suffix", ["", "-meta.xml"])
def test_render_takes_the_pages_of_a_project(run, org_now, tmp_path, suffix):
    a_project(org_now.org, tmp_path / "app", suffix)
    words = ("--from", str(tmp_path / "app"), "--json", "--out")
    code, _, _ = run("render", *words, str(tmp_path / "without"))
    assert (code, (tmp_path / "without" / "flexipages").exists()) == (0, False)
    code, _, _ = run("render", "--lightning-pages", *words, str(tmp_path / "out"))
    written = {path.stem: path.read_bytes() for path in (tmp_path / "out/flexipages").iterdir()}
    assert (code, set(written)) == (0, {A_PAGE, LEAD_PAGE})
    assert FIELD.encode() in written[A_PAGE]


def test_two_files_of_one_page_and_a_file_that_is_no_page_are_refused(run, org_now, tmp_path):
    a_project(org_now.org, tmp_path / "one", "")
    a_project(org_now.org, tmp_path / "two", "")
    shutil.rmtree(tmp_path / "two" / "layouts")
    words = ("--lightning-pages", "--from", str(tmp_path), "--out", str(tmp_path / "out"))
    code, _, err = run("render", *words)
    assert (code, "two files hold the Lightning page" in err) == (2, True)
    for path in (tmp_path / "two" / "flexipages").iterdir():
        path.write_text("<Layout/>")
    code, _, err = run("render", *words)
    assert (code, "not a Lightning page" in err, (tmp_path / "out").exists()) == (1, True, False)


def test_render_writes_the_pages_in_both_formats(run, org_now, tmp_path):
    assert org_now
    folders = {"metadata": "flexipages", "source": "force-app/main/default/flexipages"}
    for name, folder in folders.items():
        out = tmp_path / name
        words = ("--lightning-pages", "--format", name, "--out", str(out))
        assert run("render", *ORG, *words)[0] == 0
        written = sorted(path.name.partition(".")[0] for path in (out / folder).iterdir())
        assert written == [A_PAGE, LEAD_PAGE]
