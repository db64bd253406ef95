"""Real files: the org reads them, writes them in its own form, and takes them back."""

from __future__ import annotations

import pytest
from corpus import corpus_files, real_name
from metadata_org import open_lab, package_xml

from practice_org.metadata.canonical import NotMetadata, canonical, parse_metadata, serialise
from practice_org.metadata.names import key_of
from practice_org.metadata.references import declare_references

KINDS = ("layouts", "fields", "flexipages", "profiles")


def _read(kind: str) -> dict[str, bytes]:
    """The well-formed files by name."""
    found = {}
    for file in corpus_files(kind):
        try:
            parse_metadata(file.read_bytes())
        except NotMetadata:
            continue
        found.setdefault(key_of(real_name(file)), (real_name(file), file.read_bytes()))
    return dict(found.values())


@pytest.mark.parametrize("kind", KINDS)
def test_the_canonical_form_of_a_real_file_is_the_same_tree(kind):
    for body in _read(kind).values():
        tree = parse_metadata(body)
        assert canonical(parse_metadata(serialise(tree))) == canonical(tree)


def test_the_canonical_form_is_the_form_of_nine_in_ten_real_layouts():
    bodies = _read("layouts").values()
    same = sum(serialise(parse_metadata(body)) == body for body in bodies)
    assert same >= 0.9 * len(bodies)


@pytest.mark.slow
def test_what_was_loaded_can_be_retrieved_and_deployed_again():
    lab = open_lab()
    for file_name, body in _read("layouts").items():
        name = file_name.removesuffix("-meta.xml").removesuffix(".layout")
        lab.load("Layout", name, body.decode("utf-8-sig"))
        declare_references(lab.org, name.partition("-")[0], parse_metadata(body))
    rows = lab.soap("listMetadata", "<queries><type>Layout</type></queries>").children("result")
    prefix = [row.text("namespacePrefix") for row in rows]
    listed = [row.text("fullName") for row in rows]
    names = [
        name.replace("-", f"-{ns}__", 1) if ns else name
        for name, ns in zip(listed, prefix, strict=True)
    ]
    files = {**lab.files({"Layout": names}), "package.xml": package_xml({"Layout": names})}
    result = lab.deploy(files)
    assert result["details"]["componentFailures"] == []
    assert result["numberComponentsTotal"] == len(names)
