"""The metadata that flows deploy: a checkbox on Contact and a layout that shows it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

API = "63.0"
PROLOG = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
FIELD = "Stranger_Opt_Out__c"
LAYOUT = "Contact-Stranger Layout"
# What the practice org says of a layout that shows a field nobody has made.
MISSING_FIELD = "Nobody_Made_This__c"


def package_xml(members: dict[str, list[str]], api: str = API) -> str:
    """A package.xml of these members by type; in lines, as cci cuts the first tag off by line."""
    types = "".join(
        f"<types>{''.join(f'<members>{m}</members>' for m in names)}<name>{kind}</name></types>\n"
        for kind, names in members.items()
    )
    return f"{PROLOG}<Package {NAMESPACE}>\n{types}<version>{api}</version>\n</Package>\n"


def layout_xml(*fields: str) -> str:
    """A Contact layout of one section: the name, then these fields."""
    items = "".join(
        f"<layoutItems><behavior>{behavior}</behavior><field>{name}</field></layoutItems>\n"
        for name, behavior in (("Name", "Required"), *((name, "Edit") for name in fields))
    )
    return (
        f"{PROLOG}<Layout {NAMESPACE}>\n<layoutSections>"
        "<customLabel>true</customLabel><detailHeading>true</detailHeading>"
        f"<editHeading>true</editHeading><label>Stranger</label>\n<layoutColumns>{items}"
        "</layoutColumns>\n<layoutColumns/>\n<style>TwoColumnsTopToBottom</style>"
        "</layoutSections>\n</Layout>\n"
    )


def field_xml(root: str = "CustomField") -> str:
    """The checkbox; root is `fields` inside an object's file."""
    namespace = f" {NAMESPACE}" if root == "CustomField" else ""
    return (
        f"<{root}{namespace}><fullName>{FIELD}</fullName><defaultValue>false</defaultValue>"
        f"<label>Stranger Opt Out</label><type>Checkbox</type></{root}>"
    )


def object_xml() -> str:
    """Contact with the checkbox, as the metadata format has it."""
    return f"<CustomObject {NAMESPACE}>{field_xml('fields')}</CustomObject>"


def key_object_xml(name: str) -> str:
    """Contact with a text field of this name that rows are known by."""
    field = (
        f"<fields><fullName>{name}</fullName><externalId>true</externalId><label>Key</label>"
        "<length>20</length><type>Text</type><unique>true</unique></fields>"
    )
    return f"<CustomObject {NAMESPACE}>{field}</CustomObject>"


def metadata_files(*, layout: str = "") -> dict[str, str]:
    """Path -> text of a package in the metadata format."""
    members = {"CustomField": [f"Contact.{FIELD}"], "Layout": [LAYOUT]}
    return {
        "package.xml": package_xml(members),
        "objects/Contact.object": object_xml(),
        f"layouts/{LAYOUT}.layout": layout or layout_xml(FIELD),
    }


def write_files(folder: Path, files: Mapping[str, str]) -> Path:
    """Write them below the folder, which is returned."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def write_project(folder: Path, *, layout: str = "") -> Path:
    """A Salesforce DX project with the checkbox and the layout in the source format."""
    main = "force-app/main/default"
    project = {
        "packageDirectories": [{"path": "force-app", "default": True}],
        "sourceApiVersion": API,
    }
    files = {
        "sfdx-project.json": json.dumps(project),
        f"{main}/objects/Contact/fields/{FIELD}.field-meta.xml": field_xml(),
        f"{main}/layouts/{LAYOUT}.layout-meta.xml": layout or layout_xml(FIELD),
    }
    return write_files(folder, files)


def zipped(files: dict[str, str]) -> bytes:
    """The package as one zip."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return buffer.getvalue()
