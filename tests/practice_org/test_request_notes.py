"""A line for each request, when asked for."""

from __future__ import annotations

import pytest

from practice_org.request_notes import noting
from practice_org.wire import Request, Response

LIST = (
    b'<Envelope><Header/><Body><listMetadata xmlns="x"><queries/></listMetadata></Body></Envelope>'
)
METADATA = "/services/Soap/m/63.0"
TOKEN = "/services/oauth2/token"


@pytest.mark.parametrize(
    ("request_", "line"),
    [
        (Request("GET", "/services/data"), "GET /services/data 200 0 0"),
        (Request("POST", METADATA, body=LIST), f"POST {METADATA} 200 {len(LIST)} 0 listMetadata"),
        (
            Request("POST", f"/{METADATA}", body=LIST),
            f"POST /{METADATA} 200 {len(LIST)} 0 listMetadata",
        ),
        (Request("POST", METADATA, body=b"no XML"), f"POST {METADATA} 200 6 0"),
        (Request("POST", METADATA, body=b"<Envelope/>"), f"POST {METADATA} 200 11 0"),
        (
            Request("POST", TOKEN, {"a": "secret"}, {"b": "secret"}, b"secret"),
            f"POST {TOKEN} 200 6 0",
        ),
    ],
)
def test_a_note_has_method_path_status_sizes_and_operation_and_no_more(tmp_path, request_, line):
    noting(lambda _: Response(200), tmp_path / "notes")(request_)
    assert (tmp_path / "notes").read_text() == f"{line}\n"


def test_notes_are_added_and_answers_stay_as_they_are(tmp_path):
    answer = noting(lambda _: Response(404, b"nothing"), tmp_path / "notes")
    answered = {answer(Request("GET", path)).body for path in ("/a", "/b")}
    assert answered == {b"nothing"}
    assert (tmp_path / "notes").read_text() == "GET /a 404 0 7\nGET /b 404 0 7\n"


def test_a_long_answer_is_noted_with_all_its_bytes_and_stays_as_it_is(tmp_path):
    pieces = [b"one", b"", b"never sent"]
    answer = noting(lambda _: Response(200, b"head", more=iter(pieces)), tmp_path / "notes")
    answered = answer(Request("GET", "/a"))
    assert not (tmp_path / "notes").exists()
    assert answered.body + b"".join(answered.more) == b"headone"
    assert (tmp_path / "notes").read_text() == "GET /a 200 0 7\n"


def test_a_long_answer_whose_reader_hangs_up_is_noted_as_far_as_it_went(tmp_path):
    answer = noting(lambda _: Response(200, more=iter([b"one", b"two"])), tmp_path / "notes")
    rest = answer(Request("GET", "/a")).more
    assert next(rest) == b"one"
    rest.close()
    assert (tmp_path / "notes").read_text() == "GET /a 200 0 3\n"
