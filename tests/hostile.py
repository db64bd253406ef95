"""Names that somebody gave a thing in an org, and that a report has to survive."""

from __future__ import annotations

from hypothesis import strategies as st

# Every text, halves of pairs included.
ANYTHING = st.text(st.characters(exclude_categories=()), max_size=60)
NAMES = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "an entity": "a &lt;b&gt; & c",
    "the end of cdata": "]]> <![CDATA[",
    "a formula": '=HYPERLINK("http://evil.example","click")',
    "a link": "[click](http://evil.example) https://evil.example www.evil.example",
    "a table": "a | b |\n| --- | --- |",
    "a fence": "```\n~~~~\n````",
    "emphasis": "*a* _b_ ~~c~~ `d` $e$ \\*f",
    "a heading": "# a",
    "a list": "- a",
    "a numbered list": "12. a",
    "a mention": "@everybody and ann@names.example",
    "a command": "a\n::add-mask::b\n::error::c",
    "an old command": "##[add-mask]a",
    "percent signs": "100%0A%25",
    "placeholders": "{0} {{1}} {}",
    "right to left": "Contact-\u202etuoyaL\u2066\u200f",
    "control characters": "a\x00b\x1b[31mc\x07\x85\x9b",
    "line ends": "a\nb\r\nc\rd\u2028e\u2029f\x0bg",
    "half a pair": "a\ud800b\udfffc",
    "no characters": "a\ufffeb\uffff",
    "255 characters": "x" * 255,
    "nothing": "",
    "spaces": "  a\t b  ",
}
