"""A delivery is believed exactly when one of the configured secrets signed it."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from webhook_signing import KEY, NOW, delivery, secret, sign

from deployer.errors import UsageError
from deployer.settings.secret import Secret
from sync.webhooks.refusals import BadSignature, Malformed, Unproven
from sync.webhooks.signature import Timing, to_signing_secret, verify

BODY = b'{"person_id": "7"}'
ONE = (secret("a"),)
keys = st.binary(min_size=24, max_size=64)
ids = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters="."),
    min_size=1,
    max_size=255,
)
moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis adds the zone


def refusal(headers, body=BODY, secrets=ONE):
    with pytest.raises((BadSignature, Malformed)) as caught:
        verify(headers, body, secrets, NOW)
    return caught.value


def test_the_published_example_is_authentic():
    known = to_signing_secret("a", Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
    headers = {
        "Webhook-Id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "Webhook-Timestamp": "1614265330",
        "Webhook-Signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    found = verify(headers, b'{"test": 2432232314}', [known], NOW)
    assert (found.secret_name, found.webhook_id) == ("a", "msg_p5jXN8AQM9LWM0D4loKWxJek")


@given(keys, ids, moments, st.binary(max_size=200))
def test_what_was_signed_is_believed(key, webhook_id, at, body):
    found = verify(delivery(body, key, webhook_id, at), body, [secret("a", key)], NOW)
    assert found.webhook_id == webhook_id
    assert found.sent_at == at.replace(microsecond=0)
    assert found.late == NOW - found.sent_at


@given(st.binary(min_size=1, max_size=60), st.data())
def test_a_bit_flipped_anywhere_is_noticed(body, data):
    parts = [body, *(value.encode() for value in delivery(body).values())]
    which = data.draw(st.integers(0, 3))
    bit = data.draw(st.integers(0, len(parts[which]) * 8 - 1))
    flipped = bytearray(parts[which])
    flipped[bit // 8] ^= 1 << bit % 8
    parts[which] = bytes(flipped)
    headers = zip(delivery(body), (part.decode("latin-1") for part in parts[1:]), strict=True)
    refusal(dict(headers), parts[0])


@given(st.lists(keys, min_size=1, max_size=5, unique=True), st.data())
def test_the_order_of_secrets_and_of_signatures_does_not_matter(them, data):
    signer = data.draw(st.sampled_from(them))
    headers = delivery(BODY, signer)
    others = [delivery(BODY, key + b"x")["webhook-signature"] for key in them]
    given_ = data.draw(st.permutations([headers["webhook-signature"], "v1a,zzz", "", *others]))
    named = data.draw(st.permutations([secret(str(n), key) for n, key in enumerate(them)]))
    found = verify({**headers, "webhook-signature": " ".join(given_)}, BODY, named, NOW)
    assert found.secret_name == str(them.index(signer))


@pytest.mark.parametrize(
    ("age", "timing"),
    [
        (timedelta(0), Timing.ON_TIME),
        (timedelta(minutes=5), Timing.ON_TIME),
        (timedelta(minutes=5, seconds=1), Timing.LATE),
        (timedelta(days=30), Timing.LATE),
        (timedelta(minutes=-5), Timing.ON_TIME),
        (timedelta(minutes=-6), Timing.AHEAD),
    ],
)
def test_a_late_or_early_delivery_is_kept_and_says_so(age, timing):
    found = verify(delivery(BODY, at=NOW - age), BODY, [secret("a")], NOW)
    assert (found.late, found.timing) == (age, timing)


@pytest.mark.parametrize(
    ("header", "value", "where"),
    [
        *[("webhook-timestamp", text, "webhook-timestamp") for text in
          ("", " 1", "1.5", "-1", "+1", "1e9", "٣", "9" * 12, "9" * 13, "1_0")],
        *[("webhook-id", text, "webhook-id") for text in
          ("", "a.b", "a b", "a\n", "é", "\ud800", "x" * 256)],
    ],
)  # fmt: skip
def test_a_garbled_id_or_time_is_malformed_even_when_signed(header, value, where):
    headers = {**delivery(BODY), header: value}
    refused = refusal(headers)
    assert isinstance(refused, Malformed)
    assert (refused.where, refused.http_status) == (where, 400)


@pytest.mark.parametrize("missing", ["webhook-timestamp", "webhook-id", "webhook-signature"])
def test_a_missing_header_is_refused(missing):
    headers = {name: value for name, value in delivery(BODY).items() if name != missing}
    assert missing in f"{refusal(headers).where} {refusal(headers)}"


@pytest.mark.parametrize(
    ("signature", "reason"),
    [
        ("", Unproven.NO_USABLE_SIGNATURE),
        ("v1", Unproven.NO_USABLE_SIGNATURE),
        ("v1a,abc", Unproven.NO_USABLE_SIGNATURE),
        ("V1,abc", Unproven.NO_USABLE_SIGNATURE),
        ("v1,", Unproven.NO_MATCH),
        ("v1,é\ud800", Unproven.NO_MATCH),
        ("v1,not base64!", Unproven.NO_MATCH),
        (sign(KEY[::-1], "msg_1", str(int(NOW.timestamp())), BODY), Unproven.NO_MATCH),
    ],
)
def test_a_signature_that_does_not_fit_is_refused_with_a_reason(signature, reason):
    refused = refusal({**delivery(BODY), "webhook-signature": signature})
    assert refused.reason is reason
    assert refused.http_status == 401


def test_without_secrets_nothing_is_believed():
    assert refusal(delivery(BODY), secrets=()).reason is Unproven.NO_MATCH


def test_an_id_cannot_take_over_the_beginning_of_the_body():
    signature = sign(KEY, "a", "1", b"2.email=x%40example.com")
    shifted = {"webhook-id": "a.1", "webhook-timestamp": "2", "webhook-signature": signature}
    assert isinstance(refusal(shifted, b"email=x%40example.com"), Malformed)


@pytest.mark.parametrize("form", ["whsec_{}", "{}"])
@pytest.mark.parametrize("padding", ["", "=", "=="])
def test_a_secret_is_base64_with_or_without_its_prefix_and_padding(form, padding):
    text = base64.b64encode(bytes(25)).decode().rstrip("=") + padding
    assert to_signing_secret("a", Secret(form.format(text))).key == bytes(25)


@pytest.mark.parametrize(
    "text",
    ["", "whsec_", "whsec_c2hvcnQ=", "plain text!", "whpk_" + "A" * 44, "whsec_" + "é" * 40,
     "whsec_" + "A" * 33, "whsec_" + base64.b64encode(bytes(23)).decode()],
)  # fmt: skip
def test_a_secret_that_is_none_is_refused_and_not_shown(text):
    with pytest.raises(UsageError) as caught:
        to_signing_secret("acme", Secret(text), "optout.toml:4")
    assert caught.value.where == "optout.toml:4"
    assert not text.removeprefix("whsec_") or text.removeprefix("whsec_") not in str(caught.value)


def test_a_secret_is_never_shown():
    assert str(list(KEY)) not in repr(secret("a"))
    assert repr(secret("a")) == "SigningSecret(name='a')"
