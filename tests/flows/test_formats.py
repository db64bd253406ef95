"""What a pipeline is given of a command: beside what is printed, and also when it fails."""

from __future__ import annotations

import json
import os
import shutil
from xml.etree.ElementTree import parse

import pytest
from sample_layouts import a_layout
from sarif_shape import misshapen

from deployer.reporting.formats import on_one_line
from practice_org.metadata.components import load_component
from practice_org.wire import Response

ORG = ("--org", "practice")
HOSTILE = (
    "Contact-<b>|`@all`",
    "Contact-=1+1",
    "Contact-\u202eright to left",
    "Contact-::error::x",
    f"Contact-{'x' * 240}",
)


def junit(path):
    """The suite's cases: name -> the element that tells of it."""
    suite = parse(path).getroot()[0]
    return {case.get("name"): case[0] for case in suite.findall("testcase")}


def kinds(path):
    return {name: told.tag for name, told in junit(path).items()}


def sarif(path):
    document = json.loads(path.read_text())
    assert misshapen(document) == []
    return document["runs"][0]


@pytest.fixture
def layouts(tmp_path, monkeypatch):
    """A folder here with two layouts, one of which has the field."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "layouts"
    folder.mkdir()
    (folder / "Contact-A B#ü.layout").write_bytes(a_layout("Email"))
    (folder / "Lead-C.layout").write_bytes(a_layout("Email", "HasOptedOutOfEmail"))
    return folder


def test_readiness_is_a_case_for_each_check(org_now, run, tmp_path):
    file = tmp_path / "r.xml"
    code, out, _ = run("readiness", *ORG, "--json", "--junit", str(file))
    checks = {f"{each['id']} {each['title']}": each for each in json.loads(out)["checks"]}
    kind = {"fail": "failure", "unknown": "skipped"}
    wanted = {name: kind.get(each["outcome"], "system-out") for name, each in checks.items()}
    assert (code, kinds(file)) == (1, wanted)
    reasons = {n: told.get("message") for n, told in junit(file).items() if told.tag == "skipped"}
    assert reasons == {name: checks[name]["evidence"] for name in reasons}
    assert "C34 Sharing" in reasons


def test_a_warning_that_makes_the_org_not_ready_is_a_failure(org_now, run, tmp_path):
    file = tmp_path / "r.xml"
    run("readiness", *ORG, "--fail-on", "warn", "--junit", str(file))
    assert kinds(file)["C53 Validation rules"] == "failure"


def test_an_unknown_that_is_accepted_says_so(org_now, run, tmp_path):
    file = tmp_path / "r.xml"
    run("readiness", *ORG, "--accept-unknown", "C34", "--junit", str(file))
    told = junit(file)["C34 Sharing"]
    assert (told.tag, "accepted" in told.get("message")) == ("skipped", True)


def test_a_summary_is_added_and_says_verdict_steps_and_users(org_now, run, tmp_path):
    file = tmp_path / "summary.md"
    file.write_text("# before\n")
    run("readiness", *ORG, "--markdown", str(file))
    written = file.read_text()
    assert written.startswith("# before\n### optout readiness\n\n**NOT READY: 3 of")
    assert "1. optout deploy --org practice --assign layout-users" in written
    assert "| Contact | 58 |" in written


def test_a_plan_is_a_case_a_layout_and_carrying_it_out_makes_all_of_them_pass(
    org_now, run, tmp_path
):
    plan, deploy, again = (tmp_path / name for name in ("p.xml", "d.xml", "a.xml"))
    code, out, _ = run("plan", *ORG, "--exit-code", "--json", "--junit", str(plan))
    layouts = {f"layout {each['name']}" for each in json.loads(out)["layouts"]}
    assert code == 10
    assert kinds(plan).keys() == layouts | {"permission-set Opt_Out_Field_Access", "outcome"}
    words = ("deploy", *ORG, "--yes", "--assign", "layout-users", "--junit")
    assert run(*words, str(deploy))[0] == 0
    assert "added in section" in junit(deploy)["layout Contact-Contact Layout"].text
    assert any(name.startswith("assignment ") for name in kinds(deploy))
    assert set(kinds(deploy).values()) == {"system-out"}
    assert run(*words, str(again))[0] == 0
    assert kinds(again).keys() == layouts


def test_restore_and_remove_are_told_too(org_now, run, tmp_path):
    restored, removed = tmp_path / "restored.md", tmp_path / "removed.xml"
    run("deploy", *ORG, "--yes")
    assert run("restore", *ORG, "--yes", "--markdown", str(restored))[0] == 0
    assert "| Contact-Contact Layout | restored |" in restored.read_text()
    assert run("remove", *ORG, "--yes", "--junit", str(removed))[0] == 0
    assert kinds(removed)["layout Contact-Contact Layout"] == "system-out"


def test_a_layout_called_like_markup_or_a_command_is_a_name_and_no_more(org_now, run, tmp_path):
    for name in HOSTILE:
        load_component(org_now.org, "Layout", name, a_layout("Email"))
    file, summary = tmp_path / "p.xml", tmp_path / "p.md"
    code, out, _ = run(
        "plan", *ORG, "--all-layouts", "--junit", str(file), "--markdown", str(summary),
        "--annotations", "github",
    )  # fmt: skip
    first, *lines = out.splitlines()
    _, _, token = first.partition("::stop-commands::")
    assert (code, lines.index(f"::{token}::")) == (0, len(lines) - 1)
    assert {f"layout {on_one_line(name)}" for name in HOSTILE} <= kinds(file).keys()
    written = summary.read_text()
    assert "| Contact-\\<b\\>\\|\\`@<!-- -->all\\` | add |" in written
    assert "<b>" not in written.replace("```", "").partition("<details>")[0]
    assert "\u202e" not in written + file.read_text() + out


def test_validate_names_the_place_in_every_format(run, layouts):
    bad = layouts / "Contact-A B#ü.layout"
    bad.write_bytes(a_layout("Email", "Email"))
    found, cases = layouts / "v.sarif", layouts / "v.xml"
    code, out, _ = run(
        "validate", "layouts", "--sarif", str(found), "--junit", str(cases),
        "--annotations", "github",
    )  # fmt: skip
    (result,) = sarif(found)["results"]
    (place,) = [each["physicalLocation"] for each in result["locations"]]
    assert (code, result["ruleId"], result["level"]) == (1, "layout-field-twice", "error")
    assert place["artifactLocation"]["uri"] == "layouts/Contact-A%20B%23%C3%BC.layout"
    line = place["region"]["startLine"]
    assert "Email" in bad.read_text().splitlines()[line - 1]
    assert (
        f"::error file=layouts/Contact-A B#ü.layout,title=layout-field-twice,line={line}::" in out
    )
    assert kinds(cases) == {
        "layout-field-twice layouts/Contact-A B#ü.layout": "failure",
        "validate layouts/Lead-C.layout": "system-out",
    }


def test_a_strict_validate_fails_by_its_warnings(run, layouts):
    lonely = a_layout("Email").replace(b"        <layoutColumns/>\n", b"")
    (layouts / "Contact-A B#ü.layout").write_bytes(lonely)
    loose, strict = layouts / "l.sarif", layouts / "s.sarif"
    assert run("validate", "layouts", "--sarif", str(loose))[0] == 0
    assert run("validate", "layouts", "--strict", "--sarif", str(strict))[0] == 1
    levels = [each["level"] for file in (loose, strict) for each in sarif(file)["results"]]
    assert levels == ["warning", "error"]


def test_edit_check_fails_where_the_field_would_go(run, layouts):
    found, cases = layouts / "e.sarif", layouts / "e.xml"
    code, *_ = run("edit", "layouts", "--check", "--sarif", str(found), "--junit", str(cases))
    (result,) = sarif(found)["results"]
    region = result["locations"][0]["physicalLocation"]["region"]
    assert (code, result["ruleId"], result["level"]) == (10, "edit-pending", "error")
    assert region == {"startLine": 13}
    assert sorted(kinds(cases).values()) == ["failure", "system-out"]
    assert run("edit", "layouts", "--sarif", str(found))[0] == 0
    assert sarif(found)["results"] == []


def test_a_layout_that_cannot_be_edited_has_its_place(run, layouts):
    (layouts / "Lead-C.layout").write_bytes(a_layout("Email")[:-20])
    found = layouts / "e.sarif"
    assert run("edit", "layouts", "--sarif", str(found))[0] == 1
    (result,) = sarif(found)["results"]
    place = result["locations"][0]["physicalLocation"]
    assert (place["artifactLocation"]["uri"], place["region"]["startLine"]) == (
        "layouts/Lead-C.layout", 16,
    )  # fmt: skip


ENDED = {
    "the org says no": (("plan", *ORG, "--custom-field", "Nope__c"), 1, "said-no"),
    "a wrong setting": (("readiness", "--org", "nowhere"), 2, "usage"),
    "no such settings file": (("deploy", "--config", "nope.toml", *ORG, "--yes"), 2, "usage"),
    "nobody to ask": (("remove", *ORG), 2, "usage"),
    "no such file": (("validate", "nope"), 2, "usage"),
    "a misspelled option": (("plan", *ORG, "--lightning-page"), 2, "usage"),
    "a misspelled option with a value": (("edit", "here", "--feild", "X__c"), 2, "usage"),
    "a value that is not one": (("readiness", *ORG, "--fail-on", "sometimes"), 2, "usage"),
    "no such plan": (("deploy", *ORG, "--plan", "nope.json"), 2, "usage"),
    "an argument too many": (("plan", *ORG, "more"), 2, "usage"),
}


@pytest.fixture
def here(org_now, tmp_path, monkeypatch):
    """The current folder, empty; the org is there to be asked."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(("words", "code", "rule"), ENDED.values(), ids=ENDED.keys())
