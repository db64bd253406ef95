"""An archive from the org that Salesforce would never send: one sentence, exit 1, nothing kept."""

from __future__ import annotations

import io
import re
import stat
import warnings
import zipfile
from base64 import b64encode
from pathlib import Path

import pytest
from sample_layouts import a_layout

from practice_org.app import handle
from practice_org.metadata.jobs import deploy_jobs

LAYOUT = "layouts/Contact-Contact Layout.layout"
ORG = ("--org", "practice")


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these entries, whatever they are called and however often."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", how) as archive:
        warnings.simplefilter("ignore", UserWarning)  # the same name twice
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def a_link(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)
    entry.create_system = 3
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    return entry


def with_bad_checksum() -> bytes:
    good = a_layout("Email")
    return zipped((LAYOUT, good), how=zipfile.ZIP_STORED).replace(good, good.replace(b"E", b"F"))


HOSTILE = {
    "a name that climbs": (zipped(("../../etc/cron.d/x", b"x")), "../../etc/cron.d/x"),
    "a name that climbs below layouts": (zipped(("layouts/../../x.layout", b"x")), "x.layout"),
    "an absolute name": (zipped(("/etc/passwd", b"x")), "/etc/passwd"),
    "a name with a drive": (zipped(("C:\\x.layout", b"x")), "x.layout"),
    "a link with a layout's name": (zipped((a_link(LAYOUT), b"/etc/passwd")), "a link"),
    "a link elsewhere": (zipped((a_link("evil"), b"/etc/passwd")), "evil"),
    "too many entries": (
        zipped(*((f"layouts/Contact-{n}.layout", b"") for n in range(10_001))), "10001 entries"),
    "a bomb": (zipped((LAYOUT, b"\0" * 5_000_000)), "more than any real file"),
    "a bad checksum": (with_bad_checksum(), "cannot be read"),
    "the same name twice": (zipped((LAYOUT, b"<a/>"), (LAYOUT, b"<b/>")), "twice"),
    "a cut zip": (zipped((LAYOUT, a_layout("Email")))[:-40], "cannot be read"),
    "no zip at all": (b"<html>maintenance</html>", "cannot be read"),
    "a file of another kind": (zipped(("classes/Evil.cls", b"x")), "classes/Evil.cls"),
}  # fmt: skip


@pytest.fixture
def sends(org_now, switchboard):
    """Let the org's retrieves end with these bytes in place of its own zip."""

    def send(data: bytes) -> None:
        packed = b"<zipFile>%s</zipFile>" % b64encode(data)

        def spoil(request):
            answer = handle(org_now.org, request)
            body = re.sub(
                rb"<zipFile>.*?</zipFile>", lambda _: packed, answer.body, flags=re.DOTALL
            )
            return type(answer)(answer.status, body, answer.headers)

        switchboard.answer = spoil

    return send


def files_in(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_archive_ends_a_deploy_in_one_sentence(org_now, run, sends, private_home, case):
    data, named = HOSTILE[case]
    before = files_in(private_home)
    sends(data)
    code, out, err = run("deploy", *ORG, "--yes")
    assert code == 1
    assert "the org's archive was refused" in err
    assert named in err
    assert "next: check instance_url" in err
    assert "Traceback" not in out + err
    assert (deploy_jobs(org_now.org), files_in(private_home)) == ([], before)


STRANGE = {
    "layouts of other objects": [("layouts/Account-Account Layout.layout", a_layout("Email"))],
    "nothing": [("package.xml", b"<Package/>")],
    "layouts that are no XML": [(LAYOUT, b"/etc/passwd")],
    "layouts that are something else": [(LAYOUT, b"<Profile/>")],
    "layouts with a DOCTYPE": [(LAYOUT, b'<!DOCTYPE a [<!ENTITY b "c">]><Layout>&b;</Layout>')],
}  # fmt: skip


@pytest.mark.parametrize("entries", STRANGE.values(), ids=STRANGE.keys())
def test_an_archive_without_what_was_asked_fails_every_layout_by_name(
    org_now, run, sends, private_home, entries
):
    before = files_in(private_home)
    sends(zipped(*entries))
    code, out, err = run("plan", *ORG, "--permission-set", "none")
    assert code == 1
    assert re.search(r"Contact-Contact Layout +failed", out)
    assert "Account-Account Layout" not in out.replace("PersonAccount-", "")
    assert "Traceback" not in out + err
    assert files_in(private_home) == before
