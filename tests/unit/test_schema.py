"""The schema is Salesforce's own, cut, kept, and told in words a person can use."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest
from corpus import corpus_files, real_name

from deployer import schema
from deployer.model.findings import Severity
from deployer.schema import check_schema, new_schema_errors, open_schema

NS = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
SECTION = (
    "<layoutSections><layoutColumns>{}</layoutColumns><style>OneColumn</style></layoutSections>"
)
ITEM = "<layoutItems><behavior>Edit</behavior><field>A</field></layoutItems>"


def layout(items: str, after: str = "") -> bytes:
    return f"<Layout {NS}>\n{SECTION.format(items)}{after}\n</Layout>".encode()


FAULTS = [
    ("valid", layout(ITEM), []),
    (
        "field first",
        layout("<layoutItems><field>A</field>\n<behavior>Edit</behavior></layoutItems>"),
        [("schema-order", Severity.WARN, "x:3")],
    ),
    (
        "unknown",
        layout("<layoutItems><colour>A</colour></layoutItems>"),
        [("schema-unknown", Severity.FAIL, "x:2")],
    ),
    (
        "wrong value",
        layout(ITEM.replace("Edit", "Editable")),
        [("schema-value", Severity.FAIL, "x:2")],
    ),
    (
        "missing",
        layout(ITEM, "<layoutSections></layoutSections>"),
        [("schema-value", Severity.FAIL, "x:2")],
    ),
    (
        "scattered",
        layout(ITEM, f"\n<emailDefault>true</emailDefault>\n{SECTION.format('')}"),
        [("schema-scattered", Severity.FAIL, "x:4")],
    ),
    ("not xml", b"<Layout>", [("xml", Severity.FAIL, "x:1")]),
    ("other root", f"<Report {NS}/>".encode(), [("schema-root", Severity.FAIL, "x:1")]),
    ("no namespace", b"<Layout/>", [("schema-root", Severity.FAIL, "x:1")]),
    (
        "doctype",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + layout(ITEM),
        [("xml-doctype", Severity.FAIL, "x:1")],
    ),
    ("deep", (b"<a>" * 300) + (b"</a>" * 300), [("xml", Severity.FAIL, "x:1")]),
    ("comment", layout(f"<!-- a -->{ITEM}<?b c?>"), []),
]


@pytest.mark.parametrize(
    ("data", "expected"), [row[1:] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_a_fault_is_named_with_its_weight_and_line(data, expected, tmp_path):
    found = check_schema(data, "x", cache=tmp_path)
    assert [(f.rule, f.severity) for f in found] == [(rule, weight) for rule, weight, _ in expected]
    for finding, (_, _, where) in zip(found, expected, strict=True):
        assert finding.where.startswith(where)
        assert finding.fix


def test_a_wrong_value_is_told_with_the_values_that_are_allowed(tmp_path):
    (found,) = check_schema(layout(ITEM.replace("Edit", "Editable")), "x", cache=tmp_path)
    assert "behavior" in found.what
    assert "Readonly" in found.what


def test_an_old_fault_is_no_new_one(tmp_path):
    before = layout("<layoutItems><colour/></layoutItems>")
    after = layout(f"\n<layoutItems><colour/></layoutItems>{ITEM}")
    worse = layout("<layoutItems><colour/><colour/></layoutItems>")
    assert new_schema_errors(before, after, cache=tmp_path) == []
    assert len(new_schema_errors(before, worse, cache=tmp_path)) == 1


def test_the_cut_is_kept_on_disk_and_read_again(tmp_path):
    first = open_schema(tmp_path / "deep")
    (kept,) = (tmp_path / "deep").iterdir()
    open_schema.cache_clear()
    kept.write_bytes(kept.read_bytes() + b"<!-- kept -->")
    assert open_schema(tmp_path / "deep").text == first.text + b"<!-- kept -->"


def test_a_broken_cut_on_disk_is_made_again(tmp_path):
    open_schema(tmp_path)
    (kept,) = tmp_path.iterdir()
    kept.write_bytes(b"<half")
    open_schema.cache_clear()
    assert check_schema(layout(ITEM), cache=tmp_path) == []
    assert kept.read_bytes() != b"<half"


def test_a_cache_that_cannot_be_written_is_no_error(tmp_path):
    (tmp_path / "file").write_text("")
    assert check_schema(layout(ITEM), cache=tmp_path / "file" / "cache") == []


def test_the_cut_knows_each_root_and_little_else(tmp_path):
    opened = open_schema(tmp_path)
    assert set(schema.ROOTS) <= opened.children.keys()
    assert len(opened.children) < 200
    assert next(iter(opened.children["CustomField"])) == "fullName"


def test_reading_the_schema_does_not_import_simple_salesforce(tmp_path):
    code = "import sys; from pathlib import Path; from deployer.schema import open_schema\n"
    code += f"open_schema(Path({str(tmp_path)!r})); print('simple_salesforce' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
    assert importlib.util.find_spec("simple_salesforce") is not None


@pytest.mark.parametrize(
    ("kind", "refused"), [("layouts", 4), ("fields", 2), ("flexipages", 15), ("profiles", 2)]
)
def test_real_files_are_valid_save_for_forms_of_older_versions(kind, refused, tmp_path):
    failing = [
        real_name(file)
        for file in corpus_files(kind)
        if any(f.severity is Severity.FAIL for f in check_schema(file.read_bytes(), cache=tmp_path))
    ]
    assert len(failing) == refused
