"""A zip from the org is read only when it is what Salesforce sends."""

import io
import struct
import warnings
import zipfile

import pytest

from deployer.errors import BadInput
from deployer.salesforce.archive import Bounds, read_archive


def zipped(*entries, compression=zipfile.ZIP_DEFLATED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a name twice is the point
        for name, content in entries:
            archive.writestr(name, content)
    return buffer.getvalue()


LAYOUT = ("unpackaged/layouts/Contact-A %28B%29.layout", b"<Layout/>")


def test_files_come_without_their_root():
    data = zipped(
        ("unpackaged/", b""), ("unpackaged/layouts/", b""), LAYOUT, ("unpackaged/package.xml", b"p")
    )
    assert read_archive(data) == {
        "layouts/Contact-A %28B%29.layout": b"<Layout/>",
        "package.xml": b"p",
    }


@pytest.mark.parametrize(
    "name",
    ["objects/Contact.object", "permissionsets/A.permissionset", "profiles/Admin.profile",
     "flexipages/A.flexipage", "applications/A.app", "settings/A.settings",
     "LeadConvertSettings/LeadConvertSettings.LeadConvertSetting",
     "layouts/Contact-Ünïcode ß.layout"],
)  # fmt: skip
def test_every_folder_we_ask_for_is_allowed(name):
    assert read_archive(zipped((name, b"x"))) == {name: b"x"}


@pytest.mark.parametrize(
    "name",
    ["../layouts/A.layout", "unpackaged/../../etc/passwd", "/etc/passwd", "/layouts/A.layout",
     "layouts/../../A.layout", "layouts/sub/A.layout", "layouts\\..\\A.layout", "C:\\A.layout",
     "layouts/A.txt", "layouts/A.layout.exe", "classes/A.cls", "evil.sh", "layouts/.layout",
     "layouts/A\n.layout", "layouts/A\x1b[0m.layout", "unpackaged/unpackaged/layouts/A.layout",
     "layouts", "Layouts/A.layout", "layouts//A.layout", "./layouts/A.layout", "evil/",
     "../", "package.xml/", "unpackaged/package.xml/A.layout"],
)  # fmt: skip
def test_a_name_that_salesforce_does_not_send_is_refused(name):
    with pytest.raises(BadInput, match="does not send"):
        read_archive(zipped(LAYOUT, (name, b"x")))


def test_the_same_name_twice_is_refused():
    with pytest.raises(BadInput, match="twice"):
        read_archive(zipped(LAYOUT, LAYOUT))
    with pytest.raises(BadInput, match="twice"):
        read_archive(zipped(LAYOUT, ("layouts/Contact-A %28B%29.layout", b"y")))


def test_a_bomb_is_refused():
    with pytest.raises(BadInput, match="more than any real file"):
        read_archive(zipped(("layouts/A.layout", b"\0" * 2_000_000)))


def test_too_many_entries_are_refused():
    data = zipped(*((f"layouts/A{n}.layout", b"") for n in range(5)))
    with pytest.raises(BadInput, match="5 entries"):
        read_archive(data, Bounds(entries=4))


def test_too_many_bytes_are_refused():
    with pytest.raises(BadInput, match="unpacks to more than 5 bytes"):
        read_archive(zipped(LAYOUT), Bounds(unpacked_bytes=5))


def test_an_entry_that_is_longer_than_it_says_is_refused():
    data = bytearray(zipped(LAYOUT, compression=zipfile.ZIP_STORED))
    directory = data.index(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = struct.pack("<I", 3)  # the size unpacked
    with pytest.raises(BadInput):
        read_archive(bytes(data))


def test_a_flipped_byte_is_found_by_the_checksum():
    data = zipped(LAYOUT, compression=zipfile.ZIP_STORED).replace(b"<Layout/>", b"<Lay0ut/>")
    with pytest.raises(BadInput, match="cannot be read"):
        read_archive(data)


def test_an_encrypted_entry_is_refused():
    data = bytearray(zipped(LAYOUT))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(BadInput, match="encrypted"):
        read_archive(bytes(data))


@pytest.mark.parametrize("data", [b"", b"PK", b"<html>", zipped(LAYOUT)[:-30]])
def test_what_is_no_zip_is_refused(data):
    with pytest.raises(BadInput, match="cannot be read"):
        read_archive(data)
