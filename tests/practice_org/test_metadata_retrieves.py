"""The zip of a retrieve: when it is there, how it is laid out, and what it leaves out."""

from __future__ import annotations

import pytest
from metadata_org import CONTACT, NS, layout_xml, open_lab


def test_a_retrieve_lies_under_unpackaged_unless_it_is_a_single_package():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml())
    names = {"Layout": [CONTACT]}
    assert [*lab.files(names)] == [f"layouts/{CONTACT}.layout", "package.xml"]
    assert [*lab.files(names, single=False)] == [
        f"unpackaged/layouts/{CONTACT}.layout",
        "unpackaged/package.xml",
    ]


def test_a_retrieved_zip_is_packed_as_salesforce_packs_it():
    lab = open_lab()
    lab.load("Layout", CONTACT, layout_xml(*(["Title"] * 500)))
    packed = lab.retrieve({"Layout": [CONTACT]}).text("zipFile")
    assert len(packed) < len(layout_xml(*(["Title"] * 500))) / 5


@pytest.mark.parametrize("kind", ["Flow", "ValidationRule"])
def test_a_retrieve_or_list_of_what_only_tooling_tells_is_no_crash_at_every_later_call(kind):
    lab = open_lab()
    lab.load(kind, "Greet", f'<{kind} xmlns="{NS}"><label>Greet</label></{kind}>')
    asked = lab.retrieve({kind: ["Greet"]}).child("messages").text("problem")
    assert asked == f"Entity of type '{kind}' named 'Greet' cannot be found"
    assert [*lab.files({kind: ["*"]})] == ["package.xml"]
    assert lab.soap("listMetadata", f"<queries><type>{kind}</type></queries>").children() == []


def test_a_retrieve_takes_its_time():
    lab = open_lab()
    lab.set(retrieve_seconds="10")
    unpackaged = "<unpackaged><version>63.0</version></unpackaged>"
    asked = lab.soap("retrieve", f"<retrieveRequest>{unpackaged}</retrieveRequest>")
    job = f"<asyncProcessId>{asked.text('result', 'id')}</asyncProcessId>"
    states = []
    for _ in range(2):
        states.append(lab.soap("checkStatus", job).text("result", "state"))
        states.append(lab.soap("checkRetrieveStatus", job).text("result", "status"))
        lab.clock.move(10)
    assert states == ["InProgress", "InProgress", "Completed", "Succeeded"]
