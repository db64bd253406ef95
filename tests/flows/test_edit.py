"""`optout edit` as a person runs it: on files and folders, and what it says and leaves behind."""

from __future__ import annotations

import json
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from corpus import copied_layouts

from deployer.cli import main
from deployer.layouts import edit_layout

ITEM = "<layoutItems><behavior>Edit</behavior><field>{}</field></layoutItems>"
SECTION = (
    "<layoutSections><layoutColumns>{}</layoutColumns><style>OneColumn</style></layoutSections>"
)
NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
FIELD = "HasOptedOutOfEmail"


def layout(*fields: str) -> bytes:
    items = "".join(ITEM.format(field) for field in fields)
    return f"<Layout {NS}>{SECTION.format(items)}</Layout>".encode()


@pytest.fixture
def optout(capsys):
    """Run a command; give exit code, stdout (parsed when --json) and stderr."""

    def run(*args: object):
        with pytest.raises(SystemExit) as ended:
            main([str(arg) for arg in args])
        out, err = capsys.readouterr()
        return ended.value.code, json.loads(out) if "--json" in args else out, err

    return run


@pytest.fixture
def project(tmp_path) -> Path:
    folder = tmp_path / "src"
    (folder / "layouts").mkdir(parents=True)
    (folder / "layouts/Contact-A %28B%29.layout").write_bytes(layout("Name", "Email"))
    (folder / "layouts/Lead-L.layout-meta.xml").write_bytes(layout("Email"))
    (folder / "layouts/PersonAccount-P.layout").write_bytes(layout("PersonEmail"))
    (folder / "layouts/Account-X.layout").write_bytes(layout("Email"))
    (folder / "layouts/Contact-Has.layout").write_bytes(layout("Email", FIELD))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_folder_is_edited_in_place_and_a_second_run_changes_nothing(optout, project):
    code, out, _ = optout("edit", project)
    assert code == 0
    assert "4 layouts: 3 changed, 1 had it already." in out
    assert FIELD in (project / "layouts/Contact-A %28B%29.layout").read_text()
    assert f"Person{FIELD}" in (project / "layouts/PersonAccount-P.layout").read_text()
    assert (project / "layouts/Account-X.layout").read_bytes() == layout("Email")
    before = contents(project)
    assert "4 layouts: 4 had it already." in optout("edit", project)[1]
    assert contents(project) == before


def test_check_writes_nothing_and_exits_ten(optout, project):
    before = contents(project)
    code, document, _ = optout("edit", "--check", "--json", project)
    assert (code, document["exit"], document["ok"], document["changes"]) == (10, 10, True, 3)
    assert {entry["outcome"] for entry in document["files"]} == {"add", "present"}
    assert contents(project) == before
    optout("edit", project)
    assert optout("edit", "--check", project)[0] == 0


def test_remove_brings_the_old_bytes_back(optout, project):
    (project / "layouts/Contact-Has.layout").unlink()
    before = contents(project)
    optout("edit", project)
    code, document, _ = optout("edit", "--remove", "--json", project)
    assert (code, document["changes"]) == (0, 3)
    assert contents(project) == before
    again = optout("edit", "--remove", "--json", project)[1]
    assert {entry["outcome"] for entry in again["files"]} == {"absent"}


def test_the_document_says_what_became_of_each_file(optout, project):
    document = optout("edit", "--json", "--diff", project)[1]
    entries = {Path(entry["path"]).name: entry for entry in document["files"]}
    lead = entries["Lead-L.layout-meta.xml"]
    assert document["field"] == FIELD
    assert (lead["object"], lead["outcome"], lead["column"], lead["line"]) == (
        "Lead",
        "added",
        1,
        1,
    )
    assert "after Email" in lead["reason"]
    assert lead["diff"].startswith("--- a/")
    assert "diff" not in entries["Contact-Has.layout"]


def test_a_diff_is_shown_when_asked_for(optout, project):
    assert "+++ b/" not in optout("edit", "--check", project)[1]
    assert "+++ b/" in optout("edit", "--check", "--diff", project)[1]


