"""`optout render --identity`: what is written, what is said, what is refused."""

from __future__ import annotations

import json

import pytest

MARKETO = "Marketo_Sales_Opt_Out__c"


@pytest.mark.parametrize(
    ("layout", "expected"),
    [
        ("metadata", {"package.xml", "permissionsets/Opt_Out_Auditor.permissionset"}),
        (
            "source",
            {
                "sfdx-project.json",
                "manifest/package.xml",
                "force-app/main/default/permissionsets/Opt_Out_Auditor.permissionset-meta.xml",
            },
        ),
    ],
)
def test_render_writes_the_set_as_a_package_or_a_project(run, tmp_path, layout, expected):
    out = tmp_path / "out"
    code, said, _ = run("render", "--identity", "auditor", "--format", layout, "--out", str(out))
    assert {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()} == expected
    assert (code, "View Setup and Configuration" in said) == (0, True)


def test_render_tells_a_machine_each_right_and_its_reason(run, tmp_path):
    words = ("--custom-field", MARKETO, "--no-person-accounts", "--shared-records", "--json")
    _, out, _ = run("render", "--identity", "runner", "--out", str(tmp_path / "out"), *words)
    document = json.loads(out)
    assert (document["permission_set"], document["field"]) == ("Opt_Out_Runner", MARKETO)
    assert all(right["why"] for right in document["rights"])
    assert {on for right in document["rights"] for on in right["on"]} == {"Contact", "Lead"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--identity", "runner", "--layout", "Lead-*"), "nothing to do with --layout"),
        (("--identity", "runner", "--create-field", "X__c"), "nothing to do with --create-field"),
        (("--identity", "auditor", "--shared-records"), "is about the runner's permission set"),
        (("--no-person-accounts",), "is about the runner's permission set"),
        (("--identity", "runner", "--org", "practice"), "give one of"),
        (("--identity", "runner", "--field", "marketo-sales-opt-out"), "--custom-field API_NAME"),
    ],
)
def test_what_says_nothing_about_a_set_is_refused(run, tmp_path, words, said):
    code, _, err = run("render", *words, "--out", str(tmp_path / "out"))
    assert (code, said in err) == (2, True)
    assert not (tmp_path / "out").exists()
