"""Small layouts for tests: one section, one item a field."""

from __future__ import annotations

_ITEM = (
    "            <layoutItems>\n                <behavior>Edit</behavior>\n"
    "                <field>{field}</field>\n            </layoutItems>\n"
)
_LAYOUT = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<Layout xmlns="http://soap.sforce.com/2006/04/metadata">\n    <layoutSections>\n'
    "        <customLabel>false</customLabel>\n        <detailHeading>true</detailHeading>\n"
    "        <editHeading>true</editHeading>\n        <label>Contact Information</label>\n"
    "        <layoutColumns>\n{items}        </layoutColumns>\n        <layoutColumns/>\n"
    "        <style>TwoColumnsTopToBottom</style>\n    </layoutSections>\n</Layout>\n"
)


def a_layout(*fields: str) -> bytes:
    """A layout with these fields, editable, in the first column."""
    return _LAYOUT.format(items="".join(_ITEM.format(field=f) for f in fields)).encode()
