"""The layouts that are measured: made-up ones of a real size, and real ones where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from deployer.errors import BadInput
from deployer.layouts import edit_layout
from deployer.model.layouts import EMAIL_OPT_OUT, field_on, layout_name_of

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "layouts"
_STANDARD = ("LastName", "AccountId", "Title", "Email", "Phone", "MobilePhone", "Department", "Fax")
_PLAIN = ("Name", "CreatedDate", "LastModifiedDate")


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout without the field: its bytes, and the field as its object spells it."""

    data: bytes
    field: str


def made_up_layouts(count: int) -> list[Layout]:
    """Layouts of 10 to 30 kB with 3 to 8 sections, as Salesforce writes them."""
    return [Layout(_made_up(number), EMAIL_OPT_OUT) for number in range(count)]


def real_layouts(most: int | None) -> list[Layout]:
    """The corpus's layouts that can be edited and lack the field; none where it is absent."""
    return list(_editable())[:most] if CORPUS.is_dir() else []


def write_layouts(folder: Path, count: int) -> None:
    """Write made-up Contact layouts in metadata format."""
    target = folder / "layouts"
    target.mkdir(parents=True)
    for number, layout in enumerate(made_up_layouts(count)):
        (target / f"Contact-Bench Layout {number}.layout").write_bytes(layout.data)


def _editable() -> Iterator[Layout]:
    for path in sorted(CORPUS.iterdir()):
        name = layout_name_of(path.name.partition("--")[2])
        if name is None:
            continue
        layout = Layout(path.read_bytes(), field_on(name.object, EMAIL_OPT_OUT))
        try:
            changed = edit_layout(layout.data, layout.field).changed
        except BadInput:
            continue
        if changed:
            yield layout


def _made_up(number: int) -> bytes:
    sections = 3 + number % 6
    body = "".join(_section(section) for section in range(sections))
    lists = "".join(_related_list(name) for name in range(8 + number % 5))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<Layout xmlns="http://soap.sforce.com/2006/04/metadata">\n'
        f"    <excludeButtons>Submit</excludeButtons>\n{body}{lists}"
        "    <showEmailCheckbox>false</showEmailCheckbox>\n</Layout>\n"
    ).encode()


def _section(section: int) -> str:
    fields = _STANDARD if section == 0 else [f"Extra_{section}_{row}__c" for row in range(20)]
    half = len(fields) // 2
    columns = "".join(_column(part) for part in (fields[:half], fields[half:]))
    return (
        "    <layoutSections>\n        <customLabel>true</customLabel>\n"
        "        <detailHeading>true</detailHeading>\n        <editHeading>true</editHeading>\n"
        f"        <label>Section {section} &amp; more</label>\n{columns}"
        "        <style>TwoColumnsTopToBottom</style>\n    </layoutSections>\n"
    )


def _column(fields: tuple[str, ...] | list[str]) -> str:
    items = "".join(
        "            <layoutItems>\n"
        f"                <behavior>{'Required' if name == 'LastName' else 'Edit'}</behavior>\n"
        f"                <field>{name}</field>\n            </layoutItems>\n"
        for name in fields
    )
    return f"        <layoutColumns>\n{items}        </layoutColumns>\n"


def _related_list(number: int) -> str:
    fields = "".join(f"        <fields>{name.upper()}</fields>\n" for name in _PLAIN)
    return (
        f"    <relatedLists>\n{fields}"
        f"        <relatedList>Thing_{number}__c.Contact__c</relatedList>\n    </relatedLists>\n"
    )
