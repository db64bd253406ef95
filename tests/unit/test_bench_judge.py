"""Which layouts a tool of the benchmark is told to have brought to a right end."""

from __future__ import annotations

import pytest
from benches.stage.layout_judge import Ended, ended

FIELD = "HasOptedOutOfEmail"


def item(name):
    return f"<layoutItems><behavior>Edit</behavior><field>{name}</field></layoutItems>"


def layout(*items, style="One"):
    return (
        '<Layout xmlns="http://soap.sforce.com/2006/04/metadata"><layoutSections>\n <layoutColumns>'
        f"{''.join(items)}</layoutColumns><style>{style}</style></layoutSections></Layout>"
    ).encode()


BEFORE = layout(item("Name"), item("Email"))
GAINED = layout(item("Name"), item("Email"), "\n  ", item(FIELD))


@pytest.mark.parametrize(
    ("after", "right"),
    [
        (GAINED, 1),
        # Wherever it stands, and however the file is broken into lines.
        (layout(item(FIELD), item("Name"), item("Email")).replace(b"><", b">\n<"), 1),
        (BEFORE, 0),
        (None, 0),
        (layout(item("Name"), item("Email"), item(FIELD), item(FIELD)), 0),
        (layout(item("Name"), item(FIELD)), 0),
        (layout(item("Email"), item("Name"), item(FIELD)), 0),
        (layout(item("Name"), item("Email"), item(FIELD), style="Two"), 0),
    ],
)
def test_a_layout_ended_right_with_one_item_more_and_all_else_as_it_was(after, right):
    org = {} if after is None else {"A": after}
    assert ended({"A": BEFORE}, org, ["A"], FIELD) == Ended(right, 1, 0)


@pytest.mark.parametrize("other", [GAINED, layout(item("Name")), None])
def test_what_was_not_asked_for_and_has_changed_is_told(other):
    org = {"A": GAINED} if other is None else {"A": GAINED, "B": other}
    told = ended({"A": BEFORE, "B": BEFORE}, org, ["A"], FIELD)
    assert str(told) == "1 of 1 layouts ended right, 1 others changed"
