"""The door says which configured sender a delivery comes from, or refuses it."""

import base64

import pytest
from webhook_signing import KEY, NOW, delivery

from deployer.errors import UsageError
from deployer.settings.key_places import Keeper, KeyPlace
from deployer.settings.secret import Secret
from sync.webhooks.door import admit, open_keyring
from sync.webhooks.mapping import OWN_SHAPE
from sync.webhooks.refusals import BadSignature, Malformed, Unproven
from sync.webhooks.senders import Sender, SenderKind

BODY = b"{}"
NEW, OLD, OTHER = KEY, KEY[::-1], b"x" * 32
SECRETS = {
    "new": "whsec_" + base64.b64encode(NEW).decode(),
    "old": "whsec_" + base64.b64encode(OLD).decode(),
    "other": "whsec_" + base64.b64encode(OTHER).decode(),
    "token": "a token of some length",
    "short": "too short",
    "odd": "a secret with an é in it",
}


def sender(name: str, *secrets: str, header: str = "") -> Sender:
    kind = SenderKind.HEADER if header else SenderKind.STANDARD_WEBHOOKS
    places = tuple(KeyPlace("secret", Keeper.ENV, key, "optout.toml:2") for key in secrets)
    return Sender(name, kind, header, OWN_SHAPE, places)


def keyring(*senders: Sender):
    return open_keyring(senders, lambda place: Secret(SECRETS[place.where]))


RING = keyring(
    sender("acme", "new", "old"),
    sender("globex", "other"),
    sender("old", "token", header="x-token"),
)


@pytest.mark.parametrize(("key", "name"), [(NEW, "acme"), (OLD, "acme"), (OTHER, "globex")])
def test_a_signed_delivery_is_its_senders(key, name):
    found = admit(delivery(BODY, key), BODY, RING, NOW)
    assert found.sender.name == name
    assert (found.arrival.at, found.arrival.webhook_id) == (NOW, "msg_1")


@pytest.mark.parametrize("header", ["X-Token", "x-token"])
def test_a_secret_header_names_its_sender(header):
    found = admit({header: SECRETS["token"]}, BODY, RING, NOW)
    assert (found.sender.name, found.arrival.webhook_id, found.verified) == ("old", "", None)


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, Unproven.NO_PROOF),
        ({"x-token": ""}, Unproven.NO_PROOF),
        ({"x-other": SECRETS["token"]}, Unproven.NO_PROOF),
        ({"x-token": SECRETS["token"] + "x"}, Unproven.WRONG_SECRET),
        ({"x-token": "é\ud800"}, Unproven.WRONG_SECRET),
        (delivery(BODY, b"y" * 32), Unproven.NO_MATCH),
        ({**delivery(BODY, b"y" * 32), "x-token": SECRETS["token"]}, Unproven.NO_MATCH),
    ],
)
def test_what_proves_nothing_is_refused(headers, reason):
    with pytest.raises(BadSignature) as caught:
        admit(headers, BODY, RING, NOW)
    assert caught.value.reason is reason
    assert SECRETS["token"] not in f"{caught.value} {caught.value.hint}"


def test_a_garbled_time_is_malformed():
    with pytest.raises(Malformed):
        admit({**delivery(BODY), "webhook-timestamp": "now"}, BODY, RING, NOW)


def test_without_senders_nobody_comes_in():
    with pytest.raises(BadSignature):
        admit(delivery(BODY), BODY, keyring(), NOW)


@pytest.mark.parametrize(
    ("senders", "said"),
    [
        ([sender("a", "new"), sender("b", "new")], "two senders have the same secret"),
        ([sender("a", "token", header="x"), sender("b", "token", header="y")], "two senders"),
        ([sender("a", "token")], "is not base64"),
        ([sender("a", "short", header="x")], "must be 16 or more printable ASCII"),
        ([sender("a", "odd", header="x")], "must be 16 or more printable ASCII"),
    ],
)
def test_a_secret_that_cannot_tell_who_sends_is_refused_at_the_start(senders, said):
    with pytest.raises(UsageError, match=said) as caught:
        keyring(*senders)
    assert not [text for text in SECRETS.values() if text in f"{caught.value} {caught.value.hint}"]


def test_no_secret_is_shown():
    shown = repr(RING)
    assert not [text for text in SECRETS.values() if text in shown or repr(text.encode()) in shown]
    assert repr(NEW) not in shown
