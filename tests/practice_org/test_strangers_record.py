"""What is kept of the strangers' flows for the coverage page."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

RECORD = runpy.run_path(str(Path(__file__).resolve().parents[2] / "ci/strangers_record.py"))
Seen, read_record, write_record = (RECORD[n] for n in ("Seen", "read_record", "write_record"))
OLD, NEW = Seen(("GET /a",), ()), Seen(("GET /b",), ("it forgets",))


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "record.json"
    write_record({"sf: login": OLD, "sf: gone": OLD, "cci: query": OLD}, ["sf: login"], file)
    return file


def test_what_passed_replaces_what_was_held_of_it(path):
    write_record({"sf: login": NEW}, ["sf: login", "sf: gone", "cci: query"], path)
    assert read_record(path) == {"cci: query": OLD, "sf: gone": OLD, "sf: login": NEW}


def test_a_flow_that_is_no_more_is_forgotten(path):
    write_record({"sf: login": NEW}, ["sf: login", "cci: query"], path)
    assert list(read_record(path)) == ["cci: query", "sf: login"]


def test_the_order_of_flows_and_endpoints_changes_nothing(path, tmp_path):
    other = tmp_path / "other.json"
    write_record({"b": Seen(("2", "1"), ()), "a": OLD}, [], other)
    write_record({"a": OLD, "b": Seen(("1", "2"), ())}, [], path)
    assert other.read_text() == path.read_text()


def test_where_nothing_was_recorded_nothing_is_held(tmp_path):
    assert read_record(tmp_path / "none.json") == {}
