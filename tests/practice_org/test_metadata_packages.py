"""What a zip must look like, and what the options forgive."""

from __future__ import annotations

import pytest
from metadata_org import CONTACT, layout_xml, one_layout, open_lab, package_xml, zipped

from practice_org.metadata.components import find_component


def test_a_file_that_is_missing_may_be_allowed():
    lab = open_lab()
    files = {"package.xml": package_xml({"Layout": [CONTACT]})}
    assert lab.deploy(files, allowMissingFiles=True)["success"]


def test_a_package_xml_may_be_completed_by_the_org():
    lab = open_lab()
    files = {**one_layout(layout_xml()), "package.xml": package_xml({})}
    assert lab.deploy(files, autoUpdatePackage=True)["success"]
    assert find_component(lab.org, "Layout", CONTACT) is not None


def test_each_folder_is_a_package_when_it_is_not_a_single_one():
    lab = open_lab()
    files = {f"zip/{path}": text for path, text in one_layout(layout_xml()).items()}
    assert lab.deploy(files, singlePackage=False)["success"]


@pytest.mark.parametrize(
    ("data", "single", "name"),
    [
        (b"no zip", True, "package.xml"),
        (b"", False, "package.xml"),
        (zipped({"layouts/x.layout": ""}), False, "layouts/package.xml"),
        (zipped({"zip/package.xml": package_xml({})}), True, "package.xml"),
        (zipped({"package.xml": package_xml({})}), False, "package.xml"),
    ],
)
def test_a_zip_without_a_package_says_so(data, single, name):
    lab = open_lab()
    job = lab.start_zip(data, singlePackage=single)
    lab.clock.move(1)
    row = lab.status(job)["details"]["componentFailures"][0]
    assert (row["problem"], row["fileName"]) == ("No package.xml found", name)


def test_a_zip_of_too_many_files_is_refused():
    lab = open_lab()
    files = {f"layouts/{n}.layout": "" for n in range(10_001)}
    job = lab.start_zip(zipped(files))
    lab.clock.move(1)
    row = lab.status(job)["details"]["componentFailures"][0]
    assert row["problem"] == "Maximum size of request reached"
