"""`optout validate` as a person runs it."""

from __future__ import annotations

import json
import shutil

import pytest
from corpus import corpus_files, real_name

from deployer.cli import main
from deployer.templates import render_custom_field, render_package, render_permission_set

NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
SECTION = "<layoutSections><layoutColumns/><style>OneColumn</style></layoutSections>"
LAYOUT = f"<Layout {NS}>{SECTION}</Layout>".encode()


@pytest.fixture
def validate(capsys):
    """Run the command; give exit code, stdout (parsed when --json) and stderr."""

    def run(*args: object):
        with pytest.raises(SystemExit) as ended:
            main(["validate", *map(str, args)])
        out, err = capsys.readouterr()
        return ended.value.code, json.loads(out) if "--json" in args else out, err

    return run


@pytest.fixture
def package(tmp_path):
    """A small package in metadata format, all of it sound."""
    for name, content in {
        "package.xml": render_package({"Layout": ["Lead-L"], "PermissionSet": ["Out"]}, "63.0"),
        "layouts/Lead-L.layout": LAYOUT,
        "permissionsets/Out.permissionset": render_permission_set(
            label="Out", description="Out", field_permissions=[("Lead.HasOptedOutOfEmail", True)]
        ),
    }.items():
        (tmp_path / "p" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "p" / name).write_bytes(content)
    return tmp_path / "p"


def test_a_sound_package_has_nothing_to_say(validate, package):
    code, out, err = validate(package)
    assert (code, out, err) == (0, "3 files: nothing found.\n", "")


def test_files_and_manifest_are_held_against_each_other(validate, package):
    (package / "layouts/Lead-M.layout").write_bytes(LAYOUT)
    (package / "permissionsets/Out.permissionset").unlink()
    code, document, _ = validate("--json", package)
    assert code == 1
    rules = [finding["rule"] for finding in document["findings"]]
    assert rules == ["package-member-missing", "package-file-unnamed"]


def test_a_manifest_on_its_own_is_not_missing_files(validate, package):
    assert validate(package / "package.xml")[0] == 0


def test_every_finding_has_a_place_and_a_next_step(validate, package):
    (package / "layouts/Lead-L.layout").write_bytes(LAYOUT.replace(b"One", b"\nOdd"))
    code, document, _ = validate("--json", package)
    (finding,) = document["findings"]
    assert (code, document["ok"], finding["severity"]) == (1, False, "fail")
    assert "Lead-L.layout:" in finding["where"]
    assert finding["fix"]
    assert {entry["outcome"] for entry in document["files"]} == {"pass", "fail"}


def test_warnings_fail_only_when_strict(validate, package):
    (package / "package.xml").write_bytes(
        render_package({"Layout": ["Lead-L"], "PermissionSet": ["Out"]}, "66.0")
    )
    assert validate(package)[0] == 0
    code, out, _ = validate("--strict", package)
    assert code == 1
    assert "3 files: 0 to repair, 1 to look at." in out


@pytest.mark.parametrize(
    ("content", "where"),
    [(b"<Layout>", ":1:9"), (b"<!DOCTYPE a><Layout/>", ":1:"), (b"\xff\xfe<\x00", ":1:1")],
)
def test_what_cannot_be_read_is_a_finding_with_its_place(validate, package, content, where):
    (package / "layouts/Lead-L.layout").write_bytes(content)
    code, document, _ = validate("--json", package)
    assert code == 1
    assert f"Lead-L.layout{where}" in document["findings"][0]["where"]


def test_source_format_is_known_by_its_names(validate, tmp_path):
    file = tmp_path / "X__c.field-meta.xml"
    file.write_bytes(render_custom_field(api_name="X__c", label="X").replace(b"false", b""))
    assert "has no defaultValue" in validate(tmp_path)[1]


@pytest.mark.parametrize("name", ["nowhere", "notes.txt", "."])
def test_a_path_without_metadata_is_exit_two(validate, tmp_path, name):
    (tmp_path / "notes.txt").write_text("")
    code, out, err = validate(tmp_path / name)
    assert (code, out) == (2, "")
    assert "next:" in err


@pytest.mark.slow
def test_real_layouts_pass_save_for_four(validate, tmp_path):
    for file in corpus_files("layouts"):
        folder = tmp_path / file.name.partition("--")[0]
        folder.mkdir()
        shutil.copy(file, folder / real_name(file))
    document = validate("--json", tmp_path)[1]
    outcomes = [entry["outcome"] for entry in document["files"]]
    assert (outcomes.count("pass"), outcomes.count("fail")) == (360, 4)
