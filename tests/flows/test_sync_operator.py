"""What an operator types: switch, status, quarantine, audit, check, backup, rebind."""

from __future__ import annotations

import csv
import json
import re
import stat
from pathlib import Path

import pytest

from deployer.errors import TryLater
from practice_org.actions.org_rules import Rule, set_rule
from practice_org.seed.people import ADMIN_USERNAME
from practice_org.tables import find_rows, insert_row
from sync.cli import VERBS
from sync.desk import Ask, open_desk
from sync.ledger.ledger import write_meta

ORG = ("--org", "practice")
BY = ("--by", "Ann Lee")


@pytest.fixture
def refused(sync, org_now):
    """A push of a record that the org refuses; its id in quarantine, and how to mend the org."""
    org = org_now.org
    admin = find_rows(org, "User", Username=ADMIN_USERNAME)[0]["Id"]
    contact = insert_row(org, "Contact", {"LastName": "Moss"})
    set_rule(org, admin, Rule("Contact", "Old", "=1+1 ask bob@example.com", "", True))
    code, said = sync("push", "--salesforce-id", contact)
    assert (code, said["quarantined"]) == (1, 1)
    (case,) = sync("quarantine", "list")[1]["quarantine"]
    return case["id"], lambda: set_rule(org, admin, Rule("Contact", "Old", "no", "", False))


def test_every_verb_of_the_table_shows_help(run):
    assert [run("sync", verb, "--help")[0] for verb in VERBS] == [0] * len(VERBS)


def test_help_tells_a_newcomer_the_order_line_by_line(run):
    steps = re.findall(r"^ +\d\. optout (\w+ \w+)", run("sync", "--help")[1], re.MULTILINE)
    assert steps == ["people import", "sync adopt", "sync enable", "sync serve", "sync status"]


def test_the_nightly_is_off_until_somebody_switches_it_on_by_name(sync):
    assert sync("status")[1]["next_run"] is None
    assert sync("enable")[0] == 2
    assert sync("enable", *BY)[1]["changed"]
    assert sync("status")[1]["next_run"] is not None
    assert not sync("enable", "--by", "Bob")[1]["changed"]
    assert sync("disable", *BY)[1]["nightly"] is False
    decisions = sync("audit")[1]["audit"]
    assert [(each["by"], each["action"]) for each in decisions] == [
        ("Ann Lee", "enable"), ("Ann Lee", "disable")
    ]  # fmt: skip


def test_status_and_runs_need_no_org(sync):
    code, said = sync("status")
    assert (code, said["backlog"], said["last_run"], said["org_id"]) == (0, 0, None, None)
    assert sync("runs") == (0, {"schema": 1, "ok": True, "exit": 0, "org_id": None, "runs": []})


def test_a_refusal_makes_status_ask_for_a_person_until_it_is_acknowledged(sync, refused):
    case, _ = refused
    assert sync("status")[0] == 1
    assert sync("quarantine", "acknowledge", str(case), "--until", "2020-01-01", *BY)[0] == 2
    assert sync("quarantine", "acknowledge", str(case), "--until", "2099-01-01", *BY)[0] == 0
    code, said = sync("status")
    assert (code, said["quarantine"], said["quarantine_unacknowledged"]) == (0, 1, 0)
    assert sync("audit")[1]["audit"][-1]["action"] == "acknowledge"


def test_a_refusal_is_retried_at_once_when_somebody_has_mended_the_cause(sync, refused):
    case, mend = refused
    code, said = sync("quarantine", "retry", str(case))
    assert (code, said["still"]) == (1, [case])
    mend()
    assert sync("quarantine", "retry", "--all")[1]["settled"] == 1
    assert sync("status")[1]["quarantine"] == 0


@pytest.mark.parametrize("words", [("retry",), ("retry", "--all", "1"), ("show", "99")])
def test_what_is_not_there_or_not_said_is_a_usage_error(sync, words):
    assert sync("quarantine", *words)[0] == 2


def test_a_refusal_is_shown_without_addresses(sync, refused):
    said = sync("quarantine", "show", str(refused[0]))[1]
    assert ("@" in said["detail"], len(said["events"])) == (False, 1)


def test_an_export_is_private_and_runs_nothing_in_a_spreadsheet(sync, refused, tmp_path):
    file = tmp_path / "cases.csv"
    assert sync("quarantine", "export", str(file))[1]["exported"] == 1
    (row,) = csv.DictReader(file.read_text().splitlines())
    assert row["code"] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"
    assert row["detail"].startswith("'=1+1 ask (address")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("by", ["id", "short id", "person", "email"])
