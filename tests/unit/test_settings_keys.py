"""Secrets: from where, and how private the place must be."""

import keyring
import keyring.backend
import keyring.errors
import pytest

from deployer.errors import UsageError
from deployer.settings.key_places import Keeper, KeyPlace, key_warning, read_secret


def file_place(path):
    return KeyPlace("key", Keeper.FILE, str(path), "optout.toml:3")


@pytest.fixture
def key(tmp_path):
    path = tmp_path / "jwt.key"
    path.write_text("hunter2\n")
    path.chmod(0o600)
    return path


def test_a_private_file_is_read_without_its_last_newline(key):
    assert read_secret(file_place(key), {}).reveal() == "hunter2"
    assert key_warning(file_place(key)) == ""


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o777, 0o620])
def test_a_file_that_others_can_reach_is_refused(key, mode):
    key.chmod(mode)
    with pytest.raises(UsageError, match="can be read by others") as problem:
        read_secret(file_place(key), {})
    assert problem.value.hint == f"chmod 600 {key}"


def test_a_link_to_an_open_file_is_refused(key, tmp_path):
    key.chmod(0o644)
    (tmp_path / "link").symlink_to(key)
    with pytest.raises(UsageError, match="can be read by others"):
        read_secret(file_place(tmp_path / "link"), {})


def test_an_absent_file_names_the_settings_line(tmp_path):
    with pytest.raises(UsageError, match="cannot be read") as problem:
        read_secret(file_place(tmp_path / "nope"), {})
    assert "optout.toml:3" in problem.value.hint


def test_a_binary_file_is_refused(key):
    key.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UsageError, match="not a text file"):
        read_secret(file_place(key), {})


def test_an_open_file_in_a_containers_mount_is_taken_with_a_warning(key):
    key.chmod(0o444)
    assert read_secret(file_place(key), {}, containers=(key.parent,)).reveal() == "hunter2"
    assert "container" in key_warning(file_place(key))


def test_a_variable_is_read_by_name():
    place = KeyPlace("key", Keeper.ENV, "MY_KEY", "optout.toml:3")
    assert read_secret(place, {"MY_KEY": "hunter2"}).reveal() == "hunter2"
    with pytest.raises(UsageError, match="not in the environment under MY_KEY"):
        read_secret(place, {})


class OneEntry(keyring.backend.KeyringBackend):
    priority = 1

    def get_password(self, service, username):
        if username == "locked":
            raise keyring.errors.KeyringLocked
        return "hunter2" if (service, username) == ("optout", "mine") else None

    def set_password(self, service, username, password):
        raise NotImplementedError

    def delete_password(self, service, username):
        raise NotImplementedError


@pytest.fixture
def one_entry():
    before = keyring.get_keyring()
    keyring.set_keyring(OneEntry())
    yield
    keyring.set_keyring(before)


@pytest.mark.usefixtures("one_entry")
@pytest.mark.parametrize(
    ("entry", "said"),
    [("other", "not in the keyring under other"), ("locked", "keyring did not answer")],
)
def test_a_keyring_that_has_it_not_says_so(entry, said):
    with pytest.raises(UsageError, match=said):
        read_secret(KeyPlace("key", Keeper.KEYRING, entry), {})


@pytest.mark.usefixtures("one_entry")
def test_a_keyring_entry_is_read_by_name():
    assert read_secret(KeyPlace("key", Keeper.KEYRING, "mine"), {}).reveal() == "hunter2"


def test_a_machine_without_a_keyring_is_told_apart_from_one_that_is_locked():
    with pytest.raises(UsageError, match="no keyring on this machine"):
        read_secret(KeyPlace("key", Keeper.KEYRING, "mine"), {})
