"""Lines from standard input: one unsubscribe each, and a bad one does not stop the others."""

import io

from hypothesis import given
from hypothesis import strategies as st
from webhook_signing import NOW

from sync.webhooks.event import PersonId, Unsubscribe
from sync.webhooks.formats import MOST_BYTES
from sync.webhooks.lines import read_lines
from sync.webhooks.refusals import Malformed, TooLarge

ONE = b'{"person_id": "7"}'


def read(raw: bytes) -> list[tuple[int, bytes, Unsubscribe | Malformed]]:
    return list(read_lines(io.BytesIO(raw), lambda: NOW))


def test_each_line_is_read_with_its_number():
    raw = b'{"person_id": "7"}\r\n\n  \nno\n{"person_id": "8", "occurred_at": 1795518000}'
    (first, _, seven), (fourth, _, bad), (fifth, _, eight) = read(raw)
    assert (first, fourth, fifth) == (1, 4, 5)
    assert seven.selector == PersonId("7")
    assert seven.occurred_at == NOW
    assert isinstance(bad, Malformed)
    assert eight.occurred_at < NOW


def test_a_line_that_is_too_long_is_refused_and_the_next_one_read():
    raw = b" " * 3 * MOST_BYTES + b"x\n" + ONE
    (_, _, long), (number, line, good) = read(raw)
    assert isinstance(long, TooLarge)
    assert (number, line, good.selector) == (2, ONE, PersonId("7"))


def test_a_line_as_long_as_a_body_may_be_is_read():
    line = ONE + b" " * (MOST_BYTES - len(ONE))
    assert [found.selector for _, _, found in read(line + b"\r\n" + line)] == [PersonId("7")] * 2


def test_no_input_is_no_lines():
    assert read(b"") == []


@given(st.binary(max_size=300))
def test_any_input_is_lines_in_order(raw):
    found = read(raw)
    numbers = [number for number, _, _ in found]
    assert numbers == sorted(set(numbers))
    assert len(found) == len([line for line in raw.split(b"\n") if line.strip()])
