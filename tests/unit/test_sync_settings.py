"""[sync]: what may stand there, and one sentence for what may not."""

from __future__ import annotations

from pathlib import Path

import pytest

from deployer.errors import UsageError
from deployer.settings.loading import load
from sync.database.places import called_place
from sync.desk import ledger_place
from sync.settings import read_sync


def read(tmp_path, text, environ=None):
    file = tmp_path / "optout.toml"
    file.write_text(text)
    settings = load(file, environ={"OPTOUT_HOME": str(tmp_path / "home"), **(environ or {})})
    return settings, read_sync(settings)


def test_nothing_configured_is_email_opt_out_at_eight_in_california(tmp_path):
    settings, sync = read(tmp_path, "")
    assert (sync.fields, sync.api_budget_percent) == (("HasOptedOutOfEmail",), 80)
    assert (str(sync.schedule.at), str(sync.schedule.zone)) == ("20:00:00", "America/Los_Angeles")
    assert ledger_place(settings, sync, "acme") == tmp_path / "home/sync/acme/ledger.sqlite"


@pytest.mark.parametrize(
    ("also", "fields"),
    [
        ("", ("Marketo__c",)),
        ("also_email_opt_out = true", ("Marketo__c", "HasOptedOutOfEmail")),
    ],
)
def test_an_own_field_is_written_alone_unless_both_are_asked_for(tmp_path, also, fields):
    text = f'custom_field = "Marketo__c"\n[sync]\nfield = "marketo-sales-opt-out"\n{also}\n'
    assert read(tmp_path, text)[1].fields == fields


@pytest.mark.parametrize(
    ("lines", "said", "place"),
    [
        ('feild = "email-opt-out"', "did you mean field?", ":2"),
        ('field = "emails"', "marketo-sales-opt-out", ":2"),
        ('field = "marketo-sales-opt-out"', "custom_field", "custom_field"),
        ('at = "8 pm"', "20:00", ":2"),
        ('timezone = "Pacific"', "America/Los_Angeles", ":2"),
        ("api_budget_percent = 0", "1 to 100", ":2"),
        ('ledger = "postgresql://host/db"', "ledger.sqlite", ":2"),
        ('ledger_url = "mysql://host/db"', "postgresql+psycopg://", ":2"),
        ('ledger_url = "host/db"', "postgresql+psycopg://", ":2"),
        ('ledger_url = "postgresql+psycopg://ada:hunter2@host/db"', "~/.pgpass", ":2"),
        ('ledger_url = "postgresql+psycopg://host/db?password=hunter2"', "~/.pgpass", ":2"),
        ('ledger_url = "postgresql://host/db"\nledger = "own.sqlite"', "optout.toml:3", ":2"),
        ("nightly = true", "known:", ":2"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_what_to_write(tmp_path, lines, said, place):
    with pytest.raises(UsageError) as problem:
        read(tmp_path, f"[sync]\n{lines}\n")
    assert said in problem.value.hint
    assert problem.value.where.endswith(place)


def test_a_variable_beats_the_file_and_the_deployers_field_is_another(tmp_path):
    text = 'field = "email-opt-out"\n[sync]\nat = "21:00"\nledger = "own.sqlite"\n'
    settings, sync = read(tmp_path, text, {"OPTOUT_SYNC_AT": "22:00", "OPTOUT_FIELD": "x"})
    assert str(sync.schedule.at) == "22:00:00"
    assert ledger_place(settings, sync, "acme") == tmp_path / "own.sqlite"
    _, named = read(tmp_path, text, {"OPTOUT_SYNC_LEDGER": "here.sqlite"})
    assert named.ledger == Path.cwd() / "here.sqlite"


def test_the_address_of_a_postgresql_stands_for_a_file_and_its_password_in_a_variable(tmp_path):
    text = '[sync]\nledger_url = "postgresql+psycopg://ada@db.example.com/optout"\n'
    settings, sync = read(tmp_path, text)
    assert ledger_place(settings, sync, "acme").host == "db.example.com"
    secret = "postgresql+psycopg://ada:hunter2@db.example.com/optout"
    _, named = read(tmp_path, text, {"OPTOUT_SYNC_LEDGER_URL": secret})
    assert named.ledger.password == "hunter2"
    assert "hunter2" not in f"{called_place(named.ledger)}{named}"
