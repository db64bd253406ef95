"""Flags beat the environment, which beats optout.toml, in the commands that deploy."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from deployer.commands.options import org_options
from deployer.commands.wishes import put_options
from deployer.errors import UsageError


@click.command()
@put_options
@org_options
def probe(wish, org, config, as_json):
    click.echo(
        f"{wish.field.kind.value}|{wish.field.custom_field}|{wish.field.create_field}"
        f"|{wish.access.permission_set}"
    )


TOML = 'custom_field = "Toml__c"\npermission_set = "Toml_Set"\n'
RESOLVED = {
    "nothing said": ("", {}, [], "email-opt-out|||Opt_Out_Field_Access"),
    "the file": (TOML, {}, [], "email-opt-out|Toml__c||Toml_Set"),
    "the environment beats the file": (
        TOML, {"OPTOUT_CUSTOM_FIELD": "Env__c"}, [], "email-opt-out|Env__c||Toml_Set"),
    "a flag beats both": (
        TOML, {"OPTOUT_CUSTOM_FIELD": "Env__c"}, ["--custom-field", "Flag__c"],
        "email-opt-out|Flag__c||Toml_Set"),
    "naming another field sets the file's aside": (
        TOML, {}, ["--field", "email-opt-out"], "email-opt-out|||Toml_Set"),
    "creating a field sets the file's aside": (
        TOML, {}, ["--create-field", "New__c"], "email-opt-out||New__c|Toml_Set"),
}  # fmt: skip


@pytest.mark.parametrize(("toml", "env", "flags", "said"), RESOLVED.values(), ids=RESOLVED.keys())
def test_a_wish_is_settled_by_flags_then_environment_then_file(
    tmp_path: Path, toml, env, flags, said
):
    file = tmp_path / "optout.toml"
    file.write_text(toml)
    done = CliRunner().invoke(probe, [*flags, "--config", str(file)], env=env)
    assert done.output.strip() == said


def test_a_field_of_the_file_that_is_none_is_refused(tmp_path: Path):
    file = tmp_path / "optout.toml"
    file.write_text('field = "fax"\n')
    done = CliRunner().invoke(probe, ["--config", str(file)])
    assert isinstance(done.exception, UsageError)
    assert "email-opt-out or marketo-sales-opt-out" in done.exception.hint
