"""A body is one unsubscribe or it is malformed, and a refusal never repeats what was sent."""

import hashlib
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webhook_signing import NOW

from sync.webhooks.body import Arrival, body_hash, to_unsubscribe
from sync.webhooks.event import Email, PersonId, SalesforceId, Unsubscribe
from sync.webhooks.formats import Format
from sync.webhooks.mapping import OWN_FIELDS, OWN_SHAPE, BodyShape, FieldMap, Undated
from sync.webhooks.refusals import Malformed, TooLarge

AT = "2026-11-24T11:00:00Z"
MADE = datetime(2026, 11, 24, 11, tzinfo=UTC)
FORM = BodyShape(Format.FORM)
UNDATED = BodyShape(undated=Undated.HAPPENS_NOW)
CONTACT = "003xx000004TmiQAAS"


def body(**fields) -> bytes:
    return json.dumps({"person_id": "7", "occurred_at": AT, **fields}).encode()


def read(raw: bytes, webhook_id: str = "", shape: BodyShape = OWN_SHAPE) -> Unsubscribe:
    return to_unsubscribe(raw, Arrival(NOW, webhook_id), shape)


def refusal(raw: bytes, webhook_id: str = "", shape: BodyShape = OWN_SHAPE) -> Malformed:
    with pytest.raises(Malformed) as caught:
        read(raw, webhook_id, shape)
    return caught.value


def mapped(email: str, form: Format = Format.JSON) -> BodyShape:
    return BodyShape(form, FieldMap(email=email))


def test_a_body_is_read_whole():
    raw = body(id="e1", reason=" asked\nby phone ", source="list", extra={"deep": [1, {"é": None}]})
    assert read(raw) == Unsubscribe("e1", PersonId("7"), MADE, "asked by phone", "list")


@pytest.mark.parametrize(
    ("fields", "selector"),
    [
        ({"email": "O'Neil+x@exämple.com"}, Email("O'Neil+x@exämple.com")),
        ({"email": "a@b", "salesforce_id": None}, Email("a@b")),
        ({"email": "", "person_id": "p 7"}, PersonId("p 7")),
        ({"salesforce_id": CONTACT}, SalesforceId(CONTACT)),
        ({"salesforce_id": CONTACT[:15]}, SalesforceId(CONTACT)),
        ({"salesforce_id": "001xx000003DGb1"}, SalesforceId("001xx000003DGb1AAG")),
        ({"salesforce_id": "00QD000000nDn2o"}, SalesforceId("00QD000000nDn2oMAC")),
    ],
)
def test_somebody_is_selected_in_exactly_one_way(fields, selector):
    assert read(body(**{"person_id": None, **fields})).selector == selector


@pytest.mark.parametrize(
    "fields",
    [
        {"person_id": None},
        {"person_id": ""},
        {"email": "a@b.c"},
        {"email": "a@b.c", "salesforce_id": CONTACT, "person_id": None},
    ],
)
def test_nobody_or_two_ways_to_select_are_malformed(fields):
    assert refusal(body(**fields)).message.endswith("person_id, email, salesforce_id")


@pytest.mark.parametrize(
    "address",
    ["a", "@", "a@", "@b", "a@b@c", "a b@c", " a@b", "a@b ", "a@b\n", "a\0@b", "a@b\u200b",
     "\ud800@b", "x" * 319 + "@b", "a@\u00a0b", 7, True, ["a@b"], {"a": "b@c"}, 1.0],
)  # fmt: skip
def test_what_is_no_address_is_malformed(address):
    assert refusal(body(person_id=None, email=address)).where == "email"


@pytest.mark.parametrize(
    "record_id",
    [CONTACT[:17], CONTACT[:15] + "AAA", CONTACT.lower(), "005xx000004TmiQ", "003xx000004Tmi",
     "003xx000004Tmi'", "003xx000004Tmi\n", "\uff10\uff10\uff13xx000004TmiQ", 3, False],
)  # fmt: skip
def test_what_is_no_id_of_a_person_is_malformed(record_id):
    assert refusal(body(person_id=None, salesforce_id=record_id)).where == "salesforce_id"


