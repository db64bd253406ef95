"""[sync.senders.NAME]: what may stand there, and one sentence for what may not."""

import pytest

from deployer.errors import UsageError
from deployer.settings.key_places import Keeper
from deployer.settings.toml_file import read_file
from sync.webhooks.formats import Format
from sync.webhooks.mapping import OWN_FIELDS, FieldMap
from sync.webhooks.senders import SenderKind, read_senders

SIGNS = '[sync.senders.acme]\nsecret_file = "acme.key"\n'
SHOWS = '[sync.senders.acme]\nkind = "header"\nheader = "X-Token"\nsecret_env = "TOKEN"\n'


def senders(tmp_path, text):
    path = tmp_path / "optout.toml"
    path.write_text(text)
    return read_senders(read_file(path))


def test_a_sender_that_signs_needs_only_its_secret(tmp_path):
    (sender,) = senders(tmp_path, SIGNS)
    assert (sender.name, sender.kind) == ("acme", SenderKind.STANDARD_WEBHOOKS)
    assert (sender.header, sender.shape.fields) == ("", OWN_FIELDS)
    assert sender.secrets[0].where == str(tmp_path / "acme.key")


def test_a_sender_that_shows_a_secret_has_a_header_and_words_of_its_own(tmp_path):
    text = SHOWS + 'format = "form"\nfields = {email = "data[email]", id = "fired.at"}\n'
    (sender,) = senders(tmp_path, text)
    assert (sender.kind, sender.header) == (SenderKind.HEADER, "x-token")
    assert sender.shape.format is Format.FORM
    assert sender.shape.fields == FieldMap(email="data[email]", id="fired.at")


def test_during_a_rotation_there_are_two_secrets(tmp_path):
    (sender,) = senders(tmp_path, SIGNS + 'previous_secret_keyring = "old"\n')
    keepers = [(place.name, place.keeper) for place in sender.secrets]
    assert keepers == [("secret", Keeper.FILE), ("previous_secret", Keeper.KEYRING)]


def test_senders_come_in_the_order_of_the_file_and_may_be_none(tmp_path):
    text = SIGNS.replace("acme", "b") + SIGNS.replace("acme", "a")
    assert [sender.name for sender in senders(tmp_path, text)] == ["b", "a"]
    assert senders(tmp_path, "[sync]\nat = '20:00'\n") == ()


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (SIGNS + 'kind = "github"\n', 3, "kind = 'github' is not known"),
        (SIGNS + 'format = "xml"\n', 3, "format = 'xml' is not known"),
        (SIGNS + "kind = 5\n", 3, "kind must be a text"),
        (SIGNS + 'secret = "whsec_x"\n', 3, "secret is a secret"),
        (SIGNS + 'previous_secret = "whsec_x"\n', 3, "previous_secret is a secret"),
        (SIGNS + 'secrets_file = "x"\n', 3, "unknown setting sync.senders.acme.secrets_file"),
        (SIGNS + 'secret_env = "X"\n', 1, "given more than once"),
        (SIGNS + "secret_env = 5\n", 3, "secret_env must be a text"),
        (SIGNS + 'header = "X-Token"\n', 3, "a sender that signs has no header"),
        ("[sync.senders.acme]\n", 1, "its secret is missing"),
        ('[sync.senders.acme]\nprevious_secret_env = "X"\n', 1, "its secret is missing"),
        (SHOWS.replace('header = "X-Token"\n', ""), 1, "needs the header"),
        (SHOWS.replace("X-Token", "X Token"), 3, "needs the header"),
        (SHOWS.replace("X-Token", "Webhook-Id"), 3, "needs the header"),
        (SHOWS.replace("acme", '"a b"'), 1, "no name for a sender"),
        ("[sync]\nsenders = 5\n", 2, "sync.senders must be a table"),
        ("sync = 5\n", 1, "sync must be a table"),
        ("[sync.senders]\nacme = 5\n", 2, "sync.senders.acme must be a table"),
        (SIGNS + "fields = 5\n", 3, "sync.senders.acme.fields must be a table"),
        (SIGNS + "fields = {}\n", 3, "do not say who unsubscribed"),
        (SIGNS + 'fields = {reason = "r"}\n', 3, "do not say who unsubscribed"),
        (SIGNS + 'fields = {mail = "m"}\n', 3, "no field 'mail'"),
        (SIGNS + "fields = {email = 5}\n", 3, "the path of email must be a text"),
        (SIGNS + 'fields = {email = ""}\n', 3, "the path of email must be a text"),
        (SIGNS + 'fields = {email = "a..b"}\n', 3, "the path of email has an empty part"),
        (SIGNS + 'fields = {email = ".a"}\n', 3, "the path of email has an empty part"),
        (SIGNS + f'fields = {{email = "{"a." * 32}b"}}\n', 3, "more than 32 deep"),
        (SIGNS + 'fields = {email = "a", reason = "a"}\n', 3, "two fields have the same path"),
    ],
)
def test_a_mistake_is_one_sentence_with_its_line(tmp_path, text, line, said):
    with pytest.raises(UsageError, match=said) as caught:
        senders(tmp_path, text)
    assert caught.value.where.endswith(f"optout.toml:{line}")
    assert caught.value.hint
    assert "whsec_x" not in f"{caught.value} {caught.value.hint}"
