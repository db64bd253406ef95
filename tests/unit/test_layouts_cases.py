"""Hand-made layouts: each way of writing that real files rarely or never show."""

from __future__ import annotations

import re

import pytest

from deployer.errors import BadInput
from deployer.layouts import edit_layout, find_field, layout_tree, same_tree, take_out
from deployer.model.layouts import OnReadonly, Outcome

FIELD = "HasOptedOutOfEmail"
EMAIL = "<layoutItems><behavior>Edit</behavior><field>Email</field></layoutItems>"
ITEM = f"<layoutItems><behavior>Edit</behavior><field>{FIELD}</field></layoutItems>"
LINES = """<layoutItems>
                <behavior>Edit</behavior>
                <field>{}</field>
            </layoutItems>"""


def layout(columns: str, *, label: str = "Info", style: str = "OneColumn", before: str = "") -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Layout xmlns="http://soap.sforce.com/2006/04/metadata">{before}
    <layoutSections>
        <detailHeading>true</detailHeading>
        <editHeading>true</editHeading>
        <label>{label}</label>
        {columns}
        <style>{style}</style>
    </layoutSections>
</Layout>
"""


def column(*items: str) -> str:
    inner = "".join(f"\n            {item}" for item in items)
    return f"<layoutColumns>{inner}\n        </layoutColumns>"


PLAIN = layout(column(LINES.format("Email"), LINES.format("Phone")))
EDITED = layout(column(LINES.format("Email"), LINES.format(FIELD), LINES.format("Phone")))

BELOW = f"\n            {LINES}"
SPACED = BELOW.replace("\n", "\n\n")
NOTE = "<!-- phones </layoutItems> -->"
NOTED = LINES.format("Email").replace("Edit</behavior>", f"Edit</behavior> {NOTE}")
CDATA = EMAIL.replace("Email", "<![CDATA[Email]]>")


def one_line(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())


WRITINGS = {
    "lines": (PLAIN, EDITED),
    "crlf": (PLAIN.replace("\n", "\r\n"), EDITED.replace("\n", "\r\n")),
    "tabs": (PLAIN.replace("    ", "\t"), EDITED.replace("    ", "\t")),
    "byte order mark": ("\ufeff" + PLAIN, "\ufeff" + EDITED),
    "no final newline": (PLAIN.rstrip(), EDITED.rstrip()),
    "single quotes": (PLAIN.replace('"', "'"), EDITED.replace('"', "'")),
    "no declaration": (PLAIN.partition("\n")[2], EDITED.partition("\n")[2]),
    "blank lines": (
        PLAIN.replace("\n", "\n\n"),
        EDITED.replace("\n", "\n\n").replace(SPACED.format(FIELD), BELOW.format(FIELD)),
    ),
    "one line": (one_line(PLAIN), one_line(EDITED)),
    "item on one line": (
        layout(column(EMAIL)),
        layout(column(EMAIL, ITEM)),
    ),
    "item of a single tag": (
        layout(column("<layoutItems/>")),
        layout(column("<layoutItems/>", ITEM)),
    ),
    "next item on one line": (
        layout(column(LINES.format("Email"), ITEM.replace(FIELD, "Phone"))),
        layout(column(*map(LINES.format, ("Email", FIELD)), ITEM.replace(FIELD, "Phone"))),
    ),
    "comment in an item": (
        layout(column(NOTED)),
        layout(column(NOTED, LINES.format(FIELD))),
    ),
    "comment between items": (
        layout(column(LINES.format("Email"), NOTE, LINES.format("Phone"))),
        layout(column(*map(LINES.format, ("Email", FIELD)), NOTE, LINES.format("Phone"))),
    ),
    "cdata": (
        layout(column(CDATA)),
        layout(column(CDATA, ITEM)),
    ),
    "attribute with a bracket": (
        PLAIN.replace("<layoutColumns>", '<layoutColumns note="a>b">'),
        EDITED.replace("<layoutColumns>", '<layoutColumns note="a>b">'),
    ),
    "self-closed column": (layout("<layoutColumns/>"), layout(column(LINES.format(FIELD)))),
    "self-closed column with a blank": (
        layout("<layoutColumns />"),
        layout(column(LINES.format(FIELD)).replace("<layoutColumns>", "<layoutColumns >")),
    ),
    "self-closed column with a slash": (
        layout('<layoutColumns note="a/b"/>'),
        layout(column(LINES.format(FIELD)).replace("Columns>", 'Columns note="a/b">', 1)),
    ),
    "self-closed column, tabs": (
        layout("<layoutColumns/>").replace("    ", "\t"),
        layout(column(LINES.format(FIELD))).replace("    ", "\t"),
    ),
    "self-closed column, crlf and blanks": (
        layout("<layoutColumns/>").replace("\n", "\r\n").replace("    ", " "),
        layout(column(LINES.format(FIELD))).replace("\n", "\r\n").replace("    ", " "),
    ),
    "self-closed column, one line": (
        one_line(layout("<layoutColumns/>")),
        one_line(layout(column(LINES.format(FIELD)))),
    ),
    "self-closed column, no indents": (
        re.sub(" {4,8}<", "<", layout("<layoutColumns/>")),
        re.sub("\n {1,8}", "\n", layout(column(LINES.format(FIELD)))),
    ),
    "self-closed column, section beside the root": (
        layout("<layoutColumns/>").replace("\n    <layoutS", "<layoutS"),
        layout(column(LINES.format(FIELD))).replace("\n    <layoutS", "<layoutS"),
    ),
    "empty column, two lines": (
        layout("<layoutColumns>\n        </layoutColumns>"),
        layout(column(LINES.format(FIELD))),
    ),
    "empty column, a pair": (
        layout("<layoutColumns></layoutColumns>"),
        layout(column(LINES.format(FIELD))),
    ),
    "empty column, with a comment": (
        layout("<layoutColumns>\n            <!-- none -->\n        </layoutColumns>"),
        layout(column(LINES.format(FIELD), "<!-- none -->")),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", WRITINGS)
def test_an_item_is_written_as_its_neighbours_are(name):
    before, after = WRITINGS[name]
    edit = edit_layout(before.encode(), FIELD)
    assert edit.outcome is Outcome.ADD
    assert after is None or edit.after.decode() == after


@pytest.mark.parametrize("name", WRITINGS)
def test_taking_out_brings_every_writing_back(name):
    before = WRITINGS[name][0].encode()
    edit = edit_layout(before, FIELD)
    assert take_out(edit.after, FIELD, like=before).after == before


@pytest.mark.parametrize("pair", ["empty column, two lines", "empty column, a pair"])
def test_an_opened_pair_of_tags_closes_itself_when_nobody_remembers_it(pair):
    edit = edit_layout(WRITINGS[pair][0].encode(), FIELD)
    assert take_out(edit.after, FIELD).after.decode() == layout("<layoutColumns/>")


def test_a_layout_without_that_column_does_not_tell_how_it_was():
    edit = edit_layout(layout("<layoutColumns/>").encode(), FIELD)
    for other in (layout("").encode(), PLAIN.encode(), b'<Layout xmlns="%s"/>' % NAMESPACE):
        assert take_out(edit.after, FIELD, like=other).after.decode() == layout("<layoutColumns/>")


NAMESPACE = b"http://soap.sforce.com/2006/04/metadata"
BROKEN = {
    "truncated": (PLAIN[:200], "not well-formed", r"x:\d+:\d+"),
    "empty": ("", "not well-formed", "x:1:"),
    "doctype": (PLAIN.replace("?>", '?><!DOCTYPE a [<!ENTITY b "c">]>'), "DOCTYPE", "x:1:"),
    "wrong root": ("<Profile/>", "its root element is Profile", "x:1:1"),
    "no namespace": ("<Layout/>", "its root element is Layout", "x:1:1"),
    "prefix": (f'<m:Layout xmlns:m="{NAMESPACE.decode()}"/>', "namespace prefix", "x:1:1"),
    "latin-1": (PLAIN.replace("UTF-8", "ISO-8859-1"), "ISO-8859-1", "x:1:1"),
    "utf-16": (PLAIN.encode("utf-16").decode("latin-1"), "UTF-16", "x:1:1"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_read_is_refused_with_its_place(name):
    text, words, place = BROKEN[name]
    with pytest.raises(BadInput, match=words) as refused:
        edit_layout(text.encode("latin-1"), FIELD, where="x")
    assert re.match(place, refused.value.where)
    assert refused.value.hint


def test_a_file_too_large_to_be_metadata_is_refused():
    with pytest.raises(BadInput, match="larger than 16 MB"):
        layout_tree(b" " * (16 * 1024 * 1024 + 1), where="x")


READONLY = LINES.format(FIELD).replace("Edit", "Readonly")


def test_a_readonly_field_is_kept_and_said():
    edit = edit_layout(layout(column(READONLY)).encode(), FIELD)
    assert (edit.outcome, edit.changed, edit.behavior) == (Outcome.PRESENT, False, "Readonly")
    assert "--make-editable" in edit.reason


@pytest.mark.parametrize("item", [READONLY, READONLY.replace("Readonly", " Readonly\n")])
def test_a_readonly_field_is_turned_when_asked(item):
    before = layout(column(item)).encode()
    edit = edit_layout(before, FIELD, readonly=OnReadonly.MAKE_EDITABLE)
    assert edit.after == before.replace(b"Readonly", b"Edit")


def test_a_readonly_field_that_is_written_strangely_stays():
    strange = READONLY.replace("Readonly", "<![CDATA[Readonly]]>")
    before = layout(column(strange, READONLY.replace(FIELD, "Phone"))).encode()
    edit = edit_layout(before, FIELD, readonly=OnReadonly.MAKE_EDITABLE)
    assert (edit.outcome, edit.changed) == (Outcome.PRESENT, False)


def test_a_field_that_is_there_twice_is_left_alone_and_said():
    twice = layout(column(LINES.format(FIELD), LINES.format(FIELD.upper()))).encode()
    spot = find_field(twice, FIELD)
    assert spot is not None
    assert spot.count == 2
    assert "2 times" in edit_layout(twice, FIELD).reason
    assert take_out(twice, FIELD).outcome is Outcome.FAILED


PANEL = "<summaryLayout><summaryLayoutItems>{}</summaryLayoutItems></summaryLayout>"
CONTENT = "<relatedContent><relatedContentItems>{}</relatedContentItems></relatedContent>"
ELSEWHERE = {
    "mini layout": "<miniLayout><fields>{}</fields></miniLayout>",
    "related list": "<relatedLists><fields>{}</fields></relatedLists>",
    "highlights": PANEL.format("<field>{}</field>"),
    "related content": CONTENT.format("<layoutItem><field>{}</field></layoutItem>"),
}  # fmt: skip


@pytest.mark.parametrize("where", ELSEWHERE)
def test_only_a_section_counts_as_the_place_of_a_field(where):
    before = layout(column(LINES.format("Phone")), before=ELSEWHERE[where].format(FIELD)).encode()
    assert find_field(before, FIELD) is None
    assert edit_layout(before, FIELD).outcome is Outcome.ADD


@pytest.mark.parametrize("where", ["mini layout", "highlights"])
def test_a_field_that_another_part_of_the_layout_shows_is_not_taken_out(where):
    before = layout(column(LINES.format(FIELD)), before=ELSEWHERE[where].format(FIELD)).encode()
    out = take_out(before, FIELD)
    assert (out.outcome, out.changed) == (Outcome.FAILED, False)


def test_taking_out_what_is_not_there_changes_nothing():
    out = take_out(PLAIN.encode(), FIELD)
    assert (out.outcome, out.after) == (Outcome.ABSENT, PLAIN.encode())


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("<a><b>1</b></a>", "<a>\n <!-- x --> <b><![CDATA[1]]></b>\n</a>", True),
        ("<a x='1' y='2'/>", '<a y="2" x="1"></a>', True),
        ("<p:a xmlns:p='u'/>", "<a xmlns='u'/>", True),
        ("<a>&amp;</a>", "<a>&#38;</a>", True),
        ("<a><b/></a>", "<a>b</a>", False),
        ("<a><b/><c/></a>", "<a><c/><b/></a>", False),
        ("<a>1</a>", "<a> 1</a>", False),
        ("<a x='1'/>", "<a x='2'/>", False),
    ],
)
def test_trees_are_compared_and_writing_is_not(a, b, same):
    assert same_tree(a.encode(), b.encode()) is same
    assert (hash(layout_tree(a.encode())) == hash(layout_tree(b.encode()))) is same
