"""Real layouts of public repositories: every one is edited by one item and comes back."""

from __future__ import annotations

from contextlib import suppress

import pytest
from corpus import corpus_files, real_name

from deployer.errors import BadInput
from deployer.layouts import draw_diff, edit_layout, is_tree_with_item, take_out
from deployer.model.layouts import EMAIL_OPT_OUT, LayoutEdit, Outcome, field_on


def edits() -> list[tuple[LayoutEdit, str]]:
    found = []
    for file in corpus_files("layouts"):
        field = field_on(real_name(file).split("-")[0], EMAIL_OPT_OUT)
        with suppress(BadInput):
            found.append((edit_layout(file.read_bytes(), field), field))
    assert len(found) == 362
    return found


def test_every_change_is_four_lines_or_an_opened_column():
    for edit, _ in edits():
        marks = [line[:1] for line in draw_diff("x", edit.before, edit.after).text.splitlines()[2:]]
        assert (marks.count("+"), marks.count("-")) in {(4, 0), (6, 1), (0, 0)}
        assert bool(marks) is (edit.outcome is Outcome.ADD)


@pytest.mark.slow
def test_every_change_is_the_old_tree_with_one_item():
    for edit, field in edits():
        assert not edit.changed or is_tree_with_item(edit.before, edit.after, field)


@pytest.mark.slow
def test_every_change_comes_back_to_the_byte():
    for edit, field in edits():
        if edit.changed:
            assert take_out(edit.after, field, like=edit.before).after == edit.before
            assert not edit_layout(edit.after, field).changed


def test_a_diff_shows_a_missing_last_line_end_and_no_carriage_returns():
    text = draw_diff("x", b"a\r\nb", b"a\r\nc\r\n").text
    assert text.splitlines() == [
        "--- a/x", "+++ b/x", "@@ -1,2 +1,2 @@", " a", "-b", "\\ No newline at end of file", "+c",
    ]  # fmt: skip


def test_equal_bytes_have_no_diff():
    assert draw_diff("x", b"a", b"a").text == ""