def test_check_shows_both_sides_of_one_person(sync, run, org_now, tmp_path, by):
    contact = insert_row(org_now.org, "Contact", {"LastName": "Moss", "HasOptedOutOfEmail": True})
    people = tmp_path / "people.csv"
    people.write_text(
        f"person_id,email,salesforce_id,unsubscribed\nann,ann@example.com,{contact},false\n"
    )
    assert run("people", "import", str(people), *ORG)[0] == 0
    names = {"id": contact, "short id": contact[:15], "person": "ann", "email": "ANN@example.com"}
    code, said = sync("check", names[by])
    assert (code, said["people"][0]["person_id"]) == (0, "ann")
    assert (said["people"][0]["unsubscribed"], said["org"][0]["opted_out"]) == (False, True)
    assert "example.com" not in json.dumps(said)


def test_check_knows_nobody_by_a_name_nobody_has(sync):
    assert sync("check", "nobody")[0] == 1


def test_a_backup_is_restored_with_the_switch_as_it_was(sync, tmp_path):
    sync("enable", *BY)
    copy = str(tmp_path / "ledger.backup")
    assert sync("backup", copy)[0] == 0
    sync("disable", *BY)
    assert sync("restore", copy, *BY)[0] == 2  # nobody is here to be asked
    kept = sync("restore", copy, *BY, "--yes")[1]["kept"]
    assert sync("status")[1]["nightly"]["enabled"]
    assert Path(kept).is_file()


def test_a_new_people_store_in_the_old_ones_place_is_refused_until_it_is_named(
    sync, org_now, private_home
):
    assert sync("push", "--person", "ann")[0] == 0
    (private_home / "optout" / "people" / "practice.sqlite").unlink()
    code, said = sync("push", "--person", "bob")
    assert (code, said["open"], "people store" in said["problems"][0]["message"]) == (75, 1, True)
    code, said = sync("rebind", "--reason", "the disk died", *BY, "--yes")
    assert (code, said["changed"]) == (0, True)
    assert sync("push", "--person", "cleo")[0] == 0
    assert sync("audit")[1]["audit"][-1]["action"] == "rebind"


def test_a_ledger_that_is_none_is_told_in_one_sentence(sync, private_home):
    sync("status")
    file = private_home / "optout" / "sync" / "practice" / "ledger.sqlite"
    file.write_bytes(b"something else altogether" * 99)
    code, said = sync("status")
    assert (code, said["error"]["code"], said["error"]["where"]) == (1, "bad-input", str(file))


def fill_the_disk() -> None:
    with open_desk(Ask("practice")) as desk, desk.ledger.engine.begin() as db:
        db.exec_driver_sql("PRAGMA max_page_count = 1")
        write_meta(db, "x", "y" * 100_000)


def test_a_full_disk_is_told_in_one_sentence_and_leaves_the_ledger_whole(sync, private_home):
    with pytest.raises(TryLater, match="full"):
        fill_the_disk()
    assert sync("status")[0] == 0


def test_a_ledger_set_up_elsewhere_takes_the_old_one_over_first(sync, tmp_path, monkeypatch):
    assert sync("push", "--email", "new@example.com")[1]["waiting"] == 1
    monkeypatch.setenv("OPTOUT_SYNC_LEDGER", str(tmp_path / "elsewhere.sqlite"))
    code, said = sync("status")
    assert (code, "1 opt-outs that are not applied" in said["error"]["message"]) == (2, True)
    old = said["error"]["message"].rsplit(": ", 1)[1]
    assert sync("restore", old, *BY, "--yes")[0] == 0
    assert sync("status")[1]["waiting"] == 1
    monkeypatch.delenv("OPTOUT_SYNC_LEDGER")
    assert sync("status")[1]["waiting"] == 1


def test_a_new_people_store_in_the_old_ones_place_is_refused(sync, private_home):
    assert sync("push", "--email", "new@example.com")[1]["waiting"] == 1
    (private_home / "optout" / "people" / "practice.sqlite").unlink()
    code, said = sync("adopt", "--yes")
    assert (code, "belongs to people store" in said["error"]["message"]) == (1, True)
    assert "rebind" in said["error"]["next"]
