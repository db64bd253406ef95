"""The complete package for another tool: from a project's files or from an org, in both formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import etree
from sample_layouts import a_layout

FIELD = b"<field>HasOptedOutOfEmail</field>"
METADATA = {
    "package.xml",
    "layouts/Contact-A.layout",
    "permissionsets/Opt_Out_Field_Access.permissionset",
}
SOURCE = {
    "sfdx-project.json",
    "manifest/package.xml",
    "force-app/main/default/layouts/Contact-A.layout-meta.xml",
    "force-app/main/default/permissionsets/Opt_Out_Field_Access.permissionset-meta.xml",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "layouts"
    folder.mkdir(parents=True)
    (folder / "Contact-A.layout").write_bytes(a_layout("Email"))
    (folder / "Lead-B.layout").write_bytes(a_layout("Email", "HasOptedOutOfEmail"))
    return folder.parent


def files_below(folder: Path) -> set[str]:
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(("layout", "expected"), [("metadata", METADATA), ("source", SOURCE)])
def test_only_what_changes_is_in_the_package(run, project, tmp_path, layout, expected):
    out = tmp_path / "out"
    code, _, _ = run("render", "--from", str(project), "--format", layout, "--out", str(out))
    assert code == 0
    assert files_below(out) == expected


def test_files_are_not_told_about_users_or_calls_of_an_org(run, project, tmp_path):
    _, said, told = run("render", "--from", str(project), "--out", str(tmp_path / "out"))
    assert "put on 1 layout" in said + told
    assert "users" not in said + told
    assert "API call" not in said + told


def test_package_and_files_agree(run, project, tmp_path):
    out = tmp_path / "out"
    run("render", "--from", str(project), "--out", str(out))
    root = etree.fromstring((out / "package.xml").read_bytes())
    members = {e.text for e in root.iter("{*}members")}
    assert members == {"Contact-A", "Opt_Out_Field_Access"}
    assert FIELD in (out / "layouts/Contact-A.layout").read_bytes()
    assert (project / "layouts/Contact-A.layout").read_bytes() == a_layout("Email")


@pytest.mark.parametrize(
    ("layout", "file"),
    [
        ("metadata", "objects/Contact.object"),
        ("source", "force-app/main/default/objects/Lead/fields/X__c.field-meta.xml"),
    ],
)
def test_a_field_to_create_is_in_the_package(run, project, tmp_path, layout, file):
    out = tmp_path / "out"
    run("render", "--from", str(project), "--create-field", "X__c", "--format", layout,
        "--out", str(out))  # fmt: skip
    assert b"<fullName>X__c</fullName>" in (out / file).read_bytes()


def test_a_rendered_package_is_valid_for_optout_itself(run, project, tmp_path):
    out = tmp_path / "out"
    run("render", "--from", str(project), "--create-field", "X__c", "--out", str(out))
    assert run("validate", str(out))[0] == 0


def test_the_projects_own_permission_set_is_kept_and_spliced(run, project, tmp_path):
    run("render", "--from", str(project), "--out", str(tmp_path / "first"))
    own = (tmp_path / "first/permissionsets/Opt_Out_Field_Access.permissionset").read_bytes()
    own = own.replace(b"Opt-Out Field Access", b"Our own words")
    (project / "Opt_Out_Field_Access.permissionset-meta.xml").write_bytes(own)
    run("render", "--from", str(project), "--create-field", "X__c", "--out", str(tmp_path / "two"))
    after = (tmp_path / "two/permissionsets/Opt_Out_Field_Access.permissionset").read_bytes()
    assert b"Our own words" in after
    assert b"Contact.X__c" in after


def test_from_an_org_the_layouts_are_the_orgs(org_now, run, tmp_path):
    out = tmp_path / "out"
    code, text, _ = run("render", "--org", "practice", "--out", str(out), "--json")
    added = [x for x in json.loads(text)["layouts"] if x["outcome"] == "add"]
    assert code == 0
    assert len(list((out / "layouts").iterdir())) == len(added) >= 9


def test_with_nothing_to_do_nothing_is_written(run, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "Lead-B.layout").write_bytes(a_layout("Email", "HasOptedOutOfEmail"))
    out = tmp_path / "out"
    code, text, _ = run(
        "render", "--from", str(project), "--permission-set", "none", "--out", str(out)
    )
    assert (code, out.exists()) == (0, False)
    assert "nothing to do" in text


REFUSED = {
    "a folder that is not empty": (["--from", "{project}", "--out", "{project}"], "not empty"),
    "a folder without layouts": (["--from", "{empty}", "--out", "{new}"], "holds no layout"),
    "both sources": (["--from", "{project}", "--org", "practice", "--out", "{new}"], "--from"),
    "the Marketo field by its label": (
        ["--from", "{project}", "--field", "marketo-sales-opt-out", "--out", "{new}"],
        "--custom-field",
    ),
}


@pytest.mark.parametrize(("words", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_rendered_is_refused(run, project, tmp_path, words, said):
    (tmp_path / "empty").mkdir()
    places = {"project": project, "empty": tmp_path / "empty", "new": tmp_path / "new"}
    code, _, err = run("render", *(word.format(**places) for word in words))
    assert code == 2
    assert said in err
    assert not (tmp_path / "new").exists()


def test_two_files_of_one_layout_are_refused_by_name(run, project, tmp_path):
    (project / "copy").mkdir()
    (project / "copy/Contact-A.layout-meta.xml").write_bytes(a_layout("Email"))
    code, _, err = run("render", "--from", str(project), "--out", str(tmp_path / "out"))
    assert code == 2
    assert "Contact-A" in err
