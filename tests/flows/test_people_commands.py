"""`optout people`, as typed."""

from __future__ import annotations

import json

import pytest

ROWS = """person_id,email,salesforce_id,unsubscribed
p1,p1@example.com,003000000000001,true
p1,p1@example.com,00Q000000000001,true
p2,p2@example.com,,no
"""
PRACTICE = ("--org", "practice")


@pytest.fixture
def rows(tmp_path):
    file = tmp_path / "people.csv"
    file.write_text(ROWS)
    return file


def test_people_are_imported_listed_shown_and_exported(run, rows, tmp_path):
    code, out, _ = run("people", "import", str(rows), *PRACTICE, "--json")
    assert (code, json.loads(out)["imported"], json.loads(out)["reject_file"]) == (0, 3, None)
    _, out, _ = run("people", "list", "--unsubscribed", "--json", *PRACTICE)
    (person,) = json.loads(out)["people"]
    assert person["salesforce_ids"] == ["003000000000001AAA", "00Q000000000001EAA"]
    for who in ("p1", "003000000000001", "P1@EXAMPLE.com"):
        assert json.loads(run("people", "show", who, "--json", *PRACTICE)[1])["people"] == [person]
    assert run("people", "export", str(tmp_path / "out.csv"), *PRACTICE)[0] == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 4


def test_rejected_rows_end_with_1_and_no_address_on_the_screen(run, rows):
    rows.write_text(f"{ROWS}p3,secret@example.com,junk,no\n")
    code, out, err = run("people", "import", str(rows), *PRACTICE)
    assert code == 1
    assert "secret@example.com" not in out + err
    assert "secret@example.com" in rows.with_name("people.rejected.csv").read_text()


def test_a_file_that_is_no_such_csv_ends_with_2(run, rows):
    rows.write_text("a,b\n")
    code, out, _ = run("people", "import", str(rows), *PRACTICE, "--json")
    assert (code, json.loads(out)["error"]["where"]) == (2, f"{rows}:1")


def test_the_history_of_a_person_is_told(run, rows):
    run("people", "import", str(rows), *PRACTICE)
    _, out, _ = run("people", "history", "p1", "--json", *PRACTICE)
    assert [line["action"] for line in json.loads(out)["history"]] == ["created", "unsubscribed"]
    assert run("people", "history", "nobody", *PRACTICE)[0] == 1


def test_no_org_is_a_usage_error_and_practice_is_never_implied(run):
    assert run("people", "list")[0] == 2


def test_a_hostile_cell_steers_no_terminal(run, tmp_path):
    file = tmp_path / "hostile.csv"
    file.write_text(
        "person_id,email,salesforce_id,unsubscribed,source,reason\n"
        'p1,,,true,"\x1b]0;mine\x07\x1b[31m","[red]x[/red]\u3000\u202e\u2028"\n'
    )
    run("people", "import", str(file), *PRACTICE)
    for words in (("list",), ("show", "p1"), ("history", "p1")):
        out = run("people", *words, *PRACTICE)[1]
        assert not set(out) & set("\x1b\x07\u202e\u2028")
        assert "[red]x[/red]\u3000" in out
    assert run("people", "show", "p1", *PRACTICE, "--json")[1].count("\\u001b") == 2
