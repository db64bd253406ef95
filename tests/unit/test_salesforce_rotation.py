"""Refresh tokens that an org changes: the newest is kept, in a file or in the keyring."""

import json
from urllib.parse import parse_qs

import pytest
from keyring_in_memory import memory_keyring
from scripted_org import FakeClock, Reply, json_reply, scripted_org

from deployer.errors import BadInput
from deployer.salesforce.login import RefreshLogin, fetch_token
from deployer.salesforce.rotation import RotatedTokens
from deployer.settings.secret import Secret


@pytest.fixture
def ring():
    with memory_keyring() as found:
        yield found


def granted(org, **more):
    org.replies[:] = [json_reply({"access_token": "at", "instance_url": str(org.origin), **more})]


def form_sent(org):
    return {name: values[0] for name, values in parse_qs(org.seen[-1][2].decode()).items()}


def refresh(org, store):
    login = RefreshLogin("c", Secret("s"), store)
    return fetch_token(login, org.place, org.session(), FakeClock())


def test_a_rotated_token_is_kept_and_used_from_then_on(tmp_path):
    store = RotatedTokens(Secret("first"), tmp_path / "r.json")
    with scripted_org(Reply()) as org:
        for expected, fresh in (("first", "second"), ("second", "third")):
            granted(org, refresh_token=fresh)
            refresh(org, store)
            assert form_sent(org)["refresh_token"] == expected
    assert json.loads((tmp_path / "r.json").read_text())["refresh_token"] == "third"
    assert (tmp_path / "r.json").stat().st_mode & 0o777 == 0o600


def test_a_token_that_stays_the_same_is_not_written(tmp_path):
    with scripted_org(Reply()) as org:
        granted(org, refresh_token="first")
        refresh(org, RotatedTokens(Secret("first"), tmp_path / "r.json"))
    assert not (tmp_path / "r.json").exists()


def test_a_new_configuration_wins_over_a_kept_token(tmp_path):
    RotatedTokens(Secret("first"), tmp_path / "r.json").keep(Secret("second"))
    with RotatedTokens(Secret("other"), tmp_path / "r.json").hold() as newest:
        assert newest.reveal() == "other"


@pytest.mark.parametrize("text", ["{", "[]", "{}"])
def test_a_kept_token_that_cannot_be_read_says_so(tmp_path, text):
    (tmp_path / "r.json").write_text(text)
    store = RotatedTokens(Secret("first"), tmp_path / "r.json")
    with pytest.raises(BadInput, match="cannot be read"), store.hold():
        pass


def newest(store):
    with store.hold() as token:
        return token.reveal()


def test_a_rotated_token_of_a_keyring_stays_in_it(tmp_path, ring):
    store = RotatedTokens(Secret("first"), tmp_path / "r.json", "mine.rotated")
    for fresh in ("second", "third"):
        store.keep(Secret(fresh))
        assert newest(store) == fresh
    assert list(ring.kept) == [("optout", "mine.rotated")]
    assert not (tmp_path / "r.json").exists()


def test_a_keyring_that_fails_loses_no_token(tmp_path, ring):
    store = RotatedTokens(Secret("first"), tmp_path / "r.json", "mine.rotated")
    store.keep(Secret("second"))
    ring.locked = True
    store.keep(Secret("third"))
    assert (tmp_path / "r.json").stat().st_mode & 0o777 == 0o600
    ring.locked = False
    assert newest(store) == "third"
    store.keep(Secret("fourth"))
    assert newest(store) == "fourth"
    assert not (tmp_path / "r.json").exists()


@pytest.mark.parametrize("text", ["{", "[]"])
def test_a_keyring_entry_that_cannot_be_read_says_so(tmp_path, ring, text):
    ring.kept["optout", "mine.rotated"] = text
    store = RotatedTokens(Secret("first"), tmp_path / "r.json", "mine.rotated")
    with pytest.raises(BadInput, match="cannot be read") as problem:
        newest(store)
    assert problem.value.where == "keyring entry mine.rotated"