def test_a_custom_field_is_spelled_for_person_accounts(optout, project):
    document = optout("edit", "--json", "--custom-field", "ns__Out__c", project)[1]
    assert document["field"] == "ns__Out__c"
    assert b"<field>ns__Out__pc<" in (project / "layouts/PersonAccount-P.layout").read_bytes()


def test_a_wished_place_is_taken_or_the_file_is_named_and_untouched(optout, project):
    code, out, _ = optout("edit", "--place", "before:Name", project)
    assert code == 1
    assert "Lead-L.layout-meta.xml: Name is in no section; there are Email" in out
    text = (project / "layouts/Contact-A %28B%29.layout").read_text()
    assert text.index(FIELD) < text.index(">Name<")
    assert (project / "layouts/Lead-L.layout-meta.xml").read_bytes() == layout("Email")


def test_a_readonly_field_is_said_and_turned_when_asked(optout, tmp_path):
    file = tmp_path / "Lead-R.layout"
    file.write_bytes(layout(FIELD).replace(b"Edit", b"Readonly"))
    code, out, _ = optout("edit", file)
    assert (code, "--make-editable" in out) == (0, True)
    assert optout("edit", "--make-editable", file)[0] == 0
    assert file.read_bytes() == layout(FIELD)


BROKEN = {
    "Contact-Cut.layout": layout("Email")[:90],
    "Contact-Doctype.layout": b"<!DOCTYPE a>" + layout("Email"),
    "Contact-Root.layout": b"<Report/>",
    "Contact-Bare.layout": f"<Layout {NS}/>".encode(),
}


def test_broken_files_are_named_and_untouched_while_the_others_are_edited(optout, project):
    for name, content in BROKEN.items():
        (project / name).write_bytes(content)
    code, out, err = optout("edit", project)
    assert (code, err) == (1, "")
    assert "8 layouts: 3 changed, 1 had it already, 4 failed." in out
    for name, content in BROKEN.items():
        assert name in out
        assert (project / name).read_bytes() == content
    assert "Contact-Cut.layout:1:" in out


def test_a_failure_outweighs_pending_changes(optout, project):
    (project / "Contact-Cut.layout").write_bytes(BROKEN["Contact-Cut.layout"])
    code, document, _ = optout("edit", "--check", "--json", project)
    assert (code, document["ok"], document["changes"]) == (1, False, 3)


USAGE = [
    (["--field", "marketo-sales-opt-out"], "--custom-field API_NAME"),
    (["--field", "email-opt-out", "--custom-field", "X__c"], "leave out"),
    (["--custom-field", "Opt Out"], "Marketo_Sales_Opt_Out__c"),
    (["--custom-field", "X__pc"], "Marketo_Sales_Opt_Out__c"),
    (["--place", "nowhere"], "after:FIELD"),
    (["--remove", "--place", "after:Email"], "leave out --place"),
    (["--remove", "--make-editable"], "leave out --place"),
    (["--field", "phone"], "--help"),
]


@pytest.mark.parametrize(("options", "words"), USAGE)
def test_a_wrong_command_line_is_one_sentence_and_exit_two(optout, project, options, words):
    before = contents(project)
    code, out, err = optout("edit", *options, project)
    assert (code, out) == (2, "")
    assert words in err
    assert contents(project) == before


def test_a_file_name_that_is_no_text_is_shown_all_the_same(optout, tmp_path):
    path = os.fsencode(tmp_path) + b"/Lead-\xff.layout"
    Path(os.fsdecode(path)).write_bytes(layout("Email"))
    code, document, _ = optout("edit", "--json", tmp_path)
    assert (code, document["files"][0]["path"]) == (0, f"{tmp_path}/Lead-\ufffd.layout")


