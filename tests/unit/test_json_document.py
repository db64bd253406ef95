"""The --json document: every text is read back from it, and none steers a terminal."""

import json

import pytest
from hostile import ANYTHING, NAMES
from hypothesis import given

from deployer.reporting.document import to_text, write_document


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES.keys())
def test_a_name_is_read_back_and_harmless(name, capsys):
    write_document({"name": name}, exit_code=1, org_id=None)
    told = capsys.readouterr().out
    assert json.loads(told)["name"] == name
    assert told.replace("\n", "").isprintable()


@given(ANYTHING)
def test_any_text_is_read_back(text):
    assert json.loads(to_text({"text": text}))["text"] == text


def test_letters_of_every_language_stay_as_they_are():
    assert '"Großkunden 顧客"' in to_text({"layout": "Großkunden 顧客"})
