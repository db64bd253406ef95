"""Names and trees: what the org makes of the spelling and the bytes it is given."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from metadata_org import NS

from practice_org.metadata.canonical import (
    Node,
    NotMetadata,
    canonical,
    fragment,
    parse_metadata,
    serialise,
)
from practice_org.metadata.names import decoded, key_of, listed, namespace_of, spelled
from practice_org.metadata.older_forms import modernised

_NAMES = st.from_regex(r"[a-z][A-Za-z]{0,8}", fullmatch=True)
_TEXTS = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=["Cc"]))
_TREES = st.recursive(
    st.builds(Node, _NAMES, _TEXTS),
    lambda kids: st.builds(Node, _NAMES, st.just(""), st.lists(kids, max_size=4).map(tuple)),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("given_name", "written"),
    [
        ("Contact-Größe ß 製 a-b *", "Contact-Größe ß 製 a-b *"),
        ("Contact-A (B)", "Contact-A %28B%29"),
        ("Contact-A %28B%29", "Contact-A %28B%29"),
        ("Lead-It's 5/6 & more", "Lead-It%27s 5%2F6 %26 more"),
        ("Lead-One_two", "Lead-One_two"),
        ("Lead-One__two", "Lead-One%5F%5Ftwo"),
        ("Shoe__c-Shoe Layout", "Shoe__c-Shoe Layout"),
    ],
)
def test_layout_names_are_escaped_as_salesforce_escapes_them(given_name, written):
    assert spelled("Layout", given_name) == written
    assert decoded(written) == decoded(given_name)


def test_a_package_prefix_keeps_its_underscores():
    name = spelled("Layout", "Contact-acme__Main (x)", "acme")
    assert name == "Contact-acme__Main %28x%29"
    assert listed("Layout", name, "acme") == "Contact-Main %28x%29"


@pytest.mark.parametrize("kind", ["PermissionSet", "FlexiPage"])
def test_other_names_are_never_escaped(kind):
    assert spelled(kind, "acme__It's", "acme") == "acme__It's"
    assert listed(kind, "acme__Its", "acme") == "acme__Its"


@pytest.mark.parametrize(
    ("name", "prefix"), [("acme__Opt__c", "acme"), ("Opt__c", ""), ("Opt__pc", ""), ("Email", "")]
)
def test_the_prefix_of_a_custom_name_is_found(name, prefix):
    assert namespace_of(name) == prefix


def test_names_compare_without_case_and_escapes():
    assert key_of("Contact-A %28B%29") == key_of("contact-a (b)")


@given(_TREES)
def test_what_is_written_is_the_same_tree(tree):
    assert canonical(parse_metadata(serialise(tree))) == canonical(tree)


@given(_TREES)
def test_the_canonical_form_stays_as_it_is(tree):
    written = serialise(tree)
    assert serialise(parse_metadata(written)) == written


def test_the_canonical_form_is_salesforces():
    given_xml = f"""<Layout xmlns='{NS}'><style>it's &lt;"&amp;</style>
      <!-- gone --><b><layoutColumns>
      </layoutColumns></b><fullName><![CDATA[x]]></fullName><a/></Layout>"""
    assert serialise(parse_metadata(given_xml.encode())).decode().splitlines() == [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<Layout xmlns="{NS}">',
        *("    <fullName>x</fullName>", "    <a/>", "    <b>", "        <layoutColumns/>"),
        *("    </b>", "    <style>it&apos;s &lt;&quot;&amp;</style>", "</Layout>"),
    ]


def test_nil_elements_say_nothing():
    nil = '<b xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>'
    assert parse_metadata(f"<a>{nil}<c/></a>".encode()).children == (Node("c"),)


def test_the_place_of_an_element_is_where_its_start_tag_ends():
    child = parse_metadata("<a>\n    <bcd>ö</bcd>\n</a>".encode()).children[0]
    assert (child.line, child.column) == (2, 10)


@pytest.mark.parametrize("broken", [b"", b"<a>", b"<a></b>", b"<!DOCTYPE a><a/>", b"\xff"])
def test_what_is_no_metadata_is_refused_with_its_place(broken):
    with pytest.raises(NotMetadata) as refused:
        parse_metadata(broken)
    assert refused.value.line >= 1
    assert refused.value.sentence.startswith("Error parsing file: ")


def test_a_fragment_has_no_declaration_and_no_namespace():
    assert fragment(Node("a", children=(Node("b", "x"), Node("c")))) == "<a><b>x</b><c/></a>"


def test_console_components_of_old_files_get_their_containers():
    old = parse_metadata(
        b"<Layout><customConsoleComponents><primaryTabComponents><component>"
        b"<location>right</location><visualforcePage>P</visualforcePage><width>3</width>"
        b"</component></primaryTabComponents></customConsoleComponents></Layout>"
    )
    path = ("customConsoleComponents", "primaryTabComponents", "containers")
    container = next(modernised(old).all(*path))
    assert container.value("region") == "right"
    assert container.value("sidebarComponents", "page") == "P"
