"""No text of anybody's making does more on a page than be read."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import a_change, a_readiness, seen

from deployer.reporting.page import draw_page
from deployer.reporting.visible import to_visible

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><style>*{display:none}</style>",
    "' onmouseover='alert(1)",
    "javascript:alert(1)",
    "http://example.com/?q=<b>",
    "{{ 7 * 7 }}{% raw %}",
    "=HYPERLINK(1)",
    "\u202egnp.exe\u2066",
    "\x00\x1b[31m\x7f",
    "x" * 255,
    "&lt;b&gt;&amp;",
    "عربي <b>",
)
PICTURES = pytest.mark.parametrize("picture_of", [a_readiness, a_change])
# A remedy of more parts, and an address to follow, are drawn as what they are.
texts = st.text(min_size=1, max_size=60).filter(
    lambda text: (
        text.strip() and ";" not in text and not text.startswith(("http", "Setup", "optout"))
    )
)


@PICTURES
@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_only_read(picture_of, text):
    page = seen(draw_page(picture_of(text)))
    assert page.shape == seen(draw_page(picture_of("plain"))).shape
    assert " ".join(to_visible(text).split()) in page.said


@PICTURES
@given(text=texts)
def test_no_text_changes_what_a_page_is_made_of(picture_of, text):
    assert seen(draw_page(picture_of(text))).shape == seen(draw_page(picture_of("plain"))).shape


@PICTURES
@pytest.mark.parametrize("text", HOSTILE)
def test_a_page_runs_nothing_and_loads_nothing(picture_of, text):
    page = draw_page(picture_of(text))
    tags = seen(page).tags
    names = {tag for tag, _ in tags}
    attributes = {name for _, found in tags for name in found}
    assert not names & {"script", "img", "iframe", "object", "embed", "link", "base", "form"}
    assert not {n for n in attributes if n.startswith("on")} | attributes & {
        "src",
        "style",
        "srcset",
    }
    links = {found["href"] for tag, found in tags if "href" in found}
    assert all(link.startswith("#") for link in links)
    assert not re.search(r"url\(|@import", page)


def test_a_link_to_salesforce_is_one_and_nothing_else_is():
    tags = seen(draw_page(a_readiness("https://help.salesforce.com/x"))).tags
    links = [found for tag, found in tags if tag == "a" and not found["href"].startswith("#")]
    assert {link["href"] for link in links} == {"https://help.salesforce.com/x"}
    assert {link["rel"] for link in links} == {"noreferrer"}


@PICTURES
def test_the_policy_of_a_page_allows_its_own_style_alone(picture_of):
    page = draw_page(picture_of("plain"))
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [found["content"] for _, found in seen(page).tags if "http-equiv" in found]
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")


@PICTURES
def test_what_turns_a_line_round_is_shown_as_what_it_is(picture_of):
    page = draw_page(picture_of("a\u202eb\u2066c"))
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b-\u200f]", page)
    assert "a\ufffdb\ufffdc" in page