@pytest.mark.parametrize(
    "person_id", [7, 7.0, True, [], {}, " 7", "7\t", "\0", "\ud800", "7" * 256]
)
def test_what_is_no_id_is_malformed(person_id):
    assert refusal(body(person_id=person_id)).where == "person_id"


@pytest.mark.parametrize(
    "text",
    ["2026-11-24T11:00:00Z", "2026-11-24t11:00:00z", "2026-11-24 11:00Z",
     "2026-11-24T12:00:00+01:00", "2026-11-24T03:00:00.000-0800", "2026-11-24T11:00:00.000000000Z",
     "1795518000", 1795518000, 1795518000.0],
)  # fmt: skip
def test_a_moment_may_be_written_in_several_ways(text):
    assert read(body(occurred_at=text)).occurred_at == MADE


@pytest.mark.parametrize(
    "moment",
    ["2026-11-24T11:00:00", "2026-11-24", "2026", "yesterday", "24/11/2026 11:00Z", "", None,
     "2026-13-01T00:00:00Z", "2026-11-24T25:00:00Z", "2026-11-24T11:00:00+25:00",
     "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00", "0001-01-01T00:00:00+14:00",
     "9999-12-31T23:59:59-14:00", "2026-11-25T12:00:01Z", 1795518000000, "1795518000000", -1,
     1e300, 10**400, True, [], {}, "٢٠٢٦-11-24T11:00:00Z", "2026-11-24T11:00:00Z\n"],
)  # fmt: skip
def test_what_is_no_moment_is_malformed(moment):
    assert refusal(body(occurred_at=moment)).where == "occurred_at"


def test_a_number_beyond_all_numbers_is_no_moment():
    assert refusal(b'{"person_id": "7", "occurred_at": 1e999}').where == "occurred_at"


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=1), timedelta(days=-20000)])
def test_a_moment_from_1970_to_a_day_ahead_is_taken(ahead):
    moment = NOW + ahead
    assert read(body(occurred_at=moment.isoformat())).occurred_at == moment


@pytest.mark.parametrize("note", [5, True, [], {}, "a\0b", "half \ud83d"])
@pytest.mark.parametrize("name", ["reason", "source"])
def test_a_note_that_is_no_text_is_malformed(name, note):
    assert refusal(body(**{name: note})).where == name


def test_a_long_reason_is_cut_and_the_opt_out_kept():
    assert len(read(body(reason="😀" * 5000)).reason) == 1000


@pytest.mark.parametrize(
    "raw",
    [b"", b" ", b"null", b"1", b'"a"', b"[]", b"{", b"{}x", b"\xff", b"{'a': 1}", b'{"a": 1,}',
     body().replace(b'"7"', b"NaN"), body().replace(b"}", b', "x": -Infinity}'),
     body().replace(b"}", b', "person_id": "7"}'), body().replace(b"}", b', "x": {"y":1,"y":2}}'),
     body().replace(b"}", b', "x": ' + b"9" * 5000 + b"}"),
     b'[{"person_id": "7"}]',
     body().decode().encode("utf-16"), b"[" * 100_000, b'{"a":' * 40_000,
     body(x=json.loads("[" * 32 + "]" * 32))],
)  # fmt: skip
def test_what_is_not_one_json_object_is_malformed(raw):
    assert refusal(raw).where == "body"


def test_a_nest_of_31_a_bom_and_unknown_keys_are_taken():
    raw = body(x=json.loads("[" * 31 + "]" * 31), **{"\ud800": "\0"})
    assert read(b"\xef\xbb\xbf" + raw).selector == PersonId("7")


def test_a_body_of_256_kb_is_taken_and_one_byte_more_is_too_large():
    raw = body() + b" " * (256 * 1024 - len(body()))
    assert read(raw).selector == PersonId("7")
    refused = refusal(raw + b" ")
    assert isinstance(refused, TooLarge)
    assert refused.http_status == 413


@pytest.mark.parametrize(
    ("own", "webhook_id", "event_id"),
    [("e1", "e1", "e1"), ("e1", "", "e1"), (None, "e1", "e1"), ("", "e1", "e1")],
)
def test_an_event_is_known_by_its_id(own, webhook_id, event_id):
    assert read(body(id=own), webhook_id).event_id == event_id


