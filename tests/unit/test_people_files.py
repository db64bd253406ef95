"""People whom another system exports: read whole or not at all, and told of changes by files."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from other_system import OtherSystem

from deployer.clock import SystemClock
from deployer.errors import BadInput, OrgSaidNo, TryLater
from sync.people.conformance import HandingOverConformance
from sync.people.files.filling import fill
from sync.people.files.inputs import InputUnusable, Nobody, Source
from sync.people.files.store import open_files
from sync.people.model import Mark, Marked, Person
from sync.people.sql import open_embedded

CLOCK = SystemClock()
NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEADER = b"person_id,email,salesforce_id,unsubscribed\n"
ANN, BOB = b"ann,ann@example.com,003000000000001,false\n", b"bob,,,true\n"
CONTACT, LEAD = "003000000000001AAA", "00Q000000000001EAA"


def open_store(system: OtherSystem, folder, nobody=Nobody.BELIEVED):
    source = Source(system.input, {}, nobody)
    return open_files(source, system.output, folder / "own", CLOCK)


@st.composite
def rows(draw):
    """A row of an export, of one of a few people."""
    name, email = draw(st.sampled_from("abcdefgh")), draw(st.sampled_from(["", "a@b.c", "A@B.C"]))
    ids = tuple(draw(st.lists(st.sampled_from([CONTACT, LEAD]), max_size=1)))
    if not draw(st.booleans()):
        return Person(name, email, ids)
    at = draw(st.sampled_from([None, NOW, NOW.replace(year=2025)]))
    words = [draw(st.sampled_from(["", "a", "\u00e9", "\U0001f600"])) for _ in range(2)]
    return Person(name, email, ids, True, at, *words)


class TestPeopleInFiles(HandingOverConformance):
    @pytest.fixture
    def people(self, tmp_path):
        self.other = OtherSystem(tmp_path)
        store = open_store(self.other, tmp_path)
        yield store
        store.close()

    def confirm(self, people):
        del people
        self.other.take_in()
        self.other.export()


class Place:
    """A store over an export that a test writes byte by byte; changes go to `output`."""

    def __init__(self, folder: Path) -> None:
        self.input, self.output = folder / "export.csv", folder / "changes"
        self.folder = folder
        self.input.write_bytes(HEADER + ANN + BOB)
        self.people = self.open()

    def open(self, path: Path | None = None, **columns: str):
        source = Source(path or self.input, columns)
        return open_files(source, self.output, self.folder / "own", CLOCK)

    def files(self) -> list[Path]:
        return sorted(self.output.glob("changes-*"))

    def names(self) -> list[str]:
        return [person.person_id for person in self.people.everybody()]


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    made.people.close()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no end"),
        (HEADER, "names nobody"),
        (HEADER + ANN + BOB[:-3], "no end"),
        (HEADER + ANN + BOB[:-1], "no end"),
        (HEADER + BOB[:4] + b"\n", "cells"),
        (HEADER.replace(b",unsubscribed", b"") + ANN, "no column unsubscribed"),
        (b"email," + HEADER + b"x," + ANN, "email more than once"),
        (HEADER.replace(b",", b";") + ANN, "no column"),
        ((HEADER + ANN).decode().encode("utf-16"), "no end|no header"),
        (HEADER + ANN + b"c\0y,,,true\n", "a NUL"),
        (HEADER + b"cy,\xfcber@e.c,,true\n", "not UTF-8"),
        (HEADER + b"cy,,,perhaps\n", "unsubscribed must be"),
        (HEADER + b",,,true\n", "person_id is empty"),
        (HEADER + b"cy," + b"x" * 500_000 + b",,true\n", "longer than"),
        (HEADER + b'cy,"never closed,,true\n' + ANN * 9, "quote"),
        (b"PK\x03\x04\xff\xfe\0\n", "no header|no column"),
        (b"PAR1" + b"\0" * 99, "no whole Parquet"),
        (b"<html>Sign in</html>\n", "no column"),
    ],
)
def test_an_export_that_is_not_whole_is_refused_and_never_reads_as_subscribed(place, content, why):
    assert place.names() == ["ann", "bob"]
    place.input.write_bytes(content)
    for ask in (place.names, lambda: list(place.people.opted_out()), place.people.count):
        with pytest.raises(InputUnusable) as refused:
            ask()
        assert any(part in str(refused.value) for part in why.split("|"))
        assert "ber@e.c" not in f"{refused.value} {refused.value.hint}"


def test_a_missing_export_is_refused_and_nothing_is_handed_over(place):
    place.input.unlink()
    with pytest.raises(InputUnusable, match="there is no such file"):
        place.people.mark([Mark("ann", NOW, "Manual")])
    assert place.files() == []


def test_an_export_that_appears_again_is_read_again(place):
    content = place.input.read_bytes()
    place.input.unlink()
    with pytest.raises(InputUnusable):
        place.names()
    place.input.write_bytes(content.replace(b"bob", b"eve"))
    assert place.names() == ["ann", "eve"]


def test_a_cell_that_is_no_id_and_a_time_that_is_none_are_left_out(place):
    header = HEADER.replace(b"\n", b",unsubscribed_at\n")
    place.input.write_bytes(header + b"ann,,junk,t,yesterday\nann,,003000000000001,f,\n")
    (ann,) = place.people.opted_out()
    assert (ann.salesforce_ids, ann.unsubscribed_at) == ((CONTACT,), None)


def test_all_files_of_a_folder_are_the_export_and_drafts_are_not(place):
    folder = place.folder / "exports"
    folder.mkdir()
    for name, row in (("1.csv", ANN), ("2.CSV", BOB), (".3.csv", b"x"), ("4.csv.part", b"x")):
        (folder / name).write_bytes(HEADER + row)
    people = place.open(folder)
    assert people.count().people == 2
    people.close()


def test_an_empty_folder_is_no_export(place):
    (place.folder / "exports").mkdir()
    with pytest.raises(InputUnusable, match=r"no \.csv and no .parquet"):
        place.open(place.folder / "exports").count()


def test_columns_go_by_the_names_that_the_settings_give(place):
    place.input.write_bytes(b"Key,Mail,SFDC,Out\nann,a@b.c,003000000000001,1\n")
    names = {"person_id": "key", "email": "mail", "salesforce_id": "sfdc", "unsubscribed": "OUT"}
    people = place.open(**names)
    assert [person.email for person in people.opted_out()] == ["a@b.c"]
    people.close()


def test_parquet_says_the_same_as_csv(tmp_path):
    system = OtherSystem(tmp_path, "parquet")
    system.put("ann", CONTACT, LEAD, out=True, email="ann@example.com")
    system.put("bob")
    store = open_store(system, tmp_path)
    (ann,) = store.opted_out()
    assert (len(ann.salesforce_ids), ann.email, store.count().people) == (2, "ann@example.com", 2)
    store.mark([Mark("bob", NOW, "Manual", "too many")])
    system.take_in()
    system.export()
    assert store.find(["bob"])[0] == Person("bob", "", (), True, NOW, "Manual", "too many")
    store.close()


def test_half_a_parquet_file_is_refused(tmp_path):
    system = OtherSystem(tmp_path, "parquet")
    system.put("ann", out=True)
    system.input.write_bytes(system.input.read_bytes()[:-20])
    with pytest.raises(InputUnusable, match="no whole Parquet file"):
        open_store(system, tmp_path).count()


def test_each_lot_is_one_private_file_that_no_other_replaces(place):
    for _ in range(2):
        assert place.people.mark([Mark("ann", NOW, "Manual")] * 2) == [Marked.HANDED_OVER] * 2
    first, second = place.files()
    assert first.read_bytes() == second.read_bytes()
    assert {file.stat().st_mode & 0o777 for file in (first, second)} == {0o600}
    assert len(first.read_text().splitlines()) == 2


def test_an_opt_in_is_never_handed_over(place):
    with pytest.raises(OrgSaidNo, match="an opt-in is never handed over"):
        place.people.clear("bob", NOW, "asked for it", by="Mia")
    place.input.write_bytes(HEADER + ANN + BOB.replace(b"true", b"false"))
    assert place.people.clear("bob", NOW, "asked for it", by="Mia") is Marked.ALREADY
    assert place.files() == []


def test_a_group_that_may_read_the_folder_may_read_its_files(place):
    place.output.chmod(0o750)
    place.people.mark([Mark("ann", NOW, "Manual")])
    assert place.files()[0].stat().st_mode & 0o777 == 0o640


def test_formulas_are_defused_in_what_is_handed_over_and_read_back_as_they_were(place):
    place.people.add(Person("'=1", "=x@example.com"), Person("=1", "+y@example.com"))
    with place.files()[0].open(newline="") as text:
        rows = [(row["person_id"], row["email"]) for row in csv.DictReader(text)]
    assert rows == [("''=1", "'=x@example.com"), ("'=1", "'+y@example.com")]
    found = place.people.find(["'=1", "=1"])
    assert {person.email for person in found} == {"=x@example.com", "+y@example.com"}


def test_a_stranger_is_who_the_export_has_under_their_address(place):
    place.people.add(Person("optout-1", "New@example.com"))
    row = b"crm-7,new@EXAMPLE.com,003000000000002,%s\n"
    place.input.write_bytes(HEADER + ANN + row % b"false")
    (stranger,) = place.people.find(["optout-1"])
    assert (stranger.salesforce_ids, stranger.unsubscribed) == (("003000000000002AAA",), False)
    assert [p.person_id for p in place.people.find_email("new@example.com")] == ["crm-7"]
    place.input.write_bytes(HEADER + ANN + row % b"true")
    assert place.people.mark([Mark("optout-1", NOW, "Manual")]) == [Marked.ALREADY]


@settings(max_examples=10)
@given(st.lists(rows(), min_size=10, max_size=40))
def test_rows_of_one_person_come_to_what_joining_them_comes_to(people):
    with TemporaryDirectory() as folder:
        stores = [
            open_embedded(Path(folder) / name, CLOCK) for name in ("one.sqlite", "two.sqlite")
        ]
        fill(stores[0], people)
        stores[1].join(people, lambda _told, _change: None)
        assert list(stores[0].everybody()) == list(stores[1].everybody())
        assert stores[0].find_email("A@B.C") == stores[1].find_email("a@b.c")
        for store in stores:
            store.close()


def test_another_process_finds_the_same_people_and_the_same_store(place):
    place.people.add(Person("new", "new@example.com"))
    other = place.open()
    assert other.identity() == place.people.identity()
    assert [person.person_id for person in other.find(["new"])] == ["new"]
    other.close()


def test_an_output_folder_that_was_made_anew_is_another_store(place):
    (place.output / "optout-people.json").unlink()
    assert place.open().identity() != place.people.identity()


def test_a_newer_folder_is_refused_in_one_sentence(place):
    (place.output / "optout-people.json").write_text('{"format": 99, "store": "x"}')
    with pytest.raises(OrgSaidNo, match="format 99, and this program knows 1"):
        place.open()


@pytest.mark.parametrize("content", [b"", b"\0\n", b"change\nx,y\n", b'a\n"b'])
def test_a_file_of_changes_that_somebody_wrote_over_is_named(place, content):
    place.people.add(Person("new"))
    place.files()[0].write_bytes(content)
    with pytest.raises(BadInput, match="not as optout wrote it"):
        place.people.find(["new"])


def test_a_folder_that_cannot_be_written_to_hands_nothing_over(place):
    place.people.count()
    moved = place.output.rename(place.folder / "away")
    with pytest.raises(TryLater, match="cannot be handed over"):
        place.people.mark([Mark("ann", NOW, "Manual")])
    moved.rename(place.output)
    assert place.files() == []
