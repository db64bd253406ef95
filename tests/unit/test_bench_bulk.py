"""What the benchmark reads from an org's notes, and how it tells that a tool's job was not done."""

import pytest
from benches.spent import Spent
from benches.stage.bulk_field import wrong
from benches.stage.traffic import Notes, traffic

DATA = "/services/data/v63.0"
JOB = "7505e0000000001AAA"
ASYNC = f"/services/async/63.0/job/{JOB}"


@pytest.mark.parametrize(
    ("line", "calls", "polls"),
    [
        (f"POST {DATA}/jobs/query 200 10 20", 1, 0),
        (f"GET {DATA}/jobs/query/{JOB} 200 0 30", 1, 1),
        (f"GET {DATA}/jobs/query/{JOB}/resultPages 200 0 30", 1, 0),
        (f"GET {DATA}/jobs/ingest/{JOB} 200 0 30", 1, 1),
        (f"PATCH {DATA}/jobs/ingest/{JOB} 200 30 30", 1, 0),
        (f"PUT {DATA}/jobs/ingest/{JOB}/batches 201 30 0", 1, 0),
        # sf begins some of its paths so.
        (f"GET /{DATA}/jobs/query/{JOB}/results 200 0 30", 1, 0),
        ("POST /services/async/63.0/job 200 30 0", 1, 0),
        (f"GET {ASYNC} 200 0 30", 1, 1),
        (f"GET {ASYNC}/batch 200 0 30", 1, 1),
        (f"POST {ASYNC}/batch 200 30 0", 1, 0),
        (f"GET {ASYNC}/batch/{JOB}/result 200 0 30", 1, 0),
        (f"GET {DATA}/query 200 0 30", 0, 0),
        ("POST /services/Soap/m/63.0 200 5 6 listMetadata", 0, 0),
    ],
)  # fmt: skip
def test_a_call_about_a_job_is_one_and_a_look_whether_it_has_ended_a_poll(line, calls, polls):
    seen = traffic([line])
    assert (seen.calls, seen.polls, seen.others) == (calls, polls, 1 - calls)


def test_bodies_are_summed_up_and_the_orgs_own_doors_left_out():
    lines = [f"POST {DATA}/jobs/query 200 10 20", f"GET {DATA}/query 503 0 3"]
    own = "GET /practice/clock 200 100 100"
    assert traffic([*lines, own]) == traffic(lines)
    assert traffic(lines).size == 33


def test_notes_are_read_from_where_they_were_read_to(tmp_path):
    file = tmp_path / "notes.txt"
    file.write_text(f"GET {DATA}/query 200 0 1\n" * 2)
    notes = Notes(file)
    assert notes.since().others == 2
    assert notes.since().others == 0
    with file.open("a") as more:
        more.write(f"GET {DATA}/query 200 0 1\n")
    assert notes.since().others == 1


def spent(code, complained=b"", said=b""):
    return Spent(code, said, complained, 1.0, 1.0, 1.0)


@pytest.mark.parametrize(
    ("commands", "found", "told"),
    [
        ([spent(0), spent(0)], 5, ""),
        ([spent(0)], 4, "4 rows of 5"),
        ([spent(0), spent(1, b"Traceback\nValueError: no\n\n")], 5, "exit 1: ValueError: no"),
        ([spent(10, b"", b"refused")], 5, "exit 10: refused"),
        ([spent(2)], 5, "exit 2: silent"),
    ],
)
def test_a_job_is_done_when_every_command_ended_well_and_every_row_is_there(commands, found, told):
    assert wrong(commands, found, 5) == told