def test_an_id_that_is_not_the_signed_one_is_malformed():
    assert refusal(body(id="e2"), "e1").where == "id"


def test_a_dated_event_without_an_id_is_known_by_the_hash_of_its_body():
    assert read(body()).event_id == hashlib.sha256(body()).hexdigest() == body_hash(body())


def test_two_undated_events_with_the_same_body_are_two_events():
    raw = b'{"person_id": "7"}'
    first, second = (
        to_unsubscribe(raw, Arrival(NOW + timedelta(seconds=shift)), UNDATED) for shift in (0, 1)
    )
    assert first.event_id != second.event_id
    assert first.occurred_at == NOW


def test_a_time_that_is_asked_for_must_be_there():
    assert refusal(b'{"person_id": "7"}').where == "occurred_at"


@pytest.mark.parametrize(
    ("raw", "shape", "selector"),
    [
        (b'{"data": {"mail": {"to": "a@b"}}}', mapped("data.mail.to"), Email("a@b")),
        (b"data%5Bemail%5D=a%2Bx%40b&type=x", mapped("data[email]", Format.FORM), Email("a+x@b")),
        (b"person_id=7&email=&occurred_at=1795518000&tag=1&tag=2", FORM, PersonId("7")),
        (b"a.b=7", BodyShape(Format.FORM, FieldMap(person_id="a.b")), PersonId("7")),
    ],
)  # fmt: skip
def test_a_sender_with_words_of_its_own_is_understood(raw, shape, selector):
    assert read(raw, shape=shape).selector == selector


@pytest.mark.parametrize(
    ("raw", "shape", "where"),
    [
        (b'{"a": [{"b": "7"}]}', BodyShape(fields=FieldMap(person_id="a.b")), "a.b"),
        (b'{"a": "b"}', BodyShape(fields=FieldMap(person_id="a.b")), "a.b"),
        (b'{"a": null}', BodyShape(fields=FieldMap(person_id="a.b")), "body"),
        (b"person_id=7&person_id=8&occurred_at=1795518000", FORM, "person_id"),
        (b"email=a+x@b&occurred_at=1795518000", FORM, "email"),
        (b"email=%ff@b", FORM, "body"),
        (b"&".join([b"a=1"] * 1001), FORM, "body"),
    ],
)
def test_what_a_mapping_does_not_find_is_malformed(raw, shape, where):
    assert refusal(raw, shape=shape).where == where


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.sampled_from([AT, CONTACT, "a@b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
near_misses = st.fixed_dictionaries({}, optional=dict.fromkeys(OWN_FIELDS.__slots__, anything))
raw_bodies = st.binary(max_size=300) | near_misses.map(lambda fields: json.dumps(fields).encode())


def outcome(raw: bytes, webhook_id: str, shape: BodyShape) -> Unsubscribe | Malformed:
    try:
        return read(raw, webhook_id, shape)
    except Malformed as refused:
        return refused


@given(raw_bodies, st.sampled_from(["", "e1"]), st.sampled_from([BodyShape(), FORM, UNDATED]))
def test_any_bytes_are_malformed_or_an_unsubscribe(raw, webhook_id, shape):
    found = outcome(raw, webhook_id, shape)
    if isinstance(found, Malformed):
        assert found.where in {"body", *OWN_FIELDS.__slots__}
    else:
        assert 1 <= len(found.event_id) <= 255
        assert datetime(1970, 1, 1, tzinfo=UTC) <= found.occurred_at <= NOW + timedelta(days=1)


@pytest.mark.parametrize("name", [*OWN_FIELDS.__slots__, "canary"])
@pytest.mark.parametrize("canary", ["canary@@example.com \0", " canary "])
def test_a_refusal_never_repeats_what_was_sent(name, canary):
    refused = refusal(body(**{"person_id": None, name: canary, canary: 1}))
    assert "canary" not in f"{refused} {refused.hint} {refused.where} {refused.__cause__}"


def test_an_unsubscribe_does_not_show_an_address():
    shown = repr(read(body(person_id=None, email="canary@example.com", reason="canary")))
    assert "canary" not in shown