def test_a_command_that_an_error_ended_says_so_in_every_format(run, here, words, code, rule):
    file, summary = here / "r.xml", here / "r.md"
    file.write_text("of an earlier run")
    given = ("--junit", str(file), "--markdown", str(summary), "--annotations", "github")
    exit_code, out, err = run(*words, *given)
    ((name, told),) = junit(file).items()
    assert (exit_code, told.tag, name.split(" ")[0]) == (code, "error", rule)
    assert out.splitlines()[-1].startswith(f"::error title={rule}")
    assert "What to do next:\n\n1. " in summary.read_text()
    assert told.get("message") in err


def test_formats_named_after_a_misspelled_option_are_only_written_where_that_can_be(run, here):
    kept = here / "r.xml"
    kept.write_text("of an earlier run")
    code, _, err = run("plan", *ORG, "--nope", "--junit", str(kept), "--markdown", str(kept))
    assert (code, "--nope" in err) == (2, True)
    assert kept.read_text() == "of an earlier run"


def test_a_login_that_is_refused_is_one_error(org_now, run, intercept, tmp_path):
    file = tmp_path / "r.xml"
    refused = Response(400, b'{"error":"invalid_grant","error_description":"no"}')
    intercept(lambda request, go_on: refused if "token" in request.path else go_on(request))
    code, out, _ = run("readiness", *ORG, "--json", "--junit", str(file))
    assert (code, json.loads(out)["ok"]) == (1, False)
    assert list(kinds(file).values()) == ["error"]


