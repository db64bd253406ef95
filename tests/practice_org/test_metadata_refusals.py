"""Every refusal is a row in tests/cases/deploy_refusals: package in, sentence out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from metadata_org import NS, open_lab, package_xml, with_namespace

from practice_org.metadata.components import declare

CASES = [
    pytest.param(case, id=f"{path.stem}: {case['what']}")
    for path in sorted((Path(__file__).parents[1] / "cases/deploy_refusals").glob("*.json"))
    for case in json.loads(path.read_text())
]


def _files(case: dict) -> dict[str, str]:
    bodies = {path: with_namespace("\n".join(lines)) for path, lines in case["files"].items()}
    named = package_xml(case.get("members", {}), case.get("version", 63.0))
    return {"package.xml": named, **bodies}


def _lab(case: dict):
    lab = open_lab(sandbox=not case.get("production", False))
    lab.set(**case.get("settings", {}))
    for kind, name in case.get("declared", []):
        declare(lab.org, kind, name)
    for kind, name, namespace, *lines in case.get("loaded", []):
        lab.load(kind, name, with_namespace("\n".join(lines)), namespace)
    return lab


@pytest.mark.parametrize("case", CASES)
def test_the_org_refuses_in_its_own_words(case):
    result = _lab(case).deploy(_files(case), **case.get("options", {}))
    rows = [
        [row["fullName"], row["problem"].replace(f"{{{NS}}}", ""), row["lineNumber"]]
        for row in result["details"]["componentFailures"]
    ]
    assert rows == case["problems"]
    assert result["status"] == "Failed"
    assert not result["success"]


@pytest.mark.parametrize("case", CASES)
def test_what_is_refused_leaves_no_trace(case):
    lab = _lab(case)
    before = lab.org.db.execute("SELECT * FROM component").fetchall()
    lab.deploy(_files(case), **case.get("options", {}))
    assert lab.org.db.execute("SELECT * FROM component").fetchall() == before
    assert lab.org.db.execute("SELECT * FROM SetupAuditTrail").fetchall() == []
