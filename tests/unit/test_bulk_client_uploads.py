"""Rows cut into the files of uploads, and what is not sent at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted_org import Reply, scripted_org

from deployer.salesforce import bulk

ID = "750000000000001AAA"


@given(
    st.lists(st.tuples(st.text(max_size=9), st.sampled_from(["true", "#N/A"])), max_size=60),
    st.integers(60, 400),
)
def test_rows_are_cut_into_uploads_in_order_and_none_is_too_large(tmp_path_factory, rows, most):
    folder = tmp_path_factory.mktemp("uploads")
    files = bulk.write_uploads(folder, ("Id", "A"), rows, most)
    assert [tuple(row.values()) for file in files for row in bulk.read_rows(file)] == rows
    assert all(file.stat().st_size <= most for file in files)
    assert all(file.read_bytes().startswith(b'"Id","A"\n') for file in files)


def test_a_row_that_no_upload_holds_is_refused(tmp_path):
    with pytest.raises(ValueError, match="larger than the 20 bytes"):
        bulk.write_uploads(tmp_path, ["Id"], [["x" * 20]], 20)


@pytest.mark.parametrize("content", [b"", b"Id", b"Id\r\n1\r\n"])
def test_a_file_the_org_would_refuse_is_not_sent(content, tmp_path):
    (tmp_path / "rows.csv").write_bytes(content)
    with scripted_org(Reply(201)) as org:
        with pytest.raises(ValueError, match="upload"):
            bulk.upload(org.writer(), ID, tmp_path / "rows.csv")
        assert org.seen == []


def test_a_file_that_is_too_large_is_not_sent(tmp_path):
    with (tmp_path / "rows.csv").open("wb") as file:
        file.truncate(bulk.MOST_BYTES + 1)
    with scripted_org(Reply(201)) as org, pytest.raises(ValueError, match="100000000 bytes"):
        bulk.upload(org.writer(), ID, tmp_path / "rows.csv")
