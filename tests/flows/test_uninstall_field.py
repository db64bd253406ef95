"""optout uninstall --delete-field: the field goes when it is ours, free, and its ticks are kept."""

from __future__ import annotations

import json
import stat

import pytest
from uninstalling import DEPLOY, LOGIN, UNINSTALL, holders, moved, rules, set_row, trees
from wiretap import Wiretap, members

from deployer.model.identities import DEPLOYER
from practice_org.faults.firing import switch_on
from practice_org.faults.store import When
from practice_org.tables import fields_of, find_rows

pytestmark = pytest.mark.slow

FIELD = "HasOptedOutOfEmail"
NEW = "Sales_Opt_Out__c"


@pytest.fixture
def tap(org_now, switchboard) -> Wiretap:
    switchboard.answer = Wiretap(org_now.org)
    return switchboard.answer


def create_field(run) -> None:
    code, _, err = run(*DEPLOY, "--create-field", NEW, "--assign", LOGIN)
    assert code == 0, err


def tick(org, sobject: str, number: int) -> set[str]:
    ids = sorted(row["Id"] for row in find_rows(org, sobject))[:number]
    for each in ids:
        org.db.execute(f"UPDATE {sobject} SET {NEW} = 1 WHERE Id = ?", (each,))  # noqa: S608
    return {f"{sobject},{each}" for each in ids}


def test_the_field_stays_unless_it_is_named(org_now, run):
    create_field(run)
    code, out, err = run(*UNINSTALL, "--custom-field", NEW, "--json")
    assert code == 0, err
    assert "field-kept" in rules(out)
    assert NEW in fields_of(org_now.org, "Contact")


def test_the_ticked_ids_are_kept_before_the_field_goes(org_now, run, tmp_path, tap):
    org, file = org_now.org, tmp_path / "ticked.csv"
    before = trees(org)
    create_field(run)
    ticked = tick(org, "Contact", 3) | tick(org, "Lead", 2)
    words = ("--delete-field", NEW, "--ticked-out", str(file))
    code, out, err = run(*UNINSTALL, *words)
    assert code == 0, err
    first, *rest = file.read_text().splitlines()
    assert (first, set(rest), "@" in file.read_text()) == ("object,id", ticked, False)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "15 days" in out
    assert NEW not in {*fields_of(org, "Contact"), *fields_of(org, "Lead")}
    assert (moved(org, before), set_row(org)) == (set(), None)
    assert members(tap.packages()[-1])[0].keys() == {"Layout"}
    code, out, _ = run(*UNINSTALL, "--delete-field", NEW)
    assert (code, "nothing to do" in out) == (0, True)


def test_without_a_name_the_ids_go_where_optout_keeps_its_things(org_now, run, private_home):
    create_field(run)
    ticked = tick(org_now.org, "Lead", 1)
    code, out, err = run(*UNINSTALL, "--delete-field", NEW, "--json")
    assert code == 0, err
    assert json.loads(out)["deleted_fields"] == [f"Contact.{NEW}", f"Lead.{NEW}"]
    (file,) = private_home.glob(f"optout/orgs/*/ticked/{NEW}-*.csv")
    assert set(file.read_text().splitlines()[1:]) == ticked
    assert str(file) in out


def test_a_check_only_keeps_no_ids(org_now, run, private_home):
    create_field(run)
    assert run(*UNINSTALL, "--delete-field", NEW, "--check-only")[0] == 0
    assert NEW in fields_of(org_now.org, "Contact")
    assert list(private_home.glob("optout/orgs/*/ticked/*")) == []


@pytest.mark.parametrize("spelled", [NEW, NEW.lower()])
def test_a_field_that_the_sync_writes_is_not_deleted(org_now, run, tmp_path, spelled):
    create_field(run)
    config = tmp_path / "optout.toml"
    config.write_text(f'custom_field = "{spelled}"\n[sync]\nfield = "marketo-sales-opt-out"\n')
    words = (*UNINSTALL, "--delete-field", NEW, "--config", str(config))
    code, _, err = run(*words)
    assert (code, "the sync writes opt-outs to" in err) == (2, True)
    assert NEW in fields_of(org_now.org, "Contact")
    config.write_text(f'custom_field = "{spelled}"\n[sync]\nfield = "email-opt-out"\n')
    assert run(*words)[0] == 0


def test_a_field_that_optout_did_not_create_is_not_deleted(org_now, run, private_home):
    create_field(run)
    for snapshot in private_home.glob("optout/orgs/*/deploys/*/deploy.json"):
        snapshot.unlink()
    code, _, err = run(*UNINSTALL, "--delete-field", NEW)
    assert (code, "did not create" in err) == (1, True)
    assert NEW in fields_of(org_now.org, "Contact")


@pytest.mark.parametrize("name", [FIELD, "acme__Opt_Out__c"])
def test_a_field_of_salesforce_or_a_package_is_not_deleted(org_now, run, name):
    assert org_now
    assert run(*UNINSTALL, "--delete-field", name)[0] == 2


def test_without_the_right_to_read_the_ticks_the_field_stays(org_now, run):
    assert run(*DEPLOY, "--create-field", NEW)[0] == 0
    code, _, err = run(*UNINSTALL, "--delete-field", NEW)
    assert (code, "--assign" in err) == (1, True)
    assert NEW in fields_of(org_now.org, "Contact")


def test_a_file_that_is_there_is_not_written_over(org_now, run, tmp_path):
    file = tmp_path / "ticked.csv"
    file.write_text("earlier")
    create_field(run)
    assert run(*UNINSTALL, "--delete-field", NEW, "--ticked-out", str(file))[0] == 2
    assert (file.read_text(), NEW in fields_of(org_now.org, "Lead")) == ("earlier", True)


@pytest.mark.parametrize(
    ("code", "after"), [("ALREADY_IN_PROCESS", 0), ("FinalizingDeployFailed", 1)]
)
def test_a_refusal_keeps_everything(org_now, run, tmp_path, code, after):
    org, file = org_now.org, tmp_path / "ticked.csv"
    create_field(run)
    ticked = tick(org, "Lead", 1)
    before, held = trees(org), holders(org)
    switch_on(org, "deploy.run", code, When(after=after))
    ended, _, _ = run(*UNINSTALL, "--delete-field", NEW, "--ticked-out", str(file))
    assert ended == 1
    assert set(file.read_text().splitlines()[1:]) == ticked
    assert (moved(org, before), holders(org)) == (set(), held)
    assert NEW in fields_of(org, "Lead")


def test_the_deployers_own_login_may_do_it_all(job, log_in):
    who = log_in(DEPLOYER)
    words = ("--create-field", NEW, "--assign", who.username, "--yes")
    assert job.ask("deploy", *words)[0] == 0
    code, found = job.ask("uninstall", "--delete-field", NEW, "--yes")
    assert (code, found["permission_set_deleted"]) == (0, True)
    assert NEW not in fields_of(job.org, "Contact")
