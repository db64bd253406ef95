"""What counts as noise beside an item put into a layout, and what as a layout gone wrong."""

import pytest
from benches.noise import Noise, find_place, is_right, read_numstat

FIELD = "HasOptedOutOfEmail"
ITEM = f"<layoutItems>\n<behavior>Edit</behavior>\n<field>{FIELD}</field>\n</layoutItems>\n"
OTHER = "<layoutItems>\n<field>Email</field>\n</layoutItems>\n"


def layout(*columns):
    body = "".join(columns)
    section = f"<layoutSections>\n{body}</layoutSections>\n"
    return f'<Layout xmlns="http://soap.sforce.com/2006/04/metadata">\n{section}</Layout>'.encode()


def column(*items):
    return f"<layoutColumns>\n{''.join(items)}</layoutColumns>\n"


EMPTY_TAG = "<layoutColumns />\n"


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ([column(OTHER)], [column(OTHER, ITEM)], (0, 0, 1, 4)),
        ([column(OTHER), column(OTHER)], [column(OTHER), column(ITEM, OTHER)], (0, 1, 0, 4)),
        # A comment is a node, too, for all who insert by number.
        ([column("<!-- a -->", OTHER)], [column("<!-- a -->", ITEM, OTHER)], (0, 0, 1, 4)),
        # Whoever puts something into an empty tag has to open it.
        ([column(OTHER), EMPTY_TAG], [column(OTHER), column(ITEM)], (0, 1, 0, 7)),
        ([column(OTHER), column()], [column(OTHER), column(ITEM)], (0, 1, 0, 4)),
    ],
)
def test_a_place_is_read_from_what_was_edited(before, after, place):
    found = find_place("a.layout", FIELD, layout(*before), layout(*after))
    assert (found.section, found.column, found.index, found.lines) == place


@pytest.mark.parametrize(
    ("after", "right"),
    [
        ([column(OTHER, ITEM)], True),
        ([column("    ", OTHER, "\n\n", ITEM)], True),  # white space means nothing
        ([column(OTHER)], False),
        ([column(OTHER, ITEM, ITEM)], False),
        ([column(ITEM)], False),
        ([column(OTHER, ITEM), column()], False),
        ([column(OTHER, ITEM, "<unclosed>")], False),
    ],
)
def test_a_layout_is_right_with_one_item_more_and_nothing_else(after, right):
    assert is_right(layout(column(OTHER)), layout(*after), FIELD) is right


def test_lines_are_counted_as_git_counts_them():
    told = "4\t0\t{before => after}/Contact-A b.layout\n5\t1\tbefore/Lead-C.layout\n"
    assert read_numstat(told) == {"Contact-A b.layout": 4, "Lead-C.layout": 6}


@pytest.mark.parametrize(
    ("lines", "right", "files", "note"),
    [((0, 0), 2, 0, ""), ((3, 0, 1), 3, 2, ""), ((3, 0), 1, 1, "1 ended right")],
)
def test_files_with_noise_are_counted_and_those_that_ended_wrong_are_told(
    lines, right, files, note
):
    noise = Noise(lines, right)
    assert (noise.files, noise.note) == (files, note)
