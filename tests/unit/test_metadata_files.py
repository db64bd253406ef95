"""Metadata files on disk: found once, replaced as a whole or not at all."""

from __future__ import annotations

import pytest

from deployer.errors import BadInput
from deployer.metadata_files import find_files, read_file, replace_file


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "a.xml"
    path.write_bytes(b"old")
    return path


def test_a_file_is_replaced_and_nothing_is_left_beside_it(file):
    replace_file(file, b"old", b"new")
    assert file.read_bytes() == b"new"
    assert list(file.parent.iterdir()) == [file]


def test_a_file_that_somebody_changed_meanwhile_is_kept(file):
    with pytest.raises(BadInput, match="changed the file meanwhile"):
        replace_file(file, b"older", b"new")
    assert file.read_bytes() == b"old"


def test_a_file_that_is_gone_is_said(tmp_path):
    with pytest.raises(BadInput, match="cannot be read: No such file"):
        read_file(tmp_path / "gone.xml")


def test_files_are_found_once_each_and_in_order(tmp_path, file):
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules/c.xml").write_bytes(b"")
    (tmp_path / "b.xml").symlink_to(file)
    (tmp_path / "gone.xml").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = find_files([tmp_path, file], lambda name: name.endswith(".xml"), kind="xml file")
    assert found == [file]
