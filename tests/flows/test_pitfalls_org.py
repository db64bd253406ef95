"""What goes wrong in real orgs with names, versions and old layouts: rows of data, one org each.

The rows are in tests/cases/pitfalls.json; tests/unit/test_pitfalls.py says what a row is.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from itertools import chain
from pathlib import Path
from urllib.parse import unquote

import pytest
from wiretap import Wiretap, members, unzipped

from deployer.layouts import is_tree_with_item, same_tree
from deployer.model.layouts import field_on
from deployer.planning.package import to_zip
from practice_org.metadata.components import (
    assign_layout,
    find_component,
    list_components,
    load_component,
)
from practice_org.metadata.jobs import deploy_jobs
from practice_org.tables import find_rows
from practice_org.wire import Response

pytestmark = pytest.mark.slow

ORG = ("--org", "practice")
DEPLOY = ("deploy", *ORG, "--yes", "--json")
FIELD = "HasOptedOutOfEmail"
DATA = Path(__file__).parents[1] / "cases" / "pitfalls.json"
ROWS = json.loads(DATA.read_text("utf-8"))["rows"]
A_LAYOUT = "Contact-Contact Layout"


@pytest.fixture
def tap(org_now, switchboard) -> Wiretap:
    switchboard.answer = Wiretap(org_now.org)
    return switchboard.answer


@pytest.fixture
def deploy(run):
    """Deploy with these words; the --json document and the text on stderr."""

    def send(*words: str, code: int = 0) -> tuple[dict, str]:
        ended, out, err = run(*DEPLOY, *words)
        assert ended == code, err
        assert "Traceback" not in out + err
        return json.loads(out), err

    return send


def rows(kind: str) -> list:
    """The cases of this kind, each with its row as id."""
    return [
        pytest.param(case, id=f"{row['row']}: {case['what']}")
        for row in ROWS
        for case in row.get("org", ())
        if case["kind"] == kind
    ]


def layouts(org) -> dict[str, bytes]:
    return {c.full_name: c.body for c in list_components(org, "Layout")}


def changed(org, before: dict[str, bytes]) -> list[str]:
    return [name for name, body in layouts(org).items() if not same_tree(body, before[name])]


def give_layout(org, name: str, namespace: str) -> None:
    """A layout of this name as the org spells it, assigned to a profile."""
    body = find_component(org, "Layout", A_LAYOUT).body
    load_component(org, "Layout", name, body, namespace=namespace)
    (profile,) = find_rows(org, "Profile", Name="Support")
    (record_type,) = find_rows(org, "RecordType", DeveloperName="Donor")
    assign_layout(org, profile["Id"], "Contact", record_type["Id"], name)
    assert find_component(org, "Layout", name).full_name == name


@pytest.mark.parametrize("case", rows("name"))
def test_a_layout_keeps_the_orgs_own_spelling_everywhere(org_now, tap, deploy, case):
    name = case["member"]
    give_layout(org_now.org, name, case.get("namespace", ""))
    before = layouts(org_now.org)[name]
    document, _ = deploy("--layout", case["wanted"], "--permission-set", "none")
    assert name in tap.retrieved()
    for package in tap.packages():
        assert sorted(package) == [f"layouts/{name}.layout", "package.xml"]
        assert members(package)[0] == {"Layout": [name]}
        assert is_tree_with_item(before, package[f"layouts/{name}.layout"], FIELD)
    assert [x["name"] for x in document["layouts"] if x["outcome"] == "added"] == [case["shown"]]


def test_a_name_that_the_archive_escapes_otherwise_is_still_the_listed_one(
    org_now, switchboard, deploy
):
    tap = switchboard.answer = Wiretap(org_now.org, spoil=unescape_archive)
    document, _ = deploy()
    assert {x["outcome"] for x in document["layouts"]} == {"added", "present", "skipped"}
    assert "layouts/Lead-Lead %28Sales%29 Layout.layout" in tap.packages()[-1]


def unescape_archive(answer: Response) -> Response:
    """The same answer, the names in its archive as people write them."""
    found = re.search(rb"(?s)<zipFile>(.*?)</zipFile>", answer.body)
    if found is None:
        return answer
    files = {unquote(name): data for name, data in unzipped(b64decode(found[1])).items()}
    body = answer.body.replace(found[1], b64encode(to_zip(files)))
    return Response(answer.status, body, answer.headers)


@pytest.mark.parametrize("case", rows("version"))
def test_one_api_version_is_spoken_everywhere(org_now, tap, deploy, case):
    org_now.org.set_setting("newest_api_version", case["newest"])
    document, _ = deploy()
    assert tap.versions() == {case["spoken"]}
    assert document["api_version"] == case["spoken"]


@pytest.mark.parametrize("case", rows("refused"))
def test_the_orgs_sentence_is_shown_with_the_layouts_name_and_nothing_is_changed(
    org_now, deploy, case
):
    body = find_component(org_now.org, "Layout", case["layout"]).body
    after = body.replace(case["old"].encode(), case["new"].encode(), 1)
    assert after != body
    load_component(org_now.org, "Layout", case["layout"], after)
    for name, value in case.get("settings", {}).items():
        org_now.org.set_setting(name, value)
    before = layouts(org_now.org)
    document, err = deploy(code=1)
    assert document["error"]["message"].count(case["says"])
    assert case["layout"] in err
    assert changed(org_now.org, before) == []
    assert [job.options.check_only for job in deploy_jobs(org_now.org)] == [True]


@pytest.mark.parametrize("case", rows("left"))
def test_a_layout_is_reported_and_left_alone(org_now, tap, deploy, case):
    body = find_component(org_now.org, "Layout", case["layout"]).body
    after = body.replace(case["old"].encode(), case["new"].encode(), 1)
    assert after != body
    load_component(org_now.org, "Layout", case["layout"], after)
    document, _ = deploy(*case.get("words", ()), code=case.get("exit", 0))
    (told,) = [x for x in document["layouts"] if x["name"] == case["layout"]]
    assert told["outcome"] == case["outcome"]
    assert case["says"] in told["reason"]
    assert all(f"layouts/{case['layout']}.layout" not in package for package in tap.packages())


def test_nothing_but_the_item_is_sent_anew(org_now, tap, deploy):
    before = layouts(org_now.org)
    deploy()
    package = tap.packages()[-1]
    sent = {n[8:-7]: data for n, data in package.items() if n.startswith("layouts/")}
    assert len(sent) >= 9
    for name, data in sent.items():
        assert is_tree_with_item(before[name], data, field_on(name.split("-")[0], FIELD))
        assert data.startswith(before[name][: _first_difference(before[name], data)])
        assert data.endswith(before[name][_first_difference(before[name], data) :])


def _first_difference(one: bytes, other: bytes) -> int:
    """Where the inserted bytes begin, pulled back so that what follows ends both."""
    extra = len(other) - len(one)
    return next(i for i in range(len(one) + 1) if one[:i] + other[i : i + extra] + one[i:] == other)


def test_a_package_holds_what_it_names_and_nothing_a_deploy_must_not_send(org_now, tap, deploy):
    deploy("--create-field", "Sales_Opt_Out__c", "--assign", "layout-users")
    folders = {name.partition("/")[0] for p in tap.packages() for name in p}
    assert folders == {"layouts", "objects", "permissionsets", "package.xml"}
    for package in tap.packages():
        named, _ = members(package)
        assert set(named) == {"CustomField", "Layout", "PermissionSet"}
        assert {f"layouts/{n}.layout" for n in named["Layout"]} == {
            name for name in package if name.startswith("layouts/")
        }
    assert "*" not in tap.retrieved() | {
        n for p in tap.packages() for n in chain(*members(p)[0].values())
    }
    assert tap.operations() == {"listMetadata", "retrieve", "checkRetrieveStatus"}


def test_a_person_account_layout_gets_the_custom_field_as_pc(org_now, tap, deploy):
    deploy("--create-field", "Sales_Opt_Out__c", "--object", "PersonAccount")
    layout = layouts(org_now.org)["PersonAccount-Person Account Layout"]
    assert b"<field>Sales_Opt_Out__pc</field>" in layout
    assert members(tap.packages()[-1])[0]["CustomField"] == [
        "Contact.Sales_Opt_Out__c", "Lead.Sales_Opt_Out__c",
    ]  # fmt: skip


def test_without_person_accounts_nothing_is_asked_that_such_an_org_lacks(org_now, tap, deploy):
    for name in [n for n in layouts(org_now.org) if n.startswith("PersonAccount-")]:
        org_now.org.db.execute("DELETE FROM component WHERE full_name = ?", (name,))
    org_now.org.set_setting("person_accounts", "0")
    deploy()
    assert not [r for r in tap.requests if b"IsPerson" in r.body or "IsPerson" in str(r.query)]
