"""Real profiles, permission sets, Lightning pages and layouts in one org: a look at all of them."""

import json
from collections import Counter

import pytest
from corpus import corpus_files, real_name

from deployer.readiness.checks.catalogue import CHECKS
from practice_org.loading import Names, load_folder
from practice_org.metadata.canonical import branch, leaf, parse_metadata, serialise
from practice_org.metadata.components import list_components, load_component
from practice_org.tables import find_rows, insert_row, update_row

PEOPLE = ("Account", "Contact", "Lead")
EVERY = 6
"""Of so many real layouts one is loaded: reading each is another test's concern."""
LEAST = {"Profile": 15, "PermissionSet": 10, "FlexiPage": 60, "Layout": 50}
MOST_CALLS = 120


def copied(kind, target, files):
    """The files under names of their own: two of one name are told apart by a number."""
    seen = Counter()
    for file in files:
        stem, dot, ending = real_name(file).removesuffix("-meta.xml").rpartition(".")
        seen[stem] += 1
        number = f"_{seen[stem]}" if seen[stem] > 1 else ""
        folder = target / kind
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{stem}{number}{dot}{ending}").write_bytes(file.read_bytes())


def activate(org):
    """Every page is in force somewhere: an app shows one page of each object."""
    pages = {name: [] for name in PEOPLE}
    for page in list_components(org, "FlexiPage"):
        tree = parse_metadata(page.body)
        if tree.value("sobjectType") in pages and tree.value("type") == "RecordPage":
            pages[tree.value("sobjectType")].append(page.full_name)
    for number in range(max(map(len, pages.values()))):
        shown = {name: held[number] for name, held in pages.items() if number < len(held)}
        parts = [
            branch("actionOverrides", [
                leaf("actionName", "View"), leaf("content", page), leaf("formFactor", "Large"),
                leaf("pageOrSobjectType", name), leaf("type", "Flexipage"),
            ]) for name, page in shown.items()
        ]  # fmt: skip
        app = serialise(branch("CustomApplication", [*parts, leaf("label", f"App {number}")]))
        load_component(org, "CustomApplication", f"App_{number}", app)
    return {page for held in pages.values() for page in held}


@pytest.fixture
def real(org_now, tmp_path):
    """The org with the corpus in it; the pages that are in force."""
    org = org_now.org
    for kind in ("profiles", "flexipages"):
        copied(kind, tmp_path, corpus_files(kind))
    copied("layouts", tmp_path, corpus_files("layouts")[::EVERY])
    with org.transaction():
        loaded = load_folder(org, tmp_path, Names.RENAMED)
        taken = {row["ProfileId"] for row in find_rows(org, "User")}
        for n, profile in enumerate(find_rows(org, "Profile")):
            if profile["Id"] not in taken:
                user = {"Username": f"real{n}@practice.test", "LastName": "R"}
                insert_row(org, "User", user | {"ProfileId": profile["Id"]})
        pages = activate(org)
    assert all(loaded.counts[kind] >= least for kind, least in LEAST.items()), loaded.counts
    return pages


@pytest.fixture
def look(run):
    """Look: the exit code, and the document when it is complete."""

    def look_at_it(*words):
        code, out, _ = run("readiness", "--org", "practice", "--json", *words)
        document = json.loads(out)
        assert [row["id"] for row in document["checks"]] == [check.id for check in CHECKS]
        assert all(row["evidence"] for row in document["checks"])
        assert all(row["why"] for row in document["visibility"])
        return code, document

    return look_at_it


@pytest.mark.slow
def test_a_look_at_real_metadata_is_complete_and_gives_a_reason_for_each_unknown(
    real, look, org_now
):
    code, document = look("--identity", "deployer")
    assert (code, document["verdict"]) == (1, "not-ready")
    assert {row["page"] for row in document["visibility"]} - {""} >= real
    assert len(document["api_calls"]) <= MOST_CALLS
    code, document = look("--identity", "auditor")
    assert code == 1
    assert not any(row["page"] for row in document["visibility"])
    (held,) = find_rows(org_now.org, "PermissionSet", Name="Readiness_Audit")
    update_row(org_now.org, "PermissionSet", held["Id"], {"PermissionsViewSetup": False})
    code, document = look("--identity", "auditor")
    assert (code, document["verdict"]) == (4, "unknown")