def test_beside_a_document_annotations_go_to_stderr(org_now, run):
    code, out, err = run("readiness", *ORG, "--json", "--annotations", "github")
    assert (code, json.loads(out)["exit"]) == (1, 1)
    assert "\n::error title=C21 " in err


def test_a_dash_prints_that_format_and_nothing_else(run, layouts):
    code, out, _ = run("validate", "layouts", "--sarif", "-")
    assert (code, misshapen(json.loads(out))) == (0, [])


IMPOSSIBLE = {
    "a folder that is not there": ("--junit", "nope/r.xml"),
    "a folder": ("--markdown", "."),
    "two for one file": ("--junit", "r", "--markdown", "r"),
    "two on stdout": ("--junit", "-", "--markdown", "-"),
    "a document and another on stdout": ("--json", "--junit", "-"),
}


@pytest.mark.parametrize("words", IMPOSSIBLE.values(), ids=IMPOSSIBLE.keys())
def test_what_cannot_be_written_is_refused_before_the_org_is_asked(run, here, intercept, words):
    sent = []
    intercept(lambda request, go_on: [sent.append(request), go_on(request)][1])
    code, _, err = run("deploy", *ORG, "--yes", *words)
    assert (code, sent) == (2, [])
    assert "next: name " in err
    assert list(here.iterdir()) == []


def test_a_file_that_cannot_be_written_any_more_fails_a_command_that_is_done(
    org_now, run, intercept, tmp_path
):
    folder = tmp_path / "reports"
    folder.mkdir()
    intercept(lambda request, go_on: [shutil.rmtree(folder, ignore_errors=True), go_on(request)][1])
    code, out, err = run("plan", *ORG, "--junit", str(folder / "r.xml"))
    assert (code, "would be done:" in out) == (1, True)
    assert f"optout: {folder / 'r.xml'}: No such file or directory\n  next: " in err


def test_a_report_has_the_mode_of_the_umask_and_a_link_stays_a_link(run, layouts):
    real, link = layouts / "real.xml", layouts / "link.xml"
    link.symlink_to(real)
    before = os.umask(0o027)
    try:
        run("validate", "layouts", "--junit", str(link))
    finally:
        os.umask(before)
    assert (link.is_symlink(), real.stat().st_mode & 0o777) == (True, 0o640)
    real.chmod(0o604)
    run("validate", "layouts", "--junit", str(link))
    assert (link.is_symlink(), real.stat().st_mode & 0o777) == (True, 0o604)
    assert sorted(each.suffix for each in layouts.iterdir()) == [".layout"] * 2 + [".xml"] * 2
