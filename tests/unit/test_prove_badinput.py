"""The suite of hostile inputs: it sees what it must see, and what it once found stays refused."""

from __future__ import annotations

import io
import time
import zipfile
from dataclasses import replace

import pytest
from prove.badinput import feed, look, made
from prove.badinput_doors import DOORS, PAGE, SET, Kind

from deployer.errors import BadInput, Exit, UsageError

BY_NAME = {door.name: door for door in DOORS}
PLAN = BY_NAME["plan"]
LEAST = {
    Kind.XML: 400, Kind.JSON: 300, Kind.CSV: 300, Kind.ZIP: 150, Kind.WEBHOOK: 200, Kind.URL: 200,
    Kind.CONFIG: 100,
}  # fmt: skip
DEEP_LIST, DEEP_OBJECT = b"[" * 100_000, b'{"a":' * 100_000


def inside(good: bytes, count: int) -> bytes:
    """The good file with so many elements, each in the one before, at its end."""
    at = good.rindex(b"</")
    return good[:at] + b"<a>" * count + b"</a>" * count + good[at:]


def zip_of(name: str, content: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as zip_:
        zip_.writestr(zipfile.ZipInfo(name), content)
    return made.getvalue()


def of_version(data: bytes, version: int) -> bytes:
    """The zip, whose directory asks for a reader of that version."""
    at = data.index(b"PK\x01\x02")
    return data[: at + 6] + bytes([version]) + data[at + 7 :]


# Each of these once ended in a traceback, or in as much memory as there was.
FOUND = {
    "a plan of lists without end": ("plan", DEEP_LIST),
    "a plan of objects without end": ("plan", DEEP_OBJECT),
    "a journal of lists without end": ("journal", DEEP_LIST),
    "an answer of lists without end": ("org's answer", DEEP_LIST),
    "an answer of objects without end": ("org's answer", DEEP_OBJECT),
    "a description with fields that are none": ("org's answer", b'{"fields": ["a", null]}'),
    "a description with a field without a text for its name":
        ("org's answer", b'{"fields": [{"name": []}]}'),
    "an auth URL in objects without end": ("sfdx auth URL", DEEP_OBJECT),
    "settings of lists without end": ("settings", b"a = " + DEEP_LIST),
    "settings of tables without end": ("settings", b"a = " + b"{a=" * 20_000),
    "a retrieved file without a name": ("retrieved zip", zip_of("", b"x")),
    "a snapshot whose facts are nested without end":
        ("snapshot", zip_of("snapshot.json", DEEP_LIST)),
    "a snapshot for a later kind of unzip":
        ("snapshot", of_version(zip_of("snapshot.json", b"{}"), 143)),
    "a permission set nested without end": ("permission set to edit", inside(SET, 100_000)),
    "a Lightning page nested without end": ("Lightning page", inside(PAGE, 100_000)),
}  # fmt: skip


LONG_WORD = b'{"deployResult": {"id": "0Af", "errorMessage": "' + b"x" * 300_000 + b'"}}'


def test_a_long_word_in_what_the_org_says_does_not_hold_us(tmp_path):
    begun = time.process_time()
    look(BY_NAME["org's answer"], LONG_WORD, tmp_path)
    assert time.process_time() - begun < 5


@pytest.mark.parametrize(("name", "data"), FOUND.values(), ids=FOUND)
def test_what_was_once_a_bug_is_refused(name, data, tmp_path):
    assert look(BY_NAME[name], data, tmp_path).startswith("refused")


def test_so_many_inputs_of_each_kind_are_tried():
    counts = {kind: sum(d.count for d in DOORS if d.kind is kind) for kind in Kind}
    assert {kind: count for kind, count in counts.items() if count < LEAST[kind]} == {}
    assert sum(counts.values()) >= 1_650


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_a_door_answers_well_to_ten_of_them(door, tmp_path):
    said = [feed(door, 7, number, tmp_path) for number in range(10)]
    assert [each for each in said if not each.startswith(("taken", "refused"))] == []
    assert made(door, 7, 3) == made(door, 7, 3) != made(door, 8, 3)


def fails(problem: Exception):
    def read(_data, _folder):
        raise problem

    return read


def leaves_a_draft(_data, folder):
    (folder / ".half.123").write_text("x")


WRONG = {
    "an error of no kind of ours": (fails(KeyError("x")), "a bug: KeyError"),
    "an error without a place": (fails(BadInput("no", hint="h")), "does not say where"),
    "an error without a next step": (fails(BadInput("no", hint="", where="p")), "what to do"),
    "another exit code": (fails(UsageError("no", hint="h", where="p")), f"exit {Exit.USAGE:d}"),
    "a draft that is left": (leaves_a_draft, "drafts are left"),
}


@pytest.mark.parametrize(("read", "said"), WRONG.values(), ids=WRONG)
def test_a_door_that_does_wrong_is_seen(read, said, tmp_path):
    assert said in feed(replace(PLAN, read=read), 1, 0, tmp_path)
