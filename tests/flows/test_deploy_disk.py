"""A disk that will not take what must be kept: nothing is sent, and one sentence says why."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from deployer.state import write_private
from practice_org.metadata.jobs import deploy_jobs

pytestmark = pytest.mark.slow

DEPLOY = ("deploy", "--org", "practice", "--yes")


@pytest.fixture
def small_disk():
    """No file of this process can grow beyond 1,500 bytes: what a full disk does to a snapshot."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1500, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def drafts(folder: Path) -> list[Path]:
    """What a write that failed may have left."""
    return [path for path in folder.rglob("*") if path.is_file() and path.name.startswith(".")]


def check_refused(said: tuple[int, str, str], named: str, org) -> None:
    """Exit 1, one sentence that names the place, and no job in the org."""
    code, out, err = said
    assert code == 1
    assert [line for line in err.splitlines() if line.startswith("optout: ")]
    assert named in err
    assert "  next: " in err
    assert "Traceback" not in out + err
    assert deploy_jobs(org.org) == []


def test_a_full_disk_stops_a_deploy_before_anything_is_sent(org_now, run, small_disk, private_home):
    check_refused(run(*DEPLOY), "snapshot.zip: File too large", org_now)
    assert drafts(private_home / "optout" / "orgs") == []


@pytest.mark.parametrize("kind", ["a file", "a file system that cannot be written"])
def test_a_home_that_takes_no_files_stops_a_deploy(org_now, run, private_home, kind: str):
    orgs = private_home / "optout" / "orgs"
    orgs.write_text("in the way") if kind == "a file" else orgs.symlink_to("/proc")
    check_refused(run(*DEPLOY), "optout/orgs", org_now)


@pytest.mark.parametrize("path", ["{}/file/snap.zip", "/dev/full", "/proc/snap.zip"])
def test_a_copy_that_cannot_be_kept_stops_a_deploy(org_now, run, tmp_path: Path, path: str):
    (tmp_path / "file").write_text("in the way")
    place = path.format(tmp_path)
    check_refused(run(*DEPLOY, "--snapshot-out", place), place.partition("/snap")[0], org_now)


def test_a_full_disk_for_the_copy_is_named_by_its_path(org_now, run, small_disk, tmp_path: Path):
    kept = tmp_path / "snap.zip"
    check_refused(run(*DEPLOY, "--snapshot-out", str(kept)), f"{kept}: File too large", org_now)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("path", ["{}/file/plan.json", "/dev/full", "/proc/plan.json"])
def test_a_plan_that_cannot_be_kept_is_refused(org_now, run, tmp_path: Path, path: str):
    (tmp_path / "file").write_text("in the way")
    place = path.format(tmp_path)
    check_refused(
        run("plan", "--org", "practice", "--out", place), place.partition("/plan")[0], org_now
    )


def test_an_old_plan_survives_a_full_disk(org_now, run, small_disk, tmp_path: Path):
    plan = tmp_path / "plan.json"
    plan.write_text("old")
    check_refused(run("plan", "--org", "practice", "--out", str(plan)), str(plan), org_now)
    assert [path.name for path in tmp_path.iterdir()] == ["plan.json"]
    assert plan.read_text() == "old"


def test_a_folder_that_others_use_stays_open_to_them(tmp_path: Path):
    tmp_path.chmod(0o755)
    write_private(tmp_path / "plan.json", b"{}")
    assert tmp_path.stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "plan.json").stat().st_mode & 0o777 == 0o600


def test_a_device_is_not_replaced_by_a_file(tmp_path: Path):
    before = Path("/dev/full").stat()
    with pytest.raises(FileExistsError, match="/dev/full"):
        write_private(Path("/dev/full"), b"{}")
    assert Path("/dev/full").stat().st_mode == before.st_mode