@pytest.mark.parametrize("name", ["nowhere", "empty", "file.txt"])
def test_a_path_without_layouts_is_exit_two_and_nothing_is_written(optout, project, name):
    (project.parent / "empty").mkdir()
    (project.parent / "file.txt").write_text("")
    before = contents(project)
    code, out, err = optout("edit", project, project.parent / name)
    assert (code, out) == (2, "")
    assert name in err
    assert contents(project) == before


def test_links_are_followed_once_and_stay_links(optout, project, tmp_path):
    (project / "loop").symlink_to(project, target_is_directory=True)
    (project / ".git").mkdir()
    (project / ".git/Contact-Hidden.layout").write_bytes(layout("Email"))
    real = tmp_path / "elsewhere.xml"
    real.write_bytes(layout("Email"))
    link = project / "Contact-Link.layout"
    link.symlink_to(real)
    document = optout("edit", "--json", project, link)[1]
    assert len(document["files"]) == 5
    assert link.is_symlink()
    assert FIELD.encode() in real.read_bytes()


def test_the_file_mode_is_kept_and_nothing_else_is_left(optout, project):
    file = project / "layouts/Lead-L.layout-meta.xml"
    file.chmod(0o640)
    optout("edit", project)
    assert file.stat().st_mode & 0o777 == 0o640
    assert len(contents(project)) == 5


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """Permissions do not bind root, so let go of it for a while."""
    if os.geteuid():
        yield
        return
    # pytest's own folders are closed to others.
    roots = (os.environ.get("PYTEST_DEBUG_TEMPROOT", "/tmp"), "/tmp")  # noqa: S108 - pytest's
    for path in [folder, *folder.parents]:
        if any(path.is_relative_to(root) for root in roots):
            path.chmod(path.stat().st_mode | 0o055)
    # Once as root, so that all code is loaded: nobody may not be allowed to read it.
    with pytest.raises(SystemExit):
        main(["edit", "--check", str(folder)])
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    ("target", "mode"), [("layouts", 0o555), ("layouts/Lead-L.layout-meta.xml", 0o444)]
)
def test_what_may_not_be_written_is_one_sentence_and_untouched(optout, project, target, mode):
    before = contents(project)
    (project / target).chmod(mode)
    with as_nobody(project):
        code, out, _ = optout("edit", project / "layouts/Lead-L.layout-meta.xml")
    assert code == 1
    assert "could not be written and is untouched: " in out
    assert contents(project) == before


def test_a_full_disk_leaves_the_file_untouched(optout, project):
    before = contents(project)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        code, out, _ = optout("edit", project)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (code, out.count("could not be written and is untouched")) == (1, 3)
    assert contents(project) == before


def test_a_file_that_cannot_be_read_is_named(optout, project):
    (project / "layouts/Lead-L.layout-meta.xml").chmod(0)
    with as_nobody(project):
        code, out, _ = optout("edit", "--check", project)
    assert code == 1
    assert "the file cannot be read: Permission denied" in out


@pytest.mark.slow
def test_every_real_layout_is_edited_in_one_call_and_comes_back(optout, tmp_path):
    before = {str(path): content for path, content in copied_layouts(tmp_path)}
    code, first, _ = optout("edit", "--json", tmp_path)
    outcomes = [entry["outcome"] for entry in first["files"]]
    assert (code, first["changes"], outcomes.count("failed")) == (1, 291, 2)
    changed = [entry["path"] for entry in first["files"] if entry["outcome"] == "added"]
    assert all(Path(p).read_bytes() == content for p, content in before.items() if p not in changed)
    edited = contents(tmp_path)
    assert optout("edit", "--json", tmp_path)[1]["changes"] == 0
    assert contents(tmp_path) == edited
    optout("edit", "--remove", *changed)
    assert contents(tmp_path) == before


def test_a_fault_that_was_there_before_does_not_stop_the_edit(optout, tmp_path):
    file = tmp_path / "Contact-S.layout"
    content = layout("Email").replace(b"</layoutColumns>", b"<odd/></layoutColumns>")
    file.write_bytes(content)
    assert optout("edit", file)[0] == 0
    assert file.read_bytes() == edit_layout(content, FIELD).after
