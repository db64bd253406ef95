"""People in from CSV and out again: what is taken, what is rejected, and what no file can undo."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deployer.clock import SystemClock
from deployer.errors import UsageError
from sync.people.csv_people import defuse
from sync.people.exporting import Reader, export_people
from sync.people.importing import import_people
from sync.people.model import Person, to_record_id
from sync.people.sql import open_embedded

HEADER = b"person_id,email,salesforce_id,unsubscribed\n"
GOOD = b"p,p@example.com,003000000000001,no\n"
PLAIN = st.characters(codec="utf-8", exclude_characters="\0")
IDS = st.sets(st.integers(1, 5).map(lambda n: to_record_id(f"003{n:012}")), max_size=3)
TIMES = st.none() | st.datetimes(timezones=st.just(UTC))


@st.composite
def persons(draw):
    ids = tuple(sorted(draw(IDS)))
    name, email = draw(st.sampled_from("abcd")), draw(st.sampled_from(["", "a@b.c", "=x@é.de"]))
    if draw(st.booleans()):
        return Person(name, email, ids)
    words = [draw(st.text(PLAIN, max_size=5)) for _ in range(2)]
    return Person(name, email, ids, True, draw(TIMES), *words)


PEOPLE = st.lists(persons(), max_size=6)


class Place:
    """A folder with a store of its own."""

    def __init__(self, folder: Path, name: str = "one") -> None:
        self.folder = folder
        self.rejects = folder / "rejected.csv"
        self.told: list[str] = []
        self.store = open_embedded(folder / f"{name}.sqlite", SystemClock())

    def take(self, content: bytes):
        file = self.folder / "in.csv"
        file.write_bytes(content)
        return import_people(self.store, file, self.rejects, self.told.append)

    def people(self):
        return list(self.store.everybody())


@pytest.fixture
def place(tmp_path):
    made = Place(tmp_path)
    yield made
    made.store.close()


def test_a_repeated_person_adds_ids(place):
    done = place.take(HEADER + GOOD + b"p,,00Q000000000001,no\n")
    assert (done.imported, done.ids_added, done.rejected) == (2, 2, 0)
    assert place.people()[0].salesforce_ids == ("003000000000001AAA", "00Q000000000001EAA")


def test_true_is_never_turned_false(place):
    place.take(HEADER + GOOD.replace(b"no", b"YES"))
    done = place.take(HEADER + GOOD)
    assert (done.kept_unsubscribed, done.already, done.imported) == (1, 1, 0)
    assert place.people()[0].unsubscribed


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + HEADER + GOOD,
        (HEADER + GOOD).replace(b"\n", b"\r\n"),
        b"unsubscribed,x,salesforce_id,Email,PERSON_ID\n0,y,003000000000001,p@example.com,p\n",
        b"reason," + HEADER + b'"two\nlines, ""quoted""",' + GOOD,
        HEADER + b"\n\n" + GOOD.rstrip(),
    ],
    ids=["mark", "crlf", "order", "newline", "blank"],
)
def test_a_csv_may_look_like_this(place, content):
    assert place.take(content).imported == 1
    assert place.people() == [Person("p", "p@example.com", ("003000000000001AAA",))]


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (b",p@e.c,,no", "person_id is empty"),
        (b"q,p@e.c,003000000000001AAB,no", "wrong ending"),
        (b"q,p@e.c,005000000000001AAA,no", "begins with none of 003"),
        (b"q,p@e.c,12,no", "15 or 18"),
        (b"q,p@e.c,,maybe", "unsubscribed must be"),
        (b"q,p@e.c,,", "unsubscribed must be"),
        (b"q,p@e.c,no", "has 3 cells"),
        (b"q,\xfcber@e.c,,no", "not UTF-8"),
        (b"q,p@e.c\0,,no", "a NUL"),
        (b'q,"p@e.c"x,,no', "quotes"),
        (b'q,"p\n@e.c",,no', "line breaks"),
        (b"q," + b"x" * 10_000_000 + b",,no", "longer than 131,072"),
        (HEADER.strip(), "15 or 18|unsubscribed must be"),
    ],
    ids=lambda value: str(value)[:20] if isinstance(value, str) else "",
)
def test_a_bad_row_is_rejected_with_its_line_and_the_others_are_taken(place, row, why):
    done = place.take(HEADER + row + b"\n" + GOOD)
    assert (done.imported, done.rejected) == (1, 1)
    with place.rejects.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        (rejected,) = list(csv.DictReader(file))
    assert rejected["line"] == "2"
    assert any(part in rejected["rejected_because"] for part in why.split("|"))
    assert place.rejects.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"person_id,email\n",
        b"email," + HEADER + b"x," + GOOD,
        HEADER.replace(b",", b";"),
        (HEADER + GOOD).decode().encode("utf-16"),
        b"PK\x03\x04\xff\xfe\0",
        HEADER + GOOD + b'q,"never closed,,no\n' + GOOD * 10_000,
        HEADER + GOOD + b'q,"never closed,,no\n',
    ],
    ids=["empty", "missing", "twice", "semicolons", "utf16", "zip", "long-quote", "quote"],
)
def test_what_is_no_csv_of_people_changes_nothing(place, content):
    with pytest.raises(UsageError, match="nothing of it was taken"):
        place.take(content)
    assert place.people() == []
    assert not place.rejects.exists()


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx"])
def test_a_formula_is_quoted_for_people_only(place, cell):
    person = Person("p", "", (), True, datetime(2026, 1, 1, tzinfo=UTC), "", cell)
    for reader, expected in ((Reader.PEOPLE, f"'{cell}"), (Reader.IMPORT, cell)):
        export_people([person], place.folder / "out.csv", reader)
        with (place.folder / "out.csv").open(encoding="utf-8", newline="") as file:
            assert next(csv.DictReader(file))["reason"] == expected
    assert defuse("plain") == "plain"


@settings(max_examples=40)
@given(PEOPLE)
def test_import_of_an_export_is_the_same_people_and_again_changes_nothing(people):
    with TemporaryDirectory() as folder:
        one, two = Place(Path(folder)), Place(Path(folder), "two")
        one.store.join(people, lambda _told, _change: None)
        export_people(one.store.everybody(), one.folder / "out.csv", Reader.IMPORT)
        content = (one.folder / "out.csv").read_bytes()
        assert two.take(content).rejected == 0
        assert two.people() == one.people()
        assert (two.take(content).imported, two.people()) == (0, one.people())
        one.store.close()
        two.store.close()


@settings(max_examples=40)
@given(PEOPLE)
def test_whoever_was_ever_told_unsubscribed_is(people):
    with TemporaryDirectory() as folder:
        place = Place(Path(folder))
        place.store.join(people, lambda _told, _change: None)
        found = {person.person_id for person in place.store.opted_out()}
        assert found == {person.person_id for person in people if person.unsubscribed}
        place.store.close()


def test_a_long_import_tells_how_far_it_is(place):
    rows = "".join(f"p{number},,,false\n" for number in range(10_000))
    place.take(f"person_id,email,salesforce_id,unsubscribed\n{rows}".encode())
    assert place.told == ["reading people: 10,000 rows"]
