"""What a deploy keeps on disk: the snapshot, its hashes, and the step that was reached."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_layouts import a_layout

from deployer.errors import BadInput
from deployer.model.layouts import LayoutName, Outcome
from deployer.model.plans import AccessPlan, Aim, LayoutPlan, Plan
from deployer.planning.package import name_of, to_files, to_members, to_zip
from deployer.planning.snapshot import Snapshot, from_bytes, take_snapshot, to_bytes
from deployer.rollout.journal import Entry, Journal, Step, journals

OLD, NEW = a_layout("Email"), a_layout("Email", "HasOptedOutOfEmail")
CHANGED = LayoutPlan(LayoutName("Contact-A %28x%29"), Outcome.ADD, "", "S", 1, OLD, NEW)
LEFT = LayoutPlan(LayoutName("Lead-B"), Outcome.PRESENT, "", before=NEW, after=NEW)
PLAN = Plan(
    Aim.PUT, "00D1", "63.0", "HasOptedOutOfEmail", (CHANGED, LEFT),
    AccessPlan("Ours", None, b"<PermissionSet/>"), stamps={"layouts/x.layout": "then"},
)  # fmt: skip
ENTRY = Entry("20261124-a", "00D1", "put", "HasOptedOutOfEmail", "2026-11-24T09:00:00+00:00")


def test_the_package_names_exactly_the_files_it_holds():
    files = to_files(PLAN)
    assert set(files) == {
        "package.xml", "layouts/Contact-A %28x%29.layout", "permissionsets/Ours.permissionset",
    }  # fmt: skip
    assert b"<members>Contact-A %28x%29</members>" in files["package.xml"]
    assert b"Lead-B" not in files["package.xml"]


@given(st.dictionaries(st.text("abcdé/", min_size=1), st.binary(max_size=50)))
def test_the_same_files_give_the_same_zip(files: dict[str, bytes]):
    backwards = dict(reversed(files.items()))
    assert to_zip(files) == to_zip(backwards)


def test_a_retrieve_names_what_was_sent_except_fields():
    paths = ["layouts/A.layout", "permissionsets/P.permissionset", "objects/Contact.object"]
    assert to_members(paths) == {"Layout": ("A",), "PermissionSet": ("P",)}


def test_a_path_is_told_as_people_name_the_thing():
    assert name_of("layouts/Contact-A %28x%29.layout") == "Contact-A (x)"


def test_a_snapshot_keeps_before_and_after_of_what_is_sent_and_nothing_else():
    snapshot = take_snapshot(PLAN, "now")
    assert snapshot.before == {"layouts/Contact-A %28x%29.layout": OLD}
    assert set(snapshot.after) == set(to_files(PLAN)) - {"package.xml"}


def test_a_snapshot_survives_the_file():
    snapshot = take_snapshot(PLAN, "now")
    assert from_bytes(to_bytes(snapshot), "s.zip") == snapshot


def with_manifest(**facts: object) -> bytes:
    whole = zipfile.ZipFile(io.BytesIO(to_bytes(take_snapshot(PLAN, "now"))))
    files = {name: whole.read(name) for name in whole.namelist()}
    manifest = json.loads(files["snapshot.json"]) | facts
    return to_zip(files | {"snapshot.json": json.dumps(manifest).encode()})


BAD = {
    "empty": b"",
    "no zip": b"not a zip",
    "a zip without a manifest": to_zip({"x": b"y"}),
    "a damaged file": with_manifest(hashes={"before/layouts/Contact-A %28x%29.layout": "0"}),
    "a file too few": with_manifest(hashes={"before/gone": "0"}),
    "a newer format": with_manifest(format=2),
    "no format": with_manifest(format=None),
    "cut short": to_bytes(take_snapshot(PLAN, "now"))[:200],
}


@pytest.mark.parametrize("data", BAD.values(), ids=BAD.keys())
def test_a_snapshot_that_cannot_be_trusted_is_refused(data: bytes):
    with pytest.raises(BadInput) as refused:
        from_bytes(data, "s.zip")
    assert refused.value.where == "s.zip"
    assert refused.value.hint


def test_entries_come_newest_first_and_are_found_by_any_of_their_names(tmp_path: Path):
    journal = Journal(tmp_path, "00D1")
    journal.open_entry(ENTRY, b"zip")
    newer = replace(ENTRY, key="20261125-b", deploy_id="0Af000000000001AAA", check_id="0Af9")
    journal.open_entry(newer, b"zip")
    assert journal.entries() == [newer, ENTRY]
    for name in ("20261125-b", "0Af000000000001", "0Af000000000001AAA", "0Af9"):
        assert journal.find(name) == newer
    assert journal.find("0Af000000000002") is None


def test_a_step_is_on_disk_before_the_next_thing_is_done(tmp_path: Path):
    journal = Journal(tmp_path, "00D1")
    journal.open_entry(ENTRY, b"zip")
    journal.advance(ENTRY, Step.SUBMITTED, deploy_id="0Af1")
    assert Journal(tmp_path, "00D1").entries()[0].step is Step.SUBMITTED
    assert [j.org_id for j in journals(tmp_path)] == ["00D1"]


@pytest.mark.parametrize("stored", ["", "[]", "{}", '{"format": 2}', '{"format": 1}'])
def test_a_journal_that_is_none_is_refused_with_its_path(tmp_path: Path, stored: str):
    journal = Journal(tmp_path, "00D1")
    journal.open_entry(ENTRY, b"zip")
    path = journal.snapshot_path(ENTRY.key).with_name("deploy.json")
    path.write_text(stored)
    with pytest.raises(BadInput) as refused:
        journal.entries()
    assert refused.value.where == str(path)


def test_a_snapshot_that_is_gone_says_how_to_go_on(tmp_path: Path):
    with pytest.raises(BadInput, match="not there any more"):
        Journal(tmp_path, "00D1").read_snapshot("x")


def test_everything_kept_is_for_the_owner_only(tmp_path: Path):
    journal = Journal(tmp_path / "home", "00D1")
    path = journal.open_entry(ENTRY, b"zip")
    assert path.stat().st_mode & 0o077 == 0
    assert path.parent.stat().st_mode & 0o077 == 0


def test_snapshots_of_every_aim_can_be_kept():
    for aim in Aim:
        snapshot = take_snapshot(replace(PLAN, aim=aim), "now")
        assert isinstance(from_bytes(to_bytes(snapshot), "s"), Snapshot)
